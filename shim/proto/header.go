package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// Xid pairs a reply with its request. Clients count theirs up from 1; negative
// ones are special.
type Xid int32

// The special xids (ClientCnxn). A request has XidPing, XidAuth or
// XidSetWatches; a frame with XidWatcherEvent answers none.
const (
	XidWatcherEvent Xid = -1
	XidPing         Xid = -2
	XidAuth         Xid = -4
	XidSetWatches   Xid = -8
)

// RequestHeader starts every frame of a client but the first.
type RequestHeader struct {
	Xid  Xid
	Type OpCode
}

// Append appends h's encoding to dst.
func (h RequestHeader) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, int32(h.Xid))
	return jute.AppendInt(dst, int32(h.Type))
}

// Decode reads h from c.
func (h *RequestHeader) Decode(c *jute.Cursor) {
	h.Xid = Xid(c.Int())
	h.Type = OpCode(c.Int())
}

// ReplyHeader starts every frame of a server but the first. If Err is not OK,
// nothing follows it.
type ReplyHeader struct {
	Xid  Xid
	Zxid znode.Zxid
	Err  Code
}

// Append appends h's encoding to dst.
func (h ReplyHeader) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, int32(h.Xid))
	dst = jute.AppendLong(dst, int64(h.Zxid))
	return jute.AppendInt(dst, int32(h.Err))
}

// Decode reads h from c.
func (h *ReplyHeader) Decode(c *jute.Cursor) {
	h.Xid = Xid(c.Int())
	h.Zxid = znode.Zxid(c.Long())
	h.Err = Code(c.Int())
}
