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
	children listing[string]
	acl      *sharedACL
	based    based
}

// unreadable stands for the children of a counter that cannot be read: no
// number of children matches it.
const unreadable = -1

// put stores a znode's record, keeping what its children say about it. It
// reports whether the znode is new.
func (v *View) put(p znode.Path, rec record.Node, rev store.Revision, b based) (created bool) {
	shared := v.acls.acquire(rec.ACL)
	if shared != nil {
		rec.ACL = shared.list
	}
	n := v.nodes[p]
	if n == nil {
		created, n = true, &node{Node: &tree.Node{}}
		v.nodes[p] = n
		v.size += int64(len(p))
		v.link(p)
	}
	old := n.Node
	v.size += int64(len(rec.Data) - len(old.Data))
	if old.Owner != rec.Owner {
		v.unown(p, old.Owner)
		v.own(p, rec.Owner)
	}
	v.acls.release(n.acl)
	n.acl = shared
	n.based = b | n.based&basedPzxid
	n.Node = &tree.Node{
		Node: rec, Rev: rev,
		Creates: old.Creates, Children: old.Children, Pzxid: old.Pzxid, CounterRev: old.CounterRev,
	}
	n.uncounted()
	return created
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

// remove drops a znode and returns it, nil if there was none.
func (v *View) remove(p znode.Path) *tree.Node {
	n := v.nodes[p]
	if n == nil {
		return nil
	}
	delete(v.nodes, p)
	v.size -= int64(len(p) + len(n.Data))
	v.unown(p, n.Owner)
	v.acls.release(n.acl)
	for _, name := range n.children.names {
		v.orphans[p.Child(name)] = struct{}{}
	}
	delete(v.orphans, p)
	if parent := v.nodes[p.Parent()]; parent != nil {
		parent.children.remove(p.Name())
	}
	return n.Node
}

// link enters the new znode p in its parent's listing, and those in its own
// that were waiting for it.
func (v *View) link(p znode.Path) {
	for o := range v.orphans {
		if o.Parent() == p {
			delete(v.orphans, o)
			v.nodes[p].children.insert(o.Name())
		}
	}
	if p == znode.Root {
		return
	}
	if parent := v.nodes[p.Parent()]; parent != nil {
		parent.children.insert(p.Name())
	} else {
		v.orphans[p] = struct{}{}
	}
}

// own enters p where its owner says.
func (v *View) own(p znode.Path, o znode.Owner) {
	switch o.Kind() {
	case znode.Ephemeral:
		l := v.ephemerals[o.Session()]
		if l == nil {
			l = &listing[znode.Path]{}
			v.ephemerals[o.Session()] = l
		}
		if l.insert(p) {
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
		if l != nil && l.remove(p) {
			v.ephemeral--
			if len(l.names) == 0 {
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

// count stores the child counter of p, which may have been removed with it. The
// pzxid never falls: a repair may land behind another lease's end, which it did
// not know of and which stores no counter.
func (v *View) count(p znode.Path, c record.Counter, rev store.Revision, b based) {
	n := v.nodes[p]
	if n == nil {
		return
	}
	if c.Pzxid < n.Pzxid {
		c.Pzxid, b = n.Pzxid, n.based&basedPzxid
	}
	changed := *n.Node
	changed.Creates, changed.Children, changed.Pzxid, changed.CounterRev = c.Creates, c.Children, c.Pzxid, rev
	n.Node = &changed
	n.based = n.based&^basedPzxid | b
	n.uncounted()
}

// settle makes the counter of p agree with the children that there are. zxid is
// the last change's: a counter that is wrong, even one that this change has
// stored, knows nothing of what has taken the children. It reports whether
// something was wrong.
func (v *View) settle(p znode.Path, zxid znode.Zxid) bool {
	n := v.nodes[p]
	if n == nil || n.Children == int32(len(n.children.names)) {
		return false
	}
	changed := *n.Node
	changed.Children = int32(len(n.children.names))
	if n.CounterRev == 0 || n.Children == unreadable {
		changed.Creates = max(changed.Creates, changed.Children)
	}
	changed.Pzxid = max(changed.Pzxid, zxid)
	n.based |= basedPzxid
	n.Node = &changed
	return true
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
