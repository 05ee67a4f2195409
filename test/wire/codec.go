package wire

import (
	"encoding/binary"
	"errors"
	"math"
)

// Null stands for jute's null string (length -1) wherever this package takes or gives a string.
const Null = "\x00<null>"

// ErrShort says that a record needs more bytes than there are, or names a length that cannot be.
var ErrShort = errors.New("wire: record cut short or with an impossible length")

func appendInt(b []byte, v int32) []byte  { return binary.BigEndian.AppendUint32(b, uint32(v)) }
func appendLong(b []byte, v int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(v)) }

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// appendBuffer writes nil as jute's null buffer and an empty slice as an empty one.
func appendBuffer(b, v []byte) []byte {
	if v == nil {
		return appendInt(b, -1)
	}
	return append(appendInt(b, int32(len(v))), v...)
}

func appendString(b []byte, s string) []byte {
	if s == Null {
		return appendInt(b, -1)
	}
	return append(appendInt(b, int32(len(s))), s...)
}

func appendStrings(b []byte, list []string) []byte {
	if list == nil {
		return appendInt(b, -1)
	}
	b = appendInt(b, int32(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

func appendACL(b []byte, list []ACL) []byte {
	if list == nil {
		return appendInt(b, -1)
	}
	b = appendInt(b, int32(len(list)))
	for _, a := range list {
		b = appendString(appendString(appendInt(b, a.Perms), a.Scheme), a.ID)
	}
	return b
}

// cursor reads a record from the front; after the first error it gives zero values.
type cursor struct {
	rest     []byte
	err      error
	volatile func(left, n int) // if set, told of fields that differ from run to run: bytes left before it, its length
}

func (c *cursor) take(n int) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > len(c.rest) {
		c.err = ErrShort
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

func (c *cursor) int() int32 {
	if b := c.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (c *cursor) long() int64 {
	if b := c.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (c *cursor) bool() bool {
	b := c.take(1)
	return b != nil && b[0] != 0
}

// buffer gives nil for jute's null buffer and a non-nil slice otherwise.
func (c *cursor) buffer() []byte {
	n := c.int()
	if c.err != nil || n == -1 {
		return nil
	}
	return append([]byte{}, c.take(int(n))...)
}

func (c *cursor) string() string {
	n := c.int()
	if c.err == nil && n == -1 {
		return Null
	}
	return string(c.take(int(n)))
}

// count reads the length of a vector; jute's null vector counts as empty.
func (c *cursor) count() int {
	n := c.int()
	if n == -1 {
		return 0
	}
	if n < 0 || int(n) > len(c.rest) || n == math.MaxInt32 {
		c.err = errors.Join(c.err, ErrShort)
		return 0
	}
	return int(n)
}

func (c *cursor) strings() []string {
	list := []string{}
	for n := c.count(); n > 0 && c.err == nil; n-- {
		list = append(list, c.string())
	}
	return list
}

func (c *cursor) acl() []ACL {
	list := []ACL{}
	for n := c.count(); n > 0 && c.err == nil; n-- {
		list = append(list, ACL{Perms: c.int(), Scheme: c.string(), ID: c.string()})
	}
	return list
}

// varying reads a long that differs from run to run unless it is 0 or negative.
func (c *cursor) varying() int64 {
	left := len(c.rest)
	v := c.long()
	if c.volatile != nil && c.err == nil && v > 0 {
		c.volatile(left, 8)
	}
	return v
}

func (c *cursor) stat() *Stat {
	s := &Stat{
		Czxid: c.varying(), Mzxid: c.varying(), Ctime: c.varying(), Mtime: c.varying(),
		Version: c.int(), Cversion: c.int(), Aversion: c.int(),
		EphemeralOwner: c.varying(), DataLength: c.int(), NumChildren: c.int(), Pzxid: c.varying(),
	}
	if c.err != nil {
		return nil
	}
	return s
}
