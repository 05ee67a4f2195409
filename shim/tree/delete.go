package tree

import "github.com/hquorum/hquorum/shim/znode"

func (p *plan) delete(d Delete) error {
	if p.sessionErr != nil {
		return p.sessionErr
	}
	parentPath, ok := parentOf(d.Path)
	if !ok || d.Path.Special() {
		return ErrBadArguments
	}
	parent := p.lookup(parentPath)
	switch {
	case !parent.exists:
		return ErrNoNode
	case !p.allows(parent.node.ACL, znode.Delete):
		return ErrNoAuth
	}
	s := p.lookup(d.Path)
	switch {
	case !s.exists:
		return ErrNoNode
	case !matches(s.node.Version, d.Version):
		return ErrBadVersion
	}
	p.lookupCounter(s)
	if s.node.Children > 0 {
		return ErrNotEmpty
	}
	p.remove(s, parent)
	return nil
}

// deleteContainer takes any znode that is not ephemeral: telling containers
// from others is left to the client that asks. An Internal request takes
// outdated znodes only, since whoever looked may have seen an older tree: by now
// another znode may be there.
func (p *plan) deleteContainer(d DeleteContainer) error {
	parentPath, ok := parentOf(d.Path)
	if !ok || d.Path.Special() {
		return ErrBadArguments
	}
	s := p.lookup(d.Path)
	if !s.exists {
		return ErrNoNode
	}
	p.lookupCounter(s)
	switch {
	case s.node.Children > 0:
		return ErrNotEmpty
	case s.node.Owner.Kind() == znode.Ephemeral, p.Internal && !s.node.outdated(p.Now):
		return ErrBadVersion
	}
	parent := p.lookup(parentPath)
	switch {
	case !parent.exists:
		return ErrNoNode
	case p.sessionErr != nil:
		return p.sessionErr
	case !p.allows(parent.node.ACL, znode.Delete):
		return ErrNoAuth
	}
	p.remove(s, parent)
	return nil
}

// outdated reports whether a znode without children has to go: it is a container
// that had a child, or has a time to live and was not changed for that.
func (n *Node) outdated(now int64) bool {
	switch n.Owner.Kind() {
	case znode.Container:
		return n.Creates > 0
	case znode.TTL:
		return now-n.Mtime > n.Owner.TTL()
	case znode.Persistent, znode.Ephemeral:
	}
	return false
}

// remove deletes the znode of s and counts one child less of its parent.
func (p *plan) remove(s, parent *slot) {
	p.lookupCounter(parent)
	p.changeCounter(parent)
	parent.counter = true
	parent.node.Children--
	parent.node.Pzxid = p.zxid

	p.event(znode.EventDeleted, s)
	p.changeNode(s)
	if s.counter {
		p.changeCounter(s)
	}
	s.node, s.exists, s.counter = Node{}, false, false
}
