package zksource

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel/root"
)

// plant adds a znode of which need has to be read.
func (f *follower) plant(parent *node, path string, k kind, need need) {
	n := &node{path: path, kind: k, parent: parent, children: map[string]*node{}}
	f.nodes[path] = n
	if parent != nil {
		parent.children[n.name()] = n
	}
	if k == shown && need != 0 {
		f.await(n)
	}
	f.want(n, need)
}

// grow adds a child.
func (f *follower) grow(parent *node, name string) {
	switch {
	case parent.kind == shown:
		f.plant(parent, parent.child(name), shown, needAll)
	case name != root.Reserved:
		f.plant(parent, parent.child(name), candidate, needAll)
	}
}

// await counts n among the znodes that the sink has yet to be told.
func (f *follower) await(n *node) {
	n.awaited = true
	f.awaited++
}

func (f *follower) arrived(n *node) {
	if n.awaited {
		n.awaited = false
		f.awaited--
	}
}

// drop removes a znode and all below it, and tells that, children first. zxid is
// the transaction that deleted it, 0 if that is not known.
func (f *follower) drop(n *node, zxid int64) {
	for _, child := range n.children {
		f.drop(child, 0)
	}
	n.dropped = true
	delete(f.nodes, n.path)
	if n.parent != nil {
		delete(n.parent.children, n.name())
	}
	f.arrived(n)
	if n.told {
		f.sink.Delete(n.path, zxid)
		f.news = true
	}
}

// replant drops a znode that was deleted and is there again.
func (f *follower) replant(n *node) {
	f.drop(n, 0)
	if n.parent == nil {
		f.plant(nil, n.path, n.kind, needAll)
		return
	}
	f.grow(n.parent, n.name())
}

// received notes what a visit has found, after what came before its answer.
func (f *follower) received(v visit) error {
	f.absorb()
	n := v.n
	n.busy = false
	if n.kind == shown {
		f.reading--
	} else {
		f.looking--
	}
	switch {
	case v.err != nil && (!v.denied || n.parent == nil):
		return readError(n.path, v.err)
	case n.dropped:
		return nil
	case v.denied:
		f.drop(n, 0) // until its parent's next list
	case v.missing:
		f.missing(v)
	case n.kind != shown:
		f.looked(v)
	case v.torn:
		f.want(n, needAll)
	case n.told && v.reborn():
		f.replant(n)
	default:
		f.show(v)
	}
	f.want(n, 0) // what was needed meanwhile
	return nil
}

func readError(path string, err error) error {
	for _, lost := range []error{zk.ErrConnectionClosed, zk.ErrSessionExpired, zk.ErrClosing, zk.ErrNoServer, zk.ErrSessionMoved} {
		if errors.Is(err, lost) {
			return fmt.Errorf("zksource: %w: %w", ErrLost, err)
		}
	}
	return fmt.Errorf("zksource: read %s: %w", path, err)
}

// missing notes that there is no znode where one was to be read.
func (f *follower) missing(v visit) {
	n := v.n
	f.drop(n, 0)
	switch {
	case n.parent == nil && v.torn:
		f.plant(nil, n.path, n.kind, needAll)
	case n.parent == nil:
		// Nothing, until the event of its creation, which may have come already.
		f.plant(nil, n.path, n.kind, n.need)
	case n.parent.lists != v.lists:
		// The list that told of n was read before the znode was deleted, so another
		// one is read. That one was received already, and may have shown the znode's
		// successor, for which n was taken.
		f.want(n.parent, needChildren)
	}
}

// looked notes the children of a znode that is not shown.
func (f *follower) looked(v visit) {
	n := v.n
	if n.kind == top {
		f.shrink(v)
		f.extend(v)
		return
	}
	n.lists++
	if root.Marked(func(name string) bool { return slices.Contains(v.names, name) }) {
		n.kind = shown
		f.await(n)
		f.want(n, needAll)
	}
}

// show tells what a visit has found.
func (f *follower) show(v visit) {
	n := v.n
	before := n.znode().Stat
	n.absorb(v)
	f.lastZxid = max(f.lastZxid, n.last())
	if v.listed {
		f.shrink(v)
	}
	if !n.told || n.znode().Stat != before {
		f.arrived(n)
		n.told, f.news = true, true
		f.sink.Put(n.znode())
	}
	if v.listed {
		f.extend(v)
	}
}

// shrink drops the children that a list lacks.
func (f *follower) shrink(v visit) {
	n := v.n
	n.lists++
	kept := 0
	for _, name := range v.names {
		if child := n.children[name]; child != nil {
			child.seen = n.lists
			kept++
		}
	}
	zxid := int64(0)
	if v.list != nil {
		if alone := len(n.children) == kept+1 && len(v.names) == kept; alone && v.list.Cversion == n.cversion+1 {
			zxid = v.list.Pzxid
		}
		n.cversion = v.list.Cversion
	}
	if kept == len(n.children) {
		return
	}
	for _, child := range n.children {
		if child.seen != n.lists {
			f.drop(child, zxid)
		}
	}
}

// extend adds the children that a list has more, or again.
func (f *follower) extend(v visit) {
	for _, name := range v.names {
		switch child := v.n.children[name]; {
		case child == nil:
			f.grow(v.n, name)
		case child.gone:
			f.replant(child)
		}
	}
}
