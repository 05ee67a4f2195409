package payload

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// The wire types that HBase's messages use, as the low bits of a tag.
const (
	asVarint = uint64(protowire.VarintType)
	asBytes  = uint64(protowire.BytesType)
)

// fields walks over the fields of one message. Its reader switches on the tag,
// number and wire type together: a known number with another wire type is an
// unknown field, as protobuf has it. After the first error next is false.
type fields struct {
	message string
	size    int
	field   []byte // from the tag of the current field on
	rest    []byte // from the value of the current field on
	tag     uint64
	num     protowire.Number
	typ     protowire.Type
	seen    uint64 // bit n: field n was read
	unknown []byte
	err     error
}

func fieldsOf(message string, b []byte) fields {
	return fields{message: message, size: len(b), rest: b}
}

func (f *fields) next() bool {
	if f.err != nil || len(f.rest) == 0 {
		return false
	}
	f.field = f.rest
	num, typ, n := protowire.ConsumeTag(f.rest)
	if n < 0 {
		f.num = 0
		f.fail(wireError(n))
		return false
	}
	f.num, f.typ, f.tag = num, typ, protowire.EncodeTag(num, typ)
	f.rest = f.rest[n:]
	return true
}

// wireError gives protowire's reason. It varies the blanks in its texts, which
// nobody should come to rely on; the reasons of this package do not vary.
func wireError(n int) error {
	err := protowire.ParseError(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return errors.New(strings.TrimSpace(strings.TrimPrefix(err.Error(), "proto:")))
}

func (f *fields) fail(err error) {
	if f.err == nil {
		f.err = &WireError{Message: f.message, Field: int(f.num), Offset: f.size - len(f.field), Err: err}
	}
}

// take ends a value of n bytes, or of none and an error where n is negative.
func (f *fields) take(n int) {
	if n < 0 {
		f.fail(wireError(n))
		return
	}
	f.rest = f.rest[n:]
	if f.num < 64 {
		f.seen |= 1 << f.num
	}
}

func (f *fields) varint() uint64 {
	v, n := protowire.ConsumeVarint(f.rest)
	f.take(n)
	return v
}

// bytes gives a value that shares the memory of the message.
func (f *fields) bytes() []byte {
	v, n := protowire.ConsumeBytes(f.rest)
	f.take(n)
	return v
}

func (f *fields) string() string { return string(f.bytes()) }

// copied gives a value of its own, never nil.
func (f *fields) copied() []byte { return append([]byte{}, f.bytes()...) }

func (f *fields) bool() bool { return protowire.DecodeBool(f.varint()) }

// millis reads a uint64 that Java keeps in a long.
func (f *fields) millis() int64 {
	v := f.varint()
	if v > math.MaxInt64 {
		f.fail(fmt.Errorf("%d is more than a long holds", v))
		return 0
	}
	return int64(v)
}

// keep puts the current field among the unknown ones.
func (f *fields) keep() {
	n := protowire.ConsumeFieldValue(f.num, f.typ, f.rest)
	if n < 0 {
		f.fail(wireError(n))
		return
	}
	f.rest = f.rest[n:]
	f.unknown = append(f.unknown, f.field[:len(f.field)-len(f.rest)]...)
}

// keepInside keeps what was unknown inside the current field, as that field
// again with nothing else in it: protobuf merges the two when they are read.
func (f *fields) keepInside(unknown []byte) {
	if len(unknown) > 0 {
		f.unknown = protowire.AppendTag(f.unknown, f.num, protowire.BytesType)
		f.unknown = protowire.AppendBytes(f.unknown, unknown)
	}
}

// nested reports the outcome of the message inside the current field.
func (f *fields) nested(err error) {
	if err != nil {
		f.fail(err)
	}
}

// need fails where a required field was not read.
func (f *fields) need(num protowire.Number, name string) {
	if f.err == nil && f.seen&(1<<num) == 0 {
		f.missing(num, name)
	}
}

func (f *fields) missing(num protowire.Number, name string) {
	f.num, f.field = num, nil
	f.fail(errors.New("required " + name + " is missing"))
}

// appendInts reads a repeated number, packed or not.
func appendInts[T ~int32 | ~uint32](f *fields, dst []T) []T {
	if f.typ == protowire.VarintType {
		return append(dst, T(f.varint()))
	}
	for b := f.bytes(); len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			f.fail(wireError(n))
			return dst
		}
		dst, b = append(dst, T(v)), b[n:]
	}
	return dst
}

func appendVarint(dst []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, num, protowire.VarintType), v)
}

func appendString(dst []byte, num protowire.Number, v string) []byte {
	return protowire.AppendString(protowire.AppendTag(dst, num, protowire.BytesType), v)
}

func appendBytes(dst []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, num, protowire.BytesType), v)
}
