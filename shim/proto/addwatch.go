package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// AddWatchMode is the kind of watch that addWatch adds (ZooDefs.AddWatchModes).
type AddWatchMode int32

// The modes of addWatch.
const (
	AddPersistent          AddWatchMode = 0
	AddPersistentRecursive AddWatchMode = 1
)

// AddWatchRequest adds a watch that stays until it is removed. An ErrorResponse
// answers it.
type AddWatchRequest struct {
	Path znode.Path
	Mode AddWatchMode
}

// Append appends r's encoding to dst.
func (r AddWatchRequest) Append(dst []byte) []byte {
	return jute.AppendInt(jute.AppendString(dst, r.Path), int32(r.Mode))
}

// Decode reads r from c. Mode may hold any number.
func (r *AddWatchRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.Mode = AddWatchMode(c.Int())
}
