package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// SetWatches registers a client's watches again after it has reconnected. What
// changed since RelativeZxid is told at once. The reply has no body.
type SetWatches struct {
	RelativeZxid znode.Zxid
	Data         []znode.Path
	Exist        []znode.Path
	Child        []znode.Path
}

// Append appends r's encoding to dst.
func (r SetWatches) Append(dst []byte) []byte {
	dst = jute.AppendLong(dst, int64(r.RelativeZxid))
	dst = jute.AppendStrings(dst, r.Data)
	dst = jute.AppendStrings(dst, r.Exist)
	return jute.AppendStrings(dst, r.Child)
}

// Decode reads r from c.
func (r *SetWatches) Decode(c *jute.Cursor) {
	r.RelativeZxid = znode.Zxid(c.Long())
	r.Data = jute.Strings[znode.Path](c)
	r.Exist = jute.Strings[znode.Path](c)
	r.Child = jute.Strings[znode.Path](c)
}

// SetWatches2 is SetWatches of a client that has persistent watches too.
type SetWatches2 struct {
	SetWatches
	Persistent          []znode.Path
	PersistentRecursive []znode.Path
}

// Append appends r's encoding to dst.
func (r SetWatches2) Append(dst []byte) []byte {
	dst = r.SetWatches.Append(dst)
	dst = jute.AppendStrings(dst, r.Persistent)
	return jute.AppendStrings(dst, r.PersistentRecursive)
}

// Decode reads r from c.
func (r *SetWatches2) Decode(c *jute.Cursor) {
	r.SetWatches.Decode(c)
	r.Persistent = jute.Strings[znode.Path](c)
	r.PersistentRecursive = jute.Strings[znode.Path](c)
}
