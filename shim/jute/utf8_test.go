package jute

import "testing"

// The expectations are what Java's new String(bytes, UTF_8) gives.
func TestStringRepairsUTF8AsJavaDoes(t *testing.T) {
	const bad = "\ufffd"
	for _, tt := range []struct{ name, input, want string }{
		{"valid", "aé€\U0001f600", "aé€\U0001f600"},
		{"valid U+FFFD", "a\ufffdb", "a\ufffdb"},
		{"stray continuation", "a\x80\xbfb", "a" + bad + bad + "b"},
		{"bytes that never occur", "\xc0\xc1\xf5\xff", bad + bad + bad + bad},
		{"overlong of two", "\xc0\xaf", bad + bad},
		{"overlong of three", "\xe0\x80\xaf", bad + bad + bad},
		{"overlong of four", "\xf0\x80\x80\xaf", bad + bad + bad + bad},
		{"beyond U+10FFFF", "\xf4\x90\x80\x80", bad + bad + bad + bad},
		{"surrogate", "\xed\xa0\x80", bad},
		{"two surrogates, as Java writes U+1F600", "\xed\xa0\xbd\xed\xb8\x80", bad + bad},
		{"cut after one of two", "a\xc3", "a" + bad},
		{"cut after two of three", "a\xe2\x82", "a" + bad},
		{"cut after three of four", "a\xf0\x9f\x98", "a" + bad},
		{"interrupted after one of two", "\xc3a", bad + "a"},
		{"interrupted after two of three", "\xe2\x82a", bad + "a"},
		{"interrupted after two of four", "\xf0\x9fa", bad + "a"},
		{"interrupted after three of four", "\xf0\x9f\x98a", bad + "a"},
		{"interrupted surrogate", "\xed\xa0a", bad + "a"},
		{"start after start", "\xe2\xe2\x82\xac", bad + "€"},
	} {
		c := NewCursor(AppendString(nil, tt.input))
		if got := c.String(); got != tt.want || !c.Done() {
			t.Errorf("%s: %+q, %v, want %+q", tt.name, got, c.Err(), tt.want)
		}
	}
}
