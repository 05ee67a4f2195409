package replica

import (
	"iter"
	"slices"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

var _ tree.View = (*View)(nil)

// View is the tree at one revision. It is a tree.View.
type View struct {
	nodes      map[znode.Path]*node
	orphans    map[znode.Path]*listing // by the parent that is missing, see the package's comment
	lost       int                     // znodes in orphans
	sessions   map[znode.SessionID]*tree.Session
	ephemerals map[znode.SessionID]*listing
	ephemeral  int // znodes in ephemerals
	containers map[znode.Path]struct{}
	ttls       map[znode.Path]struct{}
	acls       acls
	size       int64 // bytes of paths and data

	meta    record.Meta
	metaRev store.Revision
	clock   record.Clock
	// Who has the store for itself, and the revision that says so.
	writer    record.Writer
	writerRev store.Revision
	rev       store.Revision
	zxid      znode.Zxid
}

func newView() *View {
	return &View{
		nodes:      map[znode.Path]*node{},
		orphans:    map[znode.Path]*listing{},
		sessions:   map[znode.SessionID]*tree.Session{},
		ephemerals: map[znode.SessionID]*listing{},
		containers: map[znode.Path]struct{}{},
		ttls:       map[znode.Path]struct{}{},
		acls:       acls{known: map[string]*sharedACL{}},
	}
}

// Node returns the znode at p, nil if there is none. It is never modified, also
// after the View.
func (v *View) Node(p znode.Path) *tree.Node {
	if n := v.nodes[p]; n != nil {
		return n.Node
	}
	return nil
}

// Children returns the names of p's children, sorted; nil if there is no znode
// or no child. The slice is the caller's.
func (v *View) Children(p znode.Path) []string {
	if n := v.nodes[p]; n != nil {
		return listed[string](n.children)
	}
	return nil
}

// AppendChildren writes the names of p's children behind dst, sorted, as a reply
// to getChildren carries them: a vector of strings, empty if there is no znode or
// no child (zookeeper.jute, GetChildrenResponse).
func (v *View) AppendChildren(dst []byte, p znode.Path) []byte {
	var l *listing
	if n := v.nodes[p]; n != nil {
		l = n.children
	}
	return l.append(dst)
}

// AllChildrenNumber returns the number of p's descendants
// (DataTree.getAllChildrenNumber). Its time grows with that number.
func (v *View) AllChildrenNumber(p znode.Path) int {
	if p == znode.Root {
		return max(len(v.nodes)-1, 0)
	}
	n := v.nodes[p]
	if n == nil {
		return 0
	}
	return v.descendants(n, append([]byte(nil), p...))
}

func (v *View) descendants(n *node, path []byte) int {
	total := n.children.count()
	for name := range n.children.each() {
		child := append(append(path, '/'), name...)
		if c := v.nodes[znode.Path(child)]; c != nil && c.children != nil {
			total += v.descendants(c, child)
		}
	}
	return total
}

// Session returns a session's record, nil if there is none. It is never
// modified, also after the View.
func (v *View) Session(id znode.SessionID) *tree.Session { return v.sessions[id] }

// Sessions goes through all sessions, in no order.
func (v *View) Sessions() iter.Seq2[znode.SessionID, *tree.Session] {
	return func(yield func(znode.SessionID, *tree.Session) bool) {
		for id, s := range v.sessions {
			if !yield(id, s) {
				return
			}
		}
	}
}

// SessionCount returns the number of sessions.
func (v *View) SessionCount() int { return len(v.sessions) }

// Ephemerals returns the paths of a session's ephemeral znodes, sorted. The
// slice is the caller's.
func (v *View) Ephemerals(id znode.SessionID) []znode.Path {
	return listed[znode.Path](v.ephemerals[id])
}

// EphemeralOwners returns the sessions that have ephemeral znodes, sorted.
func (v *View) EphemeralOwners() []znode.SessionID {
	ids := make([]znode.SessionID, 0, len(v.ephemerals))
	for id := range v.ephemerals {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Containers goes through the container znodes, in no order.
func (v *View) Containers() iter.Seq2[znode.Path, *tree.Node] { return v.each(v.containers) }

// TTLs goes through the znodes with a time to live, in no order.
func (v *View) TTLs() iter.Seq2[znode.Path, *tree.Node] { return v.each(v.ttls) }

func (v *View) each(paths map[znode.Path]struct{}) iter.Seq2[znode.Path, *tree.Node] {
	return func(yield func(znode.Path, *tree.Node) bool) {
		for p := range paths {
			if !yield(p, v.nodes[p].Node) {
				return
			}
		}
	}
}

// NodeCount returns the number of znodes as ZooKeeper counts them in mntr: the
// root twice, once under its alias "".
func (v *View) NodeCount() int { return len(v.nodes) + 1 }

// EphemeralCount returns the number of ephemeral znodes.
func (v *View) EphemeralCount() int { return v.ephemeral }

// DataSize returns the bytes of all paths and data
// (DataTree.cachedApproximateDataSize).
func (v *View) DataSize() int64 { return v.size }

// Meta returns the stored description of the tree and its ModRevision, 0 if
// there is none.
func (v *View) Meta() (record.Meta, store.Revision) { return v.meta, v.metaRev }

// Clock returns what was noted last for telling backups, zero if nothing was.
func (v *View) Clock() record.Clock { return v.clock }

// Base returns the base of zxids.
func (v *View) Base() znode.Zxid { return v.meta.Base }

// Zxid returns the last zxid.
func (v *View) Zxid() znode.Zxid { return v.zxid }

// Revision returns the revision of the tree.
func (v *View) Revision() store.Revision { return v.rev }

// Writer returns the stored record.Writer and its key's ModRevision; 0 if there
// is none.
func (v *View) Writer() (record.Writer, store.Revision) { return v.writer, v.writerRev }
