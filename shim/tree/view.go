package tree

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// Node is a znode as a View shows it.
type Node struct {
	record.Node
	// Creates, Children and Pzxid are the child counter's. Where there is none
	// the counts are 0, Pzxid is Czxid and CounterRev is 0. Children is the
	// number of children there are, whatever a counter says that a lost lease
	// has left behind.
	Creates, Children int32
	Pzxid             znode.Zxid
	// Rev and CounterRev are the ModRevisions of the znode's key and of its
	// counter's; CounterRev is 0 without one.
	Rev, CounterRev store.Revision
}

// Stat describes n to a client (DataNode.copyStat): only an ephemeral znode
// shows an owner, and cversion counts creates and deletes alike.
func (n *Node) Stat() znode.Stat {
	s := znode.Stat{
		Czxid: n.Czxid, Mzxid: n.Mzxid,
		Ctime: n.Ctime, Mtime: n.Mtime,
		Version: n.Version, Aversion: n.Aversion,
		Cversion:    2*n.Creates - n.Children,
		DataLength:  int32(len(n.Data)),
		NumChildren: n.Children,
		Pzxid:       n.Pzxid,
	}
	if n.Owner.Kind() == znode.Ephemeral {
		s.EphemeralOwner = n.Owner
	}
	return s
}

// Session is a session as a View shows it.
type Session struct {
	record.Session
	// Rev is the ModRevision of the session's key.
	Rev store.Revision
}

// View is the committed state that a Batch plans against. It must not change
// while the Batch is filled, and a Batch modifies nothing that it returns.
type View interface {
	// Node returns the znode at exactly p, nil if there is none. Its zxids are
	// resolved.
	Node(p znode.Path) *Node
	// Session returns the session's record, nil if there is none.
	Session(id znode.SessionID) *Session
	// Ephemerals returns the paths of all of a session's ephemeral znodes,
	// sorted.
	Ephemerals(id znode.SessionID) []znode.Path
}

// Identity is who a request comes from, as ACLs see it.
type Identity interface {
	// Allow reports whether acl grants one of perms (ZooKeeperServer.checkACL).
	Allow(acl []znode.ACL, perms znode.Perms) bool
	// Fix returns acl as it is stored: without duplicates, relative entries
	// expanded (PrepRequestProcessor.fixupACL). Any error is ErrInvalidACL to
	// the client. The result is not modified afterwards by anybody.
	Fix(acl []znode.ACL) ([]znode.ACL, error)
}
