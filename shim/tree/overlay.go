package tree

import (
	"strings"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// slot is what a batch knows about a path.
type slot struct {
	path    znode.Path
	nodeKey store.Key
	base    *Node // the View's, nil if there was none

	nodeCompared, counterCompared bool

	state
	cost  cost
	after *Node // as After shows it
}

// state is the part of a slot that a request may change.
type state struct {
	node    Node
	exists  bool
	counter bool // whether there is a child counter
	// nodeChanges counts the changes of the node; counterDirty says that the
	// counter was written or deleted.
	nodeChanges  int
	counterDirty bool
}

// cost is what a slot adds to the transaction.
type cost struct{ ops, bytes, repeats int }

type savedSlot struct {
	slot *slot
	state
}

// slot returns the slot of p, which is then as the View shows it unless the
// batch changed it. It compares nothing.
func (b *Batch) slot(p znode.Path) *slot {
	if s := b.slots[p]; s != nil {
		return s
	}
	key := record.NodeKey(p)
	p = znode.Path(key[len(record.NodePrefix):]) // holds one string, not two
	s := b.slab.next()
	s.path, s.nodeKey = p, store.Key(key)
	if n := b.view.Node(p); n != nil {
		s.base = n
		s.node = *n
		s.exists = true
		s.counter = n.CounterRev != 0
	}
	b.slots[p] = s
	return s
}

// lookup returns the slot of p and makes the batch depend on whether there is a
// znode and what it holds, its children aside.
func (b *Batch) lookup(p znode.Path) *slot {
	s := b.slot(p)
	if b.sole() && !s.leased() {
		b.rely()
		return s
	}
	if !s.nodeCompared && strings.HasPrefix(string(p), "/") { // nothing can be stored elsewhere
		var rev store.Revision
		if s.base != nil {
			rev = s.base.Rev
		}
		b.compare(s.nodeKey, rev, &s.nodeCompared)
	}
	return s
}

// leased reports whether the store may take the znode away by itself.
func (s *slot) leased() bool { return s.base != nil && s.base.Owner.Kind() == znode.Ephemeral }

// lookupCounter makes the batch depend on the children of s. A znode that the
// batch made had none before, and an ephemeral one never has any, so there is
// nothing to compare.
func (b *Batch) lookupCounter(s *slot) {
	if b.sole() {
		b.rely()
		return
	}
	if !s.counterCompared && s.base != nil && !s.leased() {
		b.compare(s.counterKey(), s.base.CounterRev, &s.counterCompared)
	}
}

func (b *Batch) compare(key store.Key, rev store.Revision, flag *bool) {
	b.rely()
	*flag = true
	b.compares = append(b.compares, store.Compare{Key: key, ModRevision: rev})
	b.compared = append(b.compared, flag)
	b.bytes += len(key)
}

// changeNode prepares s for a change of its node by the request under way.
func (b *Batch) changeNode(s *slot) {
	b.undo = append(b.undo, savedSlot{s, s.state})
	if s.nodeChanges == 0 {
		b.nodes = append(b.nodes, s)
	}
	s.nodeChanges++
}

// changeCounter prepares s for a change of its counter.
func (b *Batch) changeCounter(s *slot) {
	b.undo = append(b.undo, savedSlot{s, s.state})
	if !s.counterDirty {
		b.counters = append(b.counters, s)
	}
	s.counterDirty = true
}

func (s *slot) counterKey() store.Key { return store.Key(record.CounterKey(s.path)) }

func (s *slot) counterRecord() record.Counter {
	return record.Counter{Creates: s.node.Creates, Children: s.node.Children, Pzxid: s.node.Pzxid}
}

// nodeOp returns the op that brings the node's key up to date, ok is false if
// it needs none.
func (s *slot) nodeOp() (op store.Op, ok bool) {
	op.Key = s.nodeKey
	if !s.exists {
		op.Delete = true
		return op, s.base != nil
	}
	op.Value = s.node.Append(make([]byte, 0, s.node.Node.Size()))
	if s.node.Owner.Kind() == znode.Ephemeral {
		op.Lease = store.LeaseID(s.node.Owner.Session())
	}
	return op, true
}

func (s *slot) counterOp() (op store.Op, ok bool) {
	op.Key = s.counterKey()
	if !s.counter {
		op.Delete = true
		return op, s.base != nil && s.base.CounterRev != 0
	}
	c := s.counterRecord()
	op.Value = c.Append(make([]byte, 0, c.Size()))
	return op, true
}

// price computes the cost of what nodeOp and counterOp return.
func (s *slot) price() cost {
	var c cost
	if s.nodeChanges > 0 {
		switch {
		case s.exists:
			c.ops++
			c.bytes += len(s.nodeKey) + s.node.Node.Size()
		case s.base != nil:
			c.ops++
			c.bytes += len(s.nodeKey)
		}
	}
	if s.nodeChanges > 1 {
		c.repeats = 1
	}
	if s.counterDirty {
		switch {
		case s.counter:
			c.ops++
			c.bytes += len(s.nodeKey) + s.counterRecord().Size()
		case s.base != nil && s.base.CounterRev != 0:
			c.ops++
			c.bytes += len(s.nodeKey)
		}
	}
	return c
}

// toldACL returns the ACL that the states before and after the transaction tell
// for an event of s, ok is false if they tell none.
func (s *slot) toldACL(t znode.EventType) (acl []znode.ACL, ok bool) {
	switch {
	case t != znode.EventDeleted:
		return s.node.ACL, s.exists
	case s.base != nil:
		return s.base.ACL, true
	}
	return nil, false
}
