package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// KeeperState is what a client's connection is in when an event reaches it
// (class Watcher.Event.KeeperState).
type KeeperState int32

// The states. A server sends only StateSyncConnected.
const (
	StateDisconnected      KeeperState = 0
	StateSyncConnected     KeeperState = 3
	StateAuthFailed        KeeperState = 4
	StateConnectedReadOnly KeeperState = 5
	StateSASLAuthenticated KeeperState = 6
	StateClosed            KeeperState = 7
	StateExpired           KeeperState = -112
)

// WatcherEvent tells a client that a watch fired. Its ReplyHeader has
// XidWatcherEvent and the zxid of the change.
type WatcherEvent struct {
	Type  znode.EventType
	State KeeperState
	Path  znode.Path
}

// Append appends e's encoding to dst.
func (e WatcherEvent) Append(dst []byte) []byte {
	dst = jute.AppendInt(dst, int32(e.Type))
	dst = jute.AppendInt(dst, int32(e.State))
	return jute.AppendString(dst, e.Path)
}

// Decode reads e from c.
func (e *WatcherEvent) Decode(c *jute.Cursor) {
	e.Type = znode.EventType(c.Int())
	e.State = KeeperState(c.Int())
	e.Path = znode.Path(c.String())
}
