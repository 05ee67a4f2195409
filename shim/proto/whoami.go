package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// WhoAmIResponse answers whoAmI, a request without a body: the session's
// identities, each with its user name for ID (ClientInfo).
type WhoAmIResponse struct {
	Clients []znode.ID
}

// minClientInfo is the least that a ClientInfo takes: two empty strings.
const minClientInfo = 8

// Append appends r's encoding to dst.
func (r WhoAmIResponse) Append(dst []byte) []byte {
	dst = jute.AppendVectorLen(dst, len(r.Clients))
	for _, id := range r.Clients {
		dst = jute.AppendString(dst, id.Scheme)
		dst = jute.AppendString(dst, id.ID)
	}
	return dst
}

// Decode reads r from c.
func (r *WhoAmIResponse) Decode(c *jute.Cursor) {
	r.Clients = nil
	n := c.VectorLen(minClientInfo)
	if n < 0 {
		return
	}
	r.Clients = make([]znode.ID, n)
	for i := range r.Clients {
		r.Clients[i] = znode.ID{Scheme: c.String(), ID: c.String()}
	}
}
