package znode

// EventType is what happened to a znode, as watches tell it (class
// Watcher.Event.EventType).
type EventType int32

// The events of a znode.
const (
	EventCreated EventType = 1 + iota
	EventDeleted
	EventDataChanged
	EventChildrenChanged
)
