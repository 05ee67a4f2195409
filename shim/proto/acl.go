package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// minACL is the least that an ACL takes: permissions and two empty strings.
const minACL = 12

// AppendACL appends a vector of ACLs to dst; nil is written as null.
func AppendACL(dst []byte, acl []znode.ACL) []byte {
	if acl == nil {
		return jute.AppendVectorLen(dst, -1)
	}
	dst = jute.AppendVectorLen(dst, len(acl))
	for _, a := range acl {
		dst = jute.AppendInt(dst, int32(a.Perms))
		dst = jute.AppendString(dst, a.ID.Scheme)
		dst = jute.AppendString(dst, a.ID.ID)
	}
	return dst
}

// DecodeACL reads a vector of ACLs from c: nil for null or after an error.
func DecodeACL(c *jute.Cursor) []znode.ACL {
	n := c.VectorLen(minACL)
	if n < 0 {
		return nil
	}
	acl := make([]znode.ACL, n)
	for i := range acl {
		a := znode.ACL{Perms: znode.Perms(c.Int())}
		a.ID.Scheme = c.String()
		switch a.ID.Scheme {
		case "world", "digest", "ip": // they look at the id
			a.ID.ID = c.Need()
		default:
			a.ID.ID = c.String()
		}
		acl[i] = a
	}
	if c.Err() != nil {
		return nil
	}
	return acl
}

// GetACLRequest asks for the ACL of a znode.
type GetACLRequest struct {
	Path znode.Path
}

// Append appends r's encoding to dst.
func (r GetACLRequest) Append(dst []byte) []byte { return jute.AppendString(dst, r.Path) }

// Decode reads r from c.
func (r *GetACLRequest) Decode(c *jute.Cursor) { r.Path = znode.Path(c.Need()) }

// GetACLResponse answers getACL.
type GetACLResponse struct {
	ACL  []znode.ACL
	Stat znode.Stat
}

// Append appends r's encoding to dst.
func (r GetACLResponse) Append(dst []byte) []byte {
	if r.ACL == nil {
		return AppendStat(jute.AppendVectorLen(dst, 0), r.Stat)
	}
	return AppendStat(AppendACL(dst, r.ACL), r.Stat)
}

// Decode reads r from c.
func (r *GetACLResponse) Decode(c *jute.Cursor) {
	r.ACL = DecodeACL(c)
	r.Stat = DecodeStat(c)
}

// SetACLRequest replaces the ACL of a znode whose ACL has the version, any for
// −1. A StatResponse answers it.
type SetACLRequest struct {
	Path    znode.Path
	ACL     []znode.ACL
	Version int32
}

// Append appends r's encoding to dst.
func (r SetACLRequest) Append(dst []byte) []byte {
	dst = jute.AppendString(dst, r.Path)
	dst = AppendACL(dst, r.ACL)
	return jute.AppendInt(dst, r.Version)
}

// Decode reads r from c.
func (r *SetACLRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.ACL = DecodeACL(c)
	r.Version = c.Int()
}
