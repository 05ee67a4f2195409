package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// CheckVersionRequest asks that a znode exists and has the version, any for −1;
// the request of check.
type CheckVersionRequest struct {
	Path    znode.Path
	Version int32
}

// Append appends r's encoding to dst.
func (r CheckVersionRequest) Append(dst []byte) []byte {
	return jute.AppendInt(jute.AppendString(dst, r.Path), r.Version)
}

// Decode reads r from c.
func (r *CheckVersionRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.Version = c.Int()
}
