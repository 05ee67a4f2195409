package wire

import "bytes"

// Span is a range of bytes of a payload.
type Span struct{ From, To int }

// Volatile gives the spans of a reply's payload that differ from run to run: zxids, times, and session ids as the
// owners of ephemerals. code is the request's opcode, or Notification for a watch event.
func Volatile(code OpCode, payload []byte) []Span {
	var spans []Span
	c := &cursor{rest: payload, volatile: func(left, n int) {
		from := len(payload) - left
		spans = append(spans, Span{from, from + n})
	}}
	c.int()
	c.varying()
	if err := Err(c.int()); err == OK && code != Notification {
		c.reply(code)
	}
	return spans
}

// VolatileConnect is Volatile for a connect response: the session's id and password, where there is one.
func VolatileConnect(payload []byte) []Span {
	r, err := DecodeConnectResponse(payload)
	if err != nil || r.SessionID == 0 {
		return nil
	}
	return []Span{{8, 16}, {20, 20 + len(r.Password)}}
}

// EqualBut tells whether two payloads agree in length and in every byte outside the spans.
func EqualBut(a, b []byte, spans []Span) bool {
	if len(a) != len(b) {
		return false
	}
	a, b = bytes.Clone(a), bytes.Clone(b)
	for _, s := range spans {
		clear(a[s.From:s.To])
		clear(b[s.From:s.To])
	}
	return bytes.Equal(a, b)
}
