package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// ConnectRequest is a client's first frame: it asks for a new session
// (SessionID 0) or to resume one. It has no RequestHeader.
type ConnectRequest struct {
	ProtocolVersion int32
	LastZxidSeen    znode.Zxid
	Timeout         int32 // milliseconds
	SessionID       znode.SessionID
	Password        []byte
	ReadOnly        bool
	// HasReadOnly is whether ReadOnly is there: clients before ZooKeeper 3.4
	// do not send it, and do not expect it in the response.
	HasReadOnly bool
}

// Append appends r's encoding to dst.
func (r ConnectRequest) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, r.ProtocolVersion)
	dst = jute.AppendLong(dst, int64(r.LastZxidSeen))
	dst = jute.AppendInt(dst, r.Timeout)
	dst = jute.AppendLong(dst, int64(r.SessionID))
	dst = jute.AppendBuffer(dst, r.Password)
	return appendReadOnly(dst, r.ReadOnly, r.HasReadOnly)
}

// Decode reads r from c.
func (r *ConnectRequest) Decode(c *jute.Cursor) {
	r.ProtocolVersion = c.Int()
	r.LastZxidSeen = znode.Zxid(c.Long())
	r.Timeout = c.Int()
	r.SessionID = znode.SessionID(c.Long())
	r.Password = c.Buffer()
	r.ReadOnly, r.HasReadOnly = decodeReadOnly(c)
}

// ConnectResponse is a server's first frame. Timeout and SessionID 0 say that
// the session has expired. It has no ReplyHeader.
type ConnectResponse struct {
	ProtocolVersion int32
	Timeout         int32 // milliseconds, as negotiated
	SessionID       znode.SessionID
	Password        []byte
	ReadOnly        bool
	// HasReadOnly must be the request's: is ReadOnly there?
	HasReadOnly bool
}

// Append appends r's encoding to dst.
func (r ConnectResponse) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, r.ProtocolVersion)
	dst = jute.AppendInt(dst, r.Timeout)
	dst = jute.AppendLong(dst, int64(r.SessionID))
	dst = jute.AppendBuffer(dst, r.Password)
	return appendReadOnly(dst, r.ReadOnly, r.HasReadOnly)
}

// Decode reads r from c.
func (r *ConnectResponse) Decode(c *jute.Cursor) {
	r.ProtocolVersion = c.Int()
	r.Timeout = c.Int()
	r.SessionID = znode.SessionID(c.Long())
	r.Password = c.Buffer()
	r.ReadOnly, r.HasReadOnly = decodeReadOnly(c)
}

func appendReadOnly(dst []byte, readOnly, has bool) []byte {
	if has {
		return jute.AppendBool(dst, readOnly)
	}
	return dst
}

func decodeReadOnly(c *jute.Cursor) (readOnly, has bool) {
	if len(c.Rest()) == 0 {
		return false, false
	}
	return c.Bool(), true
}
