package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// AppendStat appends the encoding of s, 68 bytes, to dst.
func AppendStat(dst []byte, s znode.Stat) []byte {
	dst = jute.AppendLong(dst, int64(s.Czxid))
	dst = jute.AppendLong(dst, int64(s.Mzxid))
	dst = jute.AppendLong(dst, s.Ctime)
	dst = jute.AppendLong(dst, s.Mtime)
	dst = jute.AppendInt(dst, s.Version)
	dst = jute.AppendInt(dst, s.Cversion)
	dst = jute.AppendInt(dst, s.Aversion)
	dst = jute.AppendLong(dst, int64(s.EphemeralOwner))
	dst = jute.AppendInt(dst, s.DataLength)
	dst = jute.AppendInt(dst, s.NumChildren)
	return jute.AppendLong(dst, int64(s.Pzxid))
}

// DecodeStat reads a Stat from c.
func DecodeStat(c *jute.Cursor) znode.Stat {
	return znode.Stat{
		Czxid:          znode.Zxid(c.Long()),
		Mzxid:          znode.Zxid(c.Long()),
		Ctime:          c.Long(),
		Mtime:          c.Long(),
		Version:        c.Int(),
		Cversion:       c.Int(),
		Aversion:       c.Int(),
		EphemeralOwner: znode.Owner(c.Long()),
		DataLength:     c.Int(),
		NumChildren:    c.Int(),
		Pzxid:          znode.Zxid(c.Long()),
	}
}

// StatResponse answers exists, setData, setACL and a check outside of a multi
// (ExistsResponse, SetDataResponse, SetACLResponse).
type StatResponse struct {
	Stat znode.Stat
}

// Append appends r's encoding to dst.
func (r StatResponse) Append(dst []byte) []byte { return AppendStat(dst, r.Stat) }

// Decode reads r from c.
func (r *StatResponse) Decode(c *jute.Cursor) { r.Stat = DecodeStat(c) }
