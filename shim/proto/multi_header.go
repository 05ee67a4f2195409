package proto

import "github.com/hquorum/hquorum/shim/jute"

// MultiHeader precedes every operation of a multi and every result of its
// reply. One with Done ends the list.
type MultiHeader struct {
	Type OpCode
	Done bool
	Err  int32
}

// multiEnd is the header that ends a list.
var multiEnd = MultiHeader{Type: -1, Done: true, Err: -1}

// Append appends h's encoding to dst.
func (h MultiHeader) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, int32(h.Type))
	dst = jute.AppendBool(dst, h.Done)
	return jute.AppendInt(dst, h.Err)
}

// Decode reads h from c.
func (h *MultiHeader) Decode(c *jute.Cursor) {
	h.Type = OpCode(c.Int())
	h.Done = c.Bool()
	h.Err = c.Int()
}
