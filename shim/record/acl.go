package record

import (
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/znode"
)

func isOpen(acl []znode.ACL) bool { return len(acl) == 1 && acl[0] == znode.OpenACL[0] }

// appendACL encodes acl as its length and its entries.
func appendACL(dst []byte, acl []znode.ACL) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(acl)))
	for i := range acl {
		dst = binary.AppendVarint(dst, int64(acl[i].Perms))
		dst = appendString(dst, acl[i].ID.Scheme)
		dst = appendString(dst, acl[i].ID.ID)
	}
	return dst
}

func aclSize(acl []znode.ACL) int {
	size := uvarintLen(uint64(len(acl)))
	for i := range acl {
		size += varintLen(int64(acl[i].Perms)) + stringSize(acl[i].ID.Scheme) + stringSize(acl[i].ID.ID)
	}
	return size
}

func (c *cursor) acl() []znode.ACL {
	n := c.count()
	if n == 0 {
		return nil
	}
	acl := make([]znode.ACL, 0, min(n, len(c.b)/3+1))
	for range n {
		acl = append(acl, znode.ACL{
			Perms: znode.Perms(c.int32()),
			ID:    znode.ID{Scheme: c.string(), ID: c.string()},
		})
		if c.err != nil {
			return nil
		}
	}
	return acl
}
