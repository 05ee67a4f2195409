package jute

import (
	"encoding/binary"
	"errors"
)

// The errors of decoding.
var (
	// ErrShort: the input ends before the value does.
	ErrShort = errors.New("jute: input ends early")
	// ErrNegative: a length is negative and not the null marker.
	ErrNegative = errors.New("jute: negative length")
	// ErrNull: a null stands where there must be a value.
	ErrNull = errors.New("jute: null")
	// ErrTooLong: a length exceeds the limit that the reader set.
	ErrTooLong = errors.New("jute: length exceeds the limit")
)

// Cursor reads values from a byte slice, front to back. After its first error
// every method returns zero values. The zero Cursor reads from empty input.
type Cursor struct {
	rest []byte
	err  error
}

// NewCursor returns a Cursor at the start of b. b must not change while values
// that Buffer or Rest returned are in use.
func NewCursor(b []byte) Cursor { return Cursor{rest: b} }

// Err returns the first error, nil if there was none: ErrShort, ErrNegative, or
// what Fail was given.
func (c *Cursor) Err() error { return c.err }

// Fail makes err the Cursor's error unless it already has one; nothing can be
// read afterwards. Records use it for values that make no sense.
func (c *Cursor) Fail(err error) {
	if c.err == nil {
		c.err, c.rest = err, nil
	}
}

// Rest returns the unread input, which aliases the Cursor's.
func (c *Cursor) Rest() []byte { return c.rest }

// Done reports whether everything was read, without error.
func (c *Cursor) Done() bool { return c.err == nil && len(c.rest) == 0 }

// Int reads a 4-byte int.
func (c *Cursor) Int() int32 {
	if len(c.rest) < 4 {
		c.Fail(ErrShort)
		return 0
	}
	v := binary.BigEndian.Uint32(c.rest)
	c.rest = c.rest[4:]
	return int32(v)
}

// Long reads an 8-byte long.
func (c *Cursor) Long() int64 {
	if len(c.rest) < 8 {
		c.Fail(ErrShort)
		return 0
	}
	v := binary.BigEndian.Uint64(c.rest)
	c.rest = c.rest[8:]
	return int64(v)
}

// Bool reads a boolean: one byte, true unless 0.
func (c *Cursor) Bool() bool {
	if len(c.rest) < 1 {
		c.Fail(ErrShort)
		return false
	}
	v := c.rest[0]
	c.rest = c.rest[1:]
	return v != 0
}

// Buffer reads a buffer: nil for null, else a non-nil sub-slice of the Cursor's
// input without spare capacity. Copy it to keep it longer than the input.
func (c *Cursor) Buffer() []byte {
	n := int(c.Int())
	switch {
	case c.err != nil || n == null:
		return nil
	case n < 0:
		c.Fail(ErrNegative)
		return nil
	case n > len(c.rest):
		c.Fail(ErrShort)
		return nil
	}
	v := c.rest[:n:n]
	c.rest = c.rest[n:]
	return v
}

// String reads a string: a copy, valid UTF-8, "" for null.
func (c *Cursor) String() string { return decodeUTF8(c.Buffer()) }

// Null reports whether a null string, buffer or vector comes next.
func (c *Cursor) Null() bool {
	return len(c.rest) >= 4 && binary.BigEndian.Uint32(c.rest) == 1<<32-1
}

// Need reads a string like String, but a null is ErrNull.
func (c *Cursor) Need() string {
	if c.Null() {
		c.Fail(ErrNull)
	}
	return c.String()
}

// VectorLen reads the count that starts a vector whose elements take at least
// minSize bytes each, minSize > 0. It returns −1 for a null vector, and
// otherwise a count that the unread input has room for, so that it is safe to
// allocate by. Other negative counts mean an empty vector, as they do in Java.
// After an error it returns −1.
func (c *Cursor) VectorLen(minSize int) int {
	n := int(c.Int())
	switch {
	case c.err != nil || n == null:
		return null
	case n < 0:
		return 0
	case n > len(c.rest)/minSize:
		c.Fail(ErrShort)
		return null
	}
	return n
}

// Strings reads a vector of strings: nil for null or after an error. A null
// string in it is ErrNull.
func Strings[S ~string](c *Cursor) []S {
	n := c.VectorLen(4)
	if n < 0 {
		return nil
	}
	v := make([]S, n)
	for i := range v {
		v[i] = S(c.Need())
	}
	if c.err != nil {
		return nil
	}
	return v
}
