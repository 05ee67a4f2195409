package record

import (
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/znode"
)

// Counter is what a znode's children say about it. Both counts wrap as int32.
type Counter struct {
	// Creates is the number of children ever created: ZooKeeper's stored
	// cversion, and the number in the next sequential name.
	Creates int32
	// Children is the number of children there are. A Stat's cversion is
	// 2*Creates - Children.
	Children int32
	// Pzxid is the zxid of the last create or delete of a child.
	Pzxid znode.Zxid
}

// Size returns the length of the encoding of x.
func (x Counter) Size() int {
	return 1 + varintLen(int64(x.Creates)) + varintLen(int64(x.Children)) + varintLen(int64(x.Pzxid))
}

// Append encodes x behind dst.
func (x Counter) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.AppendVarint(dst, int64(x.Creates))
	dst = binary.AppendVarint(dst, int64(x.Children))
	return binary.AppendVarint(dst, int64(x.Pzxid))
}

// DecodeCounter decodes what Append made.
func DecodeCounter(b []byte) (Counter, error) {
	c := open(b)
	x := Counter{Creates: c.int32(), Children: c.int32(), Pzxid: c.zxid()}
	if err := c.done(); err != nil {
		return Counter{}, err
	}
	return x, nil
}
