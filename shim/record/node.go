package record

import (
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/znode"
)

// Node is a znode without what its children say about it. Times are
// milliseconds since the Unix epoch.
type Node struct {
	// Data is nil for null data, which a client may tell from empty data.
	Data []byte
	// ACL may be shared between nodes; nobody modifies it.
	ACL               []znode.ACL
	Czxid, Mzxid      znode.Zxid
	Ctime, Mtime      int64
	Version, Aversion int32
	Owner             znode.Owner
}

// The flags of an encoded Node. An open ACL is what nearly every znode has.
const (
	nodeHasData = 1 << iota
	nodeOpenACL
	nodeFlags = nodeHasData | nodeOpenACL
)

// Append encodes n behind dst. Data comes last and as it is, so that a person
// who looks at the store can read it.
func (n Node) Append(dst []byte) []byte {
	var flags byte
	if n.Data != nil {
		flags |= nodeHasData
	}
	open := isOpen(n.ACL)
	if open {
		flags |= nodeOpenACL
	}
	dst = append(dst, version, flags)
	dst = binary.AppendVarint(dst, int64(n.Czxid))
	dst = binary.AppendVarint(dst, int64(n.Mzxid))
	dst = binary.AppendVarint(dst, n.Ctime)
	dst = binary.AppendVarint(dst, n.Mtime)
	dst = binary.AppendVarint(dst, int64(n.Version))
	dst = binary.AppendVarint(dst, int64(n.Aversion))
	dst = binary.AppendVarint(dst, int64(n.Owner))
	if !open {
		dst = appendACL(dst, n.ACL)
	}
	return append(dst, n.Data...)
}

// Size returns the length of the encoding of n.
func (n Node) Size() int {
	size := 2 + varintLen(int64(n.Czxid)) + varintLen(int64(n.Mzxid)) +
		varintLen(n.Ctime) + varintLen(n.Mtime) +
		varintLen(int64(n.Version)) + varintLen(int64(n.Aversion)) +
		varintLen(int64(n.Owner)) + len(n.Data)
	if !isOpen(n.ACL) {
		size += aclSize(n.ACL)
	}
	return size
}

// DecodeNode decodes what Append made. The Data it returns aliases b.
func DecodeNode(b []byte) (Node, error) {
	c := open(b)
	flags := c.byte()
	if flags&^nodeFlags != 0 {
		c.fail()
	}
	n := Node{
		Czxid: c.zxid(), Mzxid: c.zxid(),
		Ctime: c.int64(), Mtime: c.int64(),
		Version: c.int32(), Aversion: c.int32(),
		Owner: znode.Owner(c.int64()),
	}
	if flags&nodeOpenACL != 0 {
		n.ACL = znode.OpenACL
	} else if n.ACL = c.acl(); isOpen(n.ACL) {
		c.fail()
	}
	if flags&nodeHasData != 0 {
		n.Data = c.rest()
	}
	if err := c.done(); err != nil {
		return Node{}, err
	}
	return n, nil
}
