package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// CreateRequest asks for a znode; the request of create, create2 and
// createContainer.
type CreateRequest struct {
	Path znode.Path
	Data []byte
	ACL  []znode.ACL
	Mode znode.CreateMode
}

// Append appends r's encoding to dst.
func (r CreateRequest) Append(dst []byte) []byte {
	dst = jute.AppendString(dst, r.Path)
	dst = jute.AppendBuffer(dst, r.Data)
	dst = AppendACL(dst, r.ACL)
	return jute.AppendInt(dst, int32(r.Mode))
}

// Decode reads r from c. Mode may hold any number.
func (r *CreateRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.Need())
	r.Data = c.Buffer()
	r.ACL = DecodeACL(c)
	r.Mode = znode.CreateMode(c.Int())
}

// CreateTTLRequest asks for a znode with a time to live, in milliseconds; the
// request of createTTL.
type CreateTTLRequest struct {
	CreateRequest
	TTL int64
}

// Append appends r's encoding to dst.
func (r CreateTTLRequest) Append(dst []byte) []byte {
	return jute.AppendLong(r.CreateRequest.Append(dst), r.TTL)
}

// Decode reads r from c. Mode may hold any number.
func (r *CreateTTLRequest) Decode(c *jute.Cursor) {
	r.CreateRequest.Decode(c)
	r.TTL = c.Long()
}

// CreateResponse answers create, with the path that the znode got.
type CreateResponse struct {
	Path znode.Path
}

// Append appends r's encoding to dst.
func (r CreateResponse) Append(dst []byte) []byte { return jute.AppendString(dst, r.Path) }

// Decode reads r from c.
func (r *CreateResponse) Decode(c *jute.Cursor) { r.Path = znode.Path(c.String()) }

// Create2Response answers create2, createContainer and createTTL.
type Create2Response struct {
	Path znode.Path
	Stat znode.Stat
}

// Append appends r's encoding to dst.
func (r Create2Response) Append(dst []byte) []byte {
	return AppendStat(jute.AppendString(dst, r.Path), r.Stat)
}

// Decode reads r from c.
func (r *Create2Response) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.Stat = DecodeStat(c)
}
