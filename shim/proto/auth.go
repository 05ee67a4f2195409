package proto

import "github.com/hquorum/hquorum/shim/jute"

// AuthPacket adds an identity to the connection; the request of auth. Type is 0
// and means nothing. The reply has no body.
type AuthPacket struct {
	Type   int32
	Scheme string
	Auth   []byte
}

// Append appends r's encoding to dst.
func (r AuthPacket) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, r.Type)
	dst = jute.AppendString(dst, r.Scheme)
	return jute.AppendBuffer(dst, r.Auth)
}

// Decode reads r from c.
func (r *AuthPacket) Decode(c *jute.Cursor) {
	r.Type = c.Int()
	r.Scheme = c.String()
	r.Auth = c.Buffer()
}
