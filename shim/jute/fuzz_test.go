package jute

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCursor reads values of the kinds in plan from input. Whatever they are, a
// Cursor consumes the input front to back, re-encoding gives what was read, and
// vectors are never longer than the input has room for.
func FuzzCursor(f *testing.F) {
	var all []byte
	all = AppendInt(all, 7)
	all = AppendLong(all, -7)
	all = AppendBool(all, true)
	all = AppendBuffer(all, []byte("data"))
	all = AppendString(all, "/path")
	all = AppendStrings(all, []string{"a", "b"})
	f.Add([]byte{0, 1, 2, 3, 4, 5}, all)
	f.Add([]byte{3, 3, 5}, []byte("\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff"))
	f.Add([]byte{5}, []byte("\x7f\xff\xff\xff\x00\x00\x00\x00"))
	f.Add([]byte{4}, []byte("\xff\xff\xff\xfe"))

	f.Fuzz(func(t *testing.T, plan, input []byte) {
		c := NewCursor(input)
		for _, kind := range plan {
			before := c.Rest()
			var again []byte // what encoding the value gives
			exact := true    // and whether that must equal the input
			switch kind % 6 {
			case 0:
				again = AppendInt(nil, c.Int())
			case 1:
				again = AppendLong(nil, c.Long())
			case 2:
				v := c.Bool()
				again, exact = AppendBool(nil, v), len(before) > 0 && before[0] <= 1
			case 3:
				again = AppendBuffer(nil, c.Buffer())
			case 4:
				s := c.String()
				if !utf8.ValidString(s) {
					t.Fatalf("%+q is not UTF-8", s)
				}
				again, exact = AppendString(nil, s), false
			case 5:
				v := Strings[string](&c)
				if len(v) > len(before)/4 {
					t.Fatalf("%d strings from %d bytes", len(v), len(before))
				}
				d := NewCursor(AppendStrings(nil, v))
				if w := Strings[string](&d); !slices.Equal(v, w) || (v == nil) != (w == nil) || !d.Done() {
					t.Fatalf("%q encodes as %q", v, w)
				}
				exact = false
			}
			if c.Err() != nil {
				if len(c.Rest()) != 0 {
					t.Fatal("there is something to read after an error")
				}
				return
			}
			read := before[:len(before)-len(c.Rest())]
			if len(read) == 0 || !bytes.HasSuffix(before, c.Rest()) {
				t.Fatalf("read %x of %x", read, before)
			}
			if exact && !bytes.Equal(read, again) {
				t.Fatalf("read %x, encodes as %x", read, again)
			}
		}
	})
}

// FuzzUTF8 holds the repair against the laws that any repair follows: valid
// input is kept, the result is valid, and the valid characters are those that
// Go finds.
func FuzzUTF8(f *testing.F) {
	for _, s := range []string{"", "/hbase", "é€\U0001f600", "\xed\xa0\x80", "\xf0\x9f\x98", "a\xe2\x82b", "\xf4\x90\x80\x80"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := decodeUTF8(b)
		if !utf8.ValidString(got) {
			t.Fatalf("%+q is not UTF-8", got)
		}
		if utf8.Valid(b) && got != string(b) {
			t.Fatalf("%+q became %+q", b, got)
		}
		drop := func(s string) string { return strings.ReplaceAll(s, "\ufffd", "") }
		if want := drop(strings.ToValidUTF8(string(b), "")); drop(got) != want {
			t.Fatalf("%+q became %+q, which loses %+q", b, got, want)
		}
	})
}
