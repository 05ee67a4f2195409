package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// GetEphemeralsRequest asks for the session's own ephemeral znodes whose paths
// start with Prefix; an empty prefix or "/" means all.
type GetEphemeralsRequest struct {
	Prefix znode.Path
}

// Append appends r's encoding to dst.
func (r GetEphemeralsRequest) Append(dst []byte) []byte { return jute.AppendString(dst, r.Prefix) }

// Decode reads r from c.
func (r *GetEphemeralsRequest) Decode(c *jute.Cursor) { r.Prefix = znode.Path(c.String()) }

// GetEphemeralsResponse answers getEphemerals.
type GetEphemeralsResponse struct {
	Ephemerals []znode.Path
}

// Append appends r's encoding to dst.
func (r GetEphemeralsResponse) Append(dst []byte) []byte { return appendList(dst, r.Ephemerals) }

// Decode reads r from c.
func (r *GetEphemeralsResponse) Decode(c *jute.Cursor) { r.Ephemerals = jute.Strings[znode.Path](c) }
