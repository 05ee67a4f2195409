package record

import (
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/znode"
)

// Meta describes the tree as a whole. Its version byte is the format of
// everything under the prefix.
type Meta struct {
	// Base is added to every zxid; it is raised by a restore or an import, so
	// that no client sees time go back.
	Base znode.Zxid
	// Cluster is the store's cluster id that Base was set for.
	Cluster uint64
	// Time is when Base was set, in milliseconds since the Unix epoch.
	Time int64
}

// Size returns the length of the encoding of m.
func (m Meta) Size() int {
	return 1 + varintLen(int64(m.Base)) + uvarintLen(m.Cluster) + varintLen(m.Time)
}

// Append encodes m behind dst.
func (m Meta) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.AppendVarint(dst, int64(m.Base))
	dst = binary.AppendUvarint(dst, m.Cluster)
	return binary.AppendVarint(dst, m.Time)
}

// DecodeMeta decodes what Append made.
func DecodeMeta(b []byte) (Meta, error) {
	c := open(b)
	m := Meta{Base: c.zxid(), Cluster: c.uvarint(), Time: c.int64()}
	if err := c.done(); err != nil {
		return Meta{}, err
	}
	return m, nil
}
