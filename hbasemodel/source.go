package hbasemodel

import (
	"context"
	"time"
)

// Znode is a znode as a Source shows it.
type Znode struct {
	Path string
	Data []byte // nil is null
	Stat Stat
}

// Stat is what a quorum says about a znode; the names are ZooKeeper's.
type Stat struct {
	Czxid, Mzxid   int64
	Ctime, Mtime   time.Time
	Version        int32
	EphemeralOwner int64 // the session's id, 0 if the znode is not ephemeral
	NumChildren    int32
}

// Source is a quorum that the model looks at: hquorum's own tree in this
// process, or any server of ZooKeeper's protocol.
type Source interface {
	// Follow tells sink everything below the roots that it was made for, and then
	// every change, until ctx ends or the stream breaks; it returns why. It calls
	// sink from one goroutine at a time. Follow may be called again afterwards: it
	// then starts with Reset.
	Follow(ctx context.Context, sink Sink) error
}

// Sink is told a tree and its changes.
type Sink interface {
	// Reset says that what was told before is void. What follows is the whole
	// tree, parents before children, up to Ready.
	Reset()
	// Put says that a znode exists and what it holds.
	Put(n Znode)
	// Delete says that a znode is gone since the transaction zxid, 0 if that is
	// not known.
	Delete(path string, zxid int64)
	// Ready says that all that was told is one state of the quorum, that of the
	// transaction zxid, reached at the time at.
	Ready(zxid int64, at time.Time)
}
