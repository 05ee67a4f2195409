package replica

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// node is a znode in its place. What readers get is replaced, never modified.
type node struct {
	*tree.Node
	children *listing // nil: none
	acl      *sharedACL
	based    based
}

// unreadable stands for the children of a counter that cannot be read: no
// number of children matches it.
const unreadable = -1

// put stores a znode's record, keeping what its children say about it; n is what
// there is at p, nil if nothing.
func (v *View) put(p znode.Path, n *node, rec record.Node, rev store.Revision, b based) *node {
	shared := v.acls.acquire(rec.ACL)
	if shared != nil {
		rec.ACL = shared.list
	}
	next := &tree.Node{Node: rec, Rev: rev}
	var owner znode.Owner
	if n == nil {
		n = &node{}
		v.nodes[p] = n
		v.size += int64(len(p))
	} else {
		old := n.Node
		owner = old.Owner
		next.Creates, next.Children, next.Pzxid, next.CounterRev = old.Creates, old.Children, old.Pzxid, old.CounterRev
		v.size -= int64(len(old.Data))
		v.acls.release(n.acl)
	}
	v.size += int64(len(rec.Data))
	if owner != rec.Owner {
		v.unown(p, owner)
		v.own(p, rec.Owner)
	}
	n.acl = shared
	n.based = b | n.based&basedPzxid
	n.Node = next
	n.uncounted()
	return n
}

// uncounted gives a znode that never had a child its pzxid; n.Node is not
// published yet.
func (n *node) uncounted() {
	if n.CounterRev != 0 || n.Creates != 0 || n.Children != 0 {
		return
	}
	n.Pzxid = n.Czxid
	n.based &^= basedPzxid
	if n.based&basedCzxid != 0 {
		n.based |= basedPzxid
	}
}

// remove drops the znode n at p and returns its parent, nil if there is none.
func (v *View) remove(p znode.Path, n *node) (parent *node) {
	delete(v.nodes, p)
	v.size -= int64(len(p) + len(n.Data))
	v.unown(p, n.Owner)
	v.acls.release(n.acl)
	if n.children != nil {
		v.orphans[p] = n.children
		v.lost += n.children.len
	}
	if p == znode.Root {
		return nil
	}
	if parent = v.nodes[p.Parent()]; parent != nil {
		parent.children = parent.children.without(p.Name())
		return parent
	}
	v.lost--
	if left := v.orphans[p.Parent()].without(p.Name()); left != nil {
		v.orphans[p.Parent()] = left
	} else {
		delete(v.orphans, p.Parent())
	}
	return nil
}

// link enters the new znode n in its parent's listing, and in its own those that
// were waiting for it. It returns the parent, nil if there is none.
func (v *View) link(p znode.Path, n *node) (parent *node) {
	if len(v.orphans) > 0 {
		if n.children = v.orphans[p]; n.children != nil {
			v.lost -= n.children.len
			delete(v.orphans, p)
		}
	}
	if p == znode.Root {
		return nil
	}
	if parent = v.nodes[p.Parent()]; parent != nil {
		parent.children = parent.children.with(p.Name())
		return parent
	}
	v.orphans[p.Parent()] = v.orphans[p.Parent()].with(p.Name())
	v.lost++
	return nil
}

// own enters p where its owner says.
func (v *View) own(p znode.Path, o znode.Owner) {
	switch o.Kind() {
	case znode.Ephemeral:
		l := v.ephemerals[o.Session()]
		if l == nil {
			l = &listing{}
			v.ephemerals[o.Session()] = l
		}
		if l.insert(string(p)) {
			v.ephemeral++
		}
	case znode.Container:
		v.containers[p] = struct{}{}
	case znode.TTL:
		v.ttls[p] = struct{}{}
	case znode.Persistent:
	}
}

// unown undoes own.
func (v *View) unown(p znode.Path, o znode.Owner) {
	switch o.Kind() {
	case znode.Ephemeral:
		l := v.ephemerals[o.Session()]
		if l != nil && l.remove(string(p)) {
			v.ephemeral--
			if l.len == 0 {
				delete(v.ephemerals, o.Session())
			}
		}
	case znode.Container:
		delete(v.containers, p)
	case znode.TTL:
		delete(v.ttls, p)
	case znode.Persistent:
	}
}

// count stores a child counter. The pzxid never falls: a repair may land behind
// another lease's end, which it did not know of and which stores no counter.
func (n *node) count(c record.Counter, rev store.Revision, b based) {
	if c.Pzxid < n.Pzxid {
		c.Pzxid, b = n.Pzxid, n.based&basedPzxid
	}
	changed := *n.Node
	changed.Creates, changed.Children, changed.Pzxid, changed.CounterRev = c.Creates, c.Children, c.Pzxid, rev
	n.Node = &changed
	n.based = n.based&^basedPzxid | b
	n.uncounted()
}

// settled reports whether the counter agrees with the children that there are.
func (n *node) settled() bool { return n.Children == int32(n.children.count()) }

// settle makes them agree. zxid is the last change's: a counter that is wrong,
// even one that this change has stored, knows nothing of what has taken the
// children.
func (n *node) settle(zxid znode.Zxid) {
	changed := *n.Node
	changed.Children = int32(n.children.count())
	if n.CounterRev == 0 || n.Children == unreadable {
		changed.Creates = max(changed.Creates, changed.Children)
	}
	changed.Pzxid = max(changed.Pzxid, zxid)
	n.based |= basedPzxid
	n.Node = &changed
}

// rebase moves everything that was stored pending to a new base.
func (v *View) rebase(base znode.Zxid) {
	shift := base - v.meta.Base
	if shift == 0 {
		return
	}
	for _, n := range v.nodes {
		if n.based == 0 {
			continue
		}
		moved := *n.Node
		if n.based&basedCzxid != 0 {
			moved.Czxid += shift
		}
		if n.based&basedMzxid != 0 {
			moved.Mzxid += shift
		}
		if n.based&basedPzxid != 0 {
			moved.Pzxid += shift
		}
		n.Node = &moved
	}
}
