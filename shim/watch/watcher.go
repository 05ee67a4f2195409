package watch

import "github.com/hquorum/hquorum/shim/znode"

// Watcher hears of events: a client's connection.
type Watcher interface {
	// Notify tells of an event. The Event is shared and must not be modified.
	Notify(e *Event)
	// Allowed reports whether the watcher may read a znode with this ACL; it
	// is asked before each Notify.
	Allowed(acl []znode.ACL) bool
	// SessionID is what reports call the watcher.
	SessionID() znode.SessionID
}

// Event is what happened to a znode.
type Event struct {
	Type znode.EventType
	Path znode.Path
	Zxid znode.Zxid
	// Frame is the event as the encode function given to New made it.
	Frame []byte
}

// Kind is a kind of watch as clients name it when they check or remove watches
// (class Watcher.WatcherType).
type Kind int32

// The kinds of watch. Any stands for all others.
const (
	Children Kind = 1 + iota
	Data
	Any
	Persistent
	Recursive
)

// Valid reports whether k is a kind that ZooKeeper knows.
func (k Kind) Valid() bool { return k >= Children && k <= Recursive }

// modes is a set of ways in which one watcher watches one path in one table
// (class WatchStats).
type modes uint8

const (
	standard modes = 1 << iota
	persistent
	recursive
	anyMode = standard | persistent | recursive
)
