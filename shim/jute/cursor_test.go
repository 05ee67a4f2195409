package jute

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestCursorReadsInOrder(t *testing.T) {
	var b []byte
	b = AppendInt(b, math.MinInt32)
	b = AppendLong(b, math.MaxInt64)
	b = AppendBool(b, true)
	b = AppendBool(b, false)
	b = AppendBuffer(b, []byte("data"))
	b = AppendString(b, "/hbase")
	b = AppendStrings(b, []string{"a", "", "c"})

	c := NewCursor(b)
	if v := c.Int(); v != math.MinInt32 {
		t.Errorf("Int: %d", v)
	}
	if v := c.Long(); v != math.MaxInt64 {
		t.Errorf("Long: %d", v)
	}
	if !c.Bool() || c.Bool() {
		t.Error("Bool: want true, then false")
	}
	if v := c.Buffer(); string(v) != "data" {
		t.Errorf("Buffer: %q", v)
	}
	if v := c.String(); v != "/hbase" {
		t.Errorf("String: %q", v)
	}
	if c.Done() {
		t.Error("Done before the end")
	}
	if v := Strings[string](&c); !slices.Equal(v, []string{"a", "", "c"}) {
		t.Errorf("Strings: %q", v)
	}
	if !c.Done() || c.Err() != nil || len(c.Rest()) != 0 {
		t.Errorf("at the end: Done %v, Err %v, Rest %x", c.Done(), c.Err(), c.Rest())
	}
}

func TestCursorNullAndEmptyDiffer(t *testing.T) {
	c := NewCursor([]byte("\xff\xff\xff\xff\x00\x00\x00\x00" + "\xff\xff\xff\xff\x00\x00\x00\x00" + "\xff\xff\xff\xff"))
	if v := c.Buffer(); v != nil {
		t.Errorf("null buffer: %v", v)
	}
	if v := c.Buffer(); v == nil || len(v) != 0 {
		t.Errorf("empty buffer: %v", v)
	}
	if v := Strings[string](&c); v != nil {
		t.Errorf("null vector: %v", v)
	}
	if v := Strings[string](&c); v == nil || len(v) != 0 {
		t.Errorf("empty vector: %v", v)
	}
	if v := c.String(); v != "" {
		t.Errorf("null string: %q", v)
	}
	if !c.Done() {
		t.Errorf("not done: %v", c.Err())
	}
}

func TestCursorTakesAnyNonZeroByteForTrue(t *testing.T) {
	c := NewCursor([]byte{0, 1, 2, 0x80, 0xff})
	for i, want := range []bool{false, true, true, true, true} {
		if got := c.Bool(); got != want {
			t.Errorf("byte %d: %v", i, got)
		}
	}
}

// After a failure everything reads as zero and the first error stays.
func TestCursorFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		input string
		read  func(*Cursor)
		want  error
	}{
		{"int of 3 bytes", "\x00\x00\x01", func(c *Cursor) { c.Int() }, ErrShort},
		{"long of 7 bytes", "\x00\x00\x00\x00\x00\x00\x01", func(c *Cursor) { c.Long() }, ErrShort},
		{"boolean of no bytes", "", func(c *Cursor) { c.Bool() }, ErrShort},
		{"buffer without length", "\x00\x00", func(c *Cursor) { c.Buffer() }, ErrShort},
		{"buffer one byte short", "\x00\x00\x00\x03ab", func(c *Cursor) { c.Buffer() }, ErrShort},
		{"buffer of 2 GiB", "\x7f\xff\xff\xffab", func(c *Cursor) { c.Buffer() }, ErrShort},
		{"buffer of length -2", "\xff\xff\xff\xfeabcd", func(c *Cursor) { c.Buffer() }, ErrNegative},
		{"buffer of least length", "\x80\x00\x00\x00abcd", func(c *Cursor) { c.Buffer() }, ErrNegative},
		{"string one byte short", "\x00\x00\x00\x03ab", func(c *Cursor) { _ = c.String() }, ErrShort},
		{"string of length -2", "\xff\xff\xff\xfe", func(c *Cursor) { _ = c.String() }, ErrNegative},
		{"vector without count", "\x00", func(c *Cursor) { c.VectorLen(1) }, ErrShort},
		{"vector with more than fits", "\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00", func(c *Cursor) { c.VectorLen(4) }, ErrShort},
		{"strings of 2 Gi elements", "\x7f\xff\xff\xff\x00\x00\x00\x00", func(c *Cursor) { Strings[string](c) }, ErrShort},
		{"strings with a bad element", "\x00\x00\x00\x02\x00\x00\x00\x00\xff\xff\xff\xf0", func(c *Cursor) { Strings[string](c) }, ErrNegative},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := NewCursor([]byte(tt.input))
			tt.read(&c)
			if !errors.Is(c.Err(), tt.want) {
				t.Fatalf("got %v, want %v", c.Err(), tt.want)
			}
			first := c.Err()
			if c.Int() != 0 || c.Long() != 0 || c.Bool() || c.Buffer() != nil || c.String() != "" ||
				c.VectorLen(1) != -1 || Strings[string](&c) != nil || len(c.Rest()) != 0 || c.Done() {
				t.Error("reads something after the error")
			}
			c.Fail(errors.New("another"))
			if c.Err() != first {
				t.Errorf("the first error became %v", c.Err())
			}
		})
	}
}

func TestCursorFail(t *testing.T) {
	c := NewCursor([]byte("\x00\x00\x00\x01"))
	mine := errors.New("mine")
	c.Fail(mine)
	if c.Int() != 0 || c.Err() != mine {
		t.Errorf("after Fail: %v", c.Err())
	}
}

func TestVectorLen(t *testing.T) {
	for _, tt := range []struct {
		name    string
		input   string
		minSize int
		want    int
	}{
		{"null", "\xff\xff\xff\xff", 4, -1},
		{"empty", "\x00\x00\x00\x00", 4, 0},
		{"negative is empty", "\xff\xff\xff\xfe", 4, 0},
		{"least int is empty", "\x80\x00\x00\x00", 4, 0},
		{"just fits", "\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00", 4, 2},
		{"fits with room", "\x00\x00\x00\x01\x00\x00\x00\x00\x00", 4, 1},
	} {
		c := NewCursor([]byte(tt.input))
		if got := c.VectorLen(tt.minSize); got != tt.want || c.Err() != nil {
			t.Errorf("%s: %d, %v, want %d", tt.name, got, c.Err(), tt.want)
		}
	}
}

// A buffer is a view of the input that appending cannot spill out of; a string
// is a copy.
func TestCursorAliasing(t *testing.T) {
	input := append(AppendString(AppendBuffer(nil, []byte("abc")), "abc"), "tail"...)
	c := NewCursor(input)
	buffer, str := c.Buffer(), c.String()
	input[4], input[11] = 'X', 'X'
	if string(buffer) != "Xbc" {
		t.Errorf("the buffer is a copy: %q", buffer)
	}
	if str != "abc" {
		t.Errorf("the string is no copy: %q", str)
	}
	_ = append(buffer, '!')
	if input[7] != 0 {
		t.Error("appending to a buffer wrote into the input")
	}
	if string(c.Rest()) != "tail" {
		t.Errorf("Rest: %q", c.Rest())
	}
}
