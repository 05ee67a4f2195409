package jute

import (
	"bytes"
	"math"
	"testing"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  []byte
		want string
	}{
		{"int", AppendInt(nil, 0x01020304), "\x01\x02\x03\x04"},
		{"negative int", AppendInt(nil, -2), "\xff\xff\xff\xfe"},
		{"long", AppendLong(nil, 0x0102030405060708), "\x01\x02\x03\x04\x05\x06\x07\x08"},
		{"least long", AppendLong(nil, math.MinInt64), "\x80\x00\x00\x00\x00\x00\x00\x00"},
		{"true", AppendBool(nil, true), "\x01"},
		{"false", AppendBool(nil, false), "\x00"},
		{"null buffer", AppendBuffer(nil, nil), "\xff\xff\xff\xff"},
		{"empty buffer", AppendBuffer(nil, []byte{}), "\x00\x00\x00\x00"},
		{"buffer", AppendBuffer(nil, []byte{0, 0xff}), "\x00\x00\x00\x02\x00\xff"},
		{"empty string", AppendString(nil, ""), "\x00\x00\x00\x00"},
		{"string", AppendString(nil, "/é"), "\x00\x00\x00\x03/\xc3\xa9"},
		{"character beyond U+FFFF", AppendString(nil, "\U0001f600"), "\x00\x00\x00\x04\xf0\x9f\x98\x80"},
		{"null vector", AppendStrings[string](nil, nil), "\xff\xff\xff\xff"},
		{"empty vector", AppendStrings(nil, []string{}), "\x00\x00\x00\x00"},
		{"vector", AppendStrings(nil, []string{"a", ""}), "\x00\x00\x00\x02\x00\x00\x00\x01a\x00\x00\x00\x00"},
		{"vector count", AppendVectorLen(nil, 258), "\x00\x00\x01\x02"},
		{"after a prefix", AppendString([]byte("x"), "y"), "x\x00\x00\x00\x01y"},
	} {
		if string(tt.got) != tt.want {
			t.Errorf("%s: got %x, want %x", tt.name, tt.got, tt.want)
		}
	}
}

func TestAppendReusesCapacity(t *testing.T) {
	dst := make([]byte, 0, 64)
	data := bytes.Repeat([]byte("d"), 20)
	if n := testing.AllocsPerRun(100, func() {
		b := AppendBuffer(AppendString(AppendLong(AppendInt(AppendBool(dst, true), 1), 2), "/path"), data)
		if len(b) != 1+4+8+4+5+4+20 {
			t.Fatalf("got %d bytes", len(b))
		}
	}); n != 0 {
		t.Errorf("%v allocations although the slice has room", n)
	}
}
