package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// WatcherType names the watches that checkWatches and removeWatches mean (class
// Watcher.WatcherType).
type WatcherType int32

// The types of watcher.
const (
	WatcherChildren            WatcherType = 1
	WatcherData                WatcherType = 2
	WatcherAny                 WatcherType = 3
	WatcherPersistent          WatcherType = 4
	WatcherPersistentRecursive WatcherType = 5
)

// CheckWatchesRequest asks whether the session has such a watch. The reply has
// no body.
type CheckWatchesRequest struct {
	Path znode.Path
	Type WatcherType
}

// Append appends r's encoding to dst.
func (r CheckWatchesRequest) Append(dst []byte) []byte {
	return jute.AppendInt(jute.AppendString(dst, r.Path), int32(r.Type))
}

// Decode reads r from c. Type may hold any number.
func (r *CheckWatchesRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.Type = WatcherType(c.Int())
}

// RemoveWatchesRequest removes such watches of the session. The reply has no
// body.
type RemoveWatchesRequest struct {
	Path znode.Path
	Type WatcherType
}

// Append appends r's encoding to dst.
func (r RemoveWatchesRequest) Append(dst []byte) []byte {
	return jute.AppendInt(jute.AppendString(dst, r.Path), int32(r.Type))
}

// Decode reads r from c. Type may hold any number.
func (r *RemoveWatchesRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.Type = WatcherType(c.Int())
}
