package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// ExistsRequest asks for the Stat of a znode, and for an event when it next
// appears, changes or goes. A StatResponse answers it.
type ExistsRequest struct {
	Path  znode.Path
	Watch bool
}

// Append appends r's encoding to dst.
func (r ExistsRequest) Append(dst []byte) []byte {
	return jute.AppendBool(jute.AppendString(dst, r.Path), r.Watch)
}

// Decode reads r from c.
func (r *ExistsRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.Need())
	r.Watch = c.Bool()
}
