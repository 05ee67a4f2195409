package payload

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineCap is how much of one text a summary shows, in bytes.
const lineCap = 160

// clean makes a text of unknown origin fit into a line: what does not print is
// escaped, what is long is cut.
func clean(s string) string {
	cut := len(s) > lineCap
	if cut {
		end := lineCap
		for end > lineCap-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	if !isPrintable(s) {
		q := strconv.Quote(s)
		s = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	}
	if cut {
		s += "…"
	}
	return s
}

func isPrintable(s string) bool {
	for i, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError && isBadRune(s[i:]) {
			return false
		}
	}
	return true
}

func isBadRune(s string) bool {
	_, n := utf8.DecodeRuneInString(s)
	return n == 1
}

// isText says that bytes read as a text of one or more lines.
func isText(b []byte) bool {
	if len(b) == 0 || !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
	}
	return true
}

// describe says what bytes look like that were not decoded. It shows text, and
// of anything else only how much there is.
func describe(body []byte) string {
	switch formOf(body) {
	case FormNull:
		return "null"
	case FormEmpty:
		return "empty"
	case FormPBUF:
		return "PBUF and " + countOf(len(body)-len(magic), "byte", "bytes") + " of protobuf"
	case FormText:
		return `text "` + clean(string(body)) + `"`
	}
	return countOf(len(body), "byte", "bytes") + " of binary"
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// enumName gives the name of a protobuf enum's number, and the number itself
// where there is no name.
func enumName(names []string, n int32) string {
	if n >= 0 && int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return strconv.Itoa(int(n))
}

// binaryText shows bytes as HBase's Bytes.toStringBinary does.
// It shows no more of them than clean does.
func binaryText(b []byte) string {
	b = b[:min(len(b), lineCap+1)]
	var s strings.Builder
	for _, c := range b {
		if c >= ' ' && c <= '~' && c != '\\' {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, `\x%02X`, c)
		}
	}
	return s.String()
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// list joins the first few texts of a long list.
func list[T any](all []T, text func(T) string) string {
	const most = 6
	var s strings.Builder
	for i, x := range all {
		if i == most {
			fmt.Fprintf(&s, " and %d more", len(all)-most)
			break
		}
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(clean(text(x)))
	}
	return s.String()
}
