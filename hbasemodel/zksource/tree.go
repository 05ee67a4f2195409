package zksource

import (
	"fmt"

	"github.com/hquorum/hquorum/hbasemodel/root"
)

// plant adds a znode of which everything has to be read.
func (f *follower) plant(parent *node, path string, k kind) {
	n := &node{path: path, kind: k, parent: parent, children: map[string]*node{}}
	f.nodes[path] = n
	if k == shown && parent != nil {
		f.untold++
	}
	f.want(n, needAll)
}

// grow adds a child.
func (f *follower) grow(parent *node, name string) {
	k := shown
	if parent.kind == top {
		if name == root.Reserved {
			return
		}
		k = candidate
	}
	path := parent.child(name)
	f.plant(parent, path, k)
	parent.children[name] = f.nodes[path]
}

// drop removes a znode and all below it, and tells that, children first. zxid is
// the transaction that deleted it, if known.
func (f *follower) drop(n *node, zxid int64) {
	for _, child := range n.children {
		f.drop(child, 0)
	}
	n.dropped = true
	delete(f.nodes, n.path)
	if n.parent != nil {
		delete(n.parent.children, n.name())
	}
	switch {
	case n.told:
		f.sink.Delete(n.path, zxid)
		f.news = true
	case n.kind == shown && n.parent != nil:
		f.untold--
	}
}

// replant drops a znode that was deleted and may be there again.
func (f *follower) replant(n *node, zxid int64) {
	f.drop(n, zxid)
	if n.parent == nil {
		f.plant(nil, n.path, n.kind)
		return
	}
	f.grow(n.parent, n.name())
}

// received notes what a visit has found.
func (f *follower) received(v visit) error {
	n := v.n
	n.busy = false
	if n.kind == shown {
		f.reading--
	} else {
		f.looking--
	}
	switch {
	case v.err != nil:
		return fmt.Errorf("zksource: read %s: %w", n.path, v.err)
	case n.dropped:
		return nil
	case v.missing:
		f.missing(v)
	case n.kind != shown:
		f.looked(v)
	case v.torn:
		f.want(n, needAll)
	case n.told && v.stat != nil && v.stat.Czxid != n.stat.Czxid, n.told && v.list != nil && v.list.Czxid != n.stat.Czxid:
		f.replant(n, 0)
	default:
		f.show(v)
	}
	f.want(n, 0) // what was needed meanwhile
	return nil
}

// missing notes that there is no znode where one was to be read.
func (f *follower) missing(v visit) {
	n := v.n
	f.drop(n, 0)
	if n.parent == nil {
		// The visit waits for it to be created, unless it was already.
		f.plant(nil, n.path, n.kind)
		again := f.nodes[n.path]
		if !v.torn {
			again.need = 0
		}
		return
	}
	// The list that told of n was read before the znode was deleted, so another one
	// will be read. If that is done already, it may have shown the znode's
	// successor, for which n was taken.
	if n.parent.lists != v.lists {
		f.want(n.parent, needChildren)
	}
}

// looked notes the children of a znode that is not shown.
func (f *follower) looked(v visit) {
	n := v.n
	n.lists++
	if n.kind == top {
		f.list(v)
		return
	}
	names := make(map[string]bool, len(v.names))
	for _, name := range v.names {
		names[name] = true
	}
	if root.Marked(func(name string) bool { return names[name] }) {
		n.kind, n.lists = shown, 0
		f.untold++
		f.want(n, needAll)
	}
}

// show tells what a visit has found.
func (f *follower) show(v visit) {
	n := v.n
	before := n.znode().Stat
	n.absorb(v)
	f.lastZxid = max(f.lastZxid, n.last())
	if v.list != nil {
		f.shrink(v)
	}
	if !n.told || n.znode().Stat != before {
		if !n.told && n.parent != nil {
			f.untold--
		}
		n.told, f.news = true, true
		f.sink.Put(n.znode())
	}
	if v.list != nil {
		n.lists++
		f.list(v)
	}
}
