package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// SyncRequest asks the server to catch up with everything committed before.
type SyncRequest struct {
	Path znode.Path
}

// Append appends r's encoding to dst.
func (r SyncRequest) Append(dst []byte) []byte { return jute.AppendString(dst, r.Path) }

// Decode reads r from c.
func (r *SyncRequest) Decode(c *jute.Cursor) { r.Path = znode.Path(c.String()) }

// SyncResponse answers sync, with the request's path.
type SyncResponse struct {
	Path znode.Path
}

// Append appends r's encoding to dst.
func (r SyncResponse) Append(dst []byte) []byte { return jute.AppendString(dst, r.Path) }

// Decode reads r from c.
func (r *SyncResponse) Decode(c *jute.Cursor) { r.Path = znode.Path(c.String()) }
