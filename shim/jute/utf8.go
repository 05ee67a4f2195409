package jute

import (
	"unicode/utf8"
)

// decodeUTF8 returns b as a string, with U+FFFD where it is not UTF-8. Java
// decides how many of them: one for each longest start of a character, and one
// for a whole encoded surrogate.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s := make([]byte, 0, len(b)+len(b)/2)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = malformed(b)
		}
		s = utf8.AppendRune(s, r)
		b = b[n:]
	}
	return string(s)
}

// malformed returns how many bytes at the start of b, which is no valid
// character, one U+FFFD stands for.
func malformed(b []byte) int {
	var size int
	low, high := byte(0x80), byte(0xbf) // what the second byte may be
	switch first := b[0]; {
	case first < 0xe0 || first > 0xf4:
		return 1
	case first < 0xf0:
		size = 3
		if first == 0xe0 {
			low = 0xa0
		}
	default:
		size = 4
		if first == 0xf0 {
			low = 0x90
		}
		if first == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for n < size && n < len(b) && low <= b[n] && b[n] <= high {
		n, low, high = n+1, 0x80, 0xbf
	}
	return n
}
