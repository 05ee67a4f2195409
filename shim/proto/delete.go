package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// DeleteRequest deletes a znode that has the version, any for −1. The reply has
// no body.
type DeleteRequest struct {
	Path    znode.Path
	Version int32
}

// Append appends r's encoding to dst.
func (r DeleteRequest) Append(dst []byte) []byte {
	return jute.AppendInt(jute.AppendString(dst, r.Path), r.Version)
}

// Decode reads r from c.
func (r *DeleteRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.Need())
	r.Version = c.Int()
}

// DeleteContainerRequest deletes an empty container or TTL znode. ZooKeeper's
// servers send it to themselves; the reply has no body.
type DeleteContainerRequest struct {
	Path znode.Path
}

// Append appends r's encoding to dst.
func (r DeleteContainerRequest) Append(dst []byte) []byte { return jute.AppendString(dst, r.Path) }

// Decode reads r from c.
func (r *DeleteContainerRequest) Decode(c *jute.Cursor) { r.Path = znode.Path(c.Need()) }
