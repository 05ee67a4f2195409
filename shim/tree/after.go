package tree

import (
	"slices"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// After is the View that a batch leaves behind, committed at a revision that is
// foretold. It lets the next batch be planned while this one is under way.
type After struct {
	view  View // before the batch
	batch *Batch
	base  znode.Zxid
	rev   store.Revision
}

// After returns the View of b's outcome over v, if b is committed at rev with
// base as the base of zxids. No more requests may be added to b.
func (b *Batch) After(v View, base znode.Zxid, rev store.Revision) *After {
	return &After{view: v, batch: b, base: base, rev: rev}
}

// Node implements View.
func (a *After) Node(p znode.Path) *Node {
	s := a.batch.slots[p]
	if s == nil || s.nodeChanges == 0 && !s.counterDirty {
		return a.view.Node(p)
	}
	if !s.exists {
		return nil
	}
	if s.after == nil {
		s.after = a.committed(s)
	}
	return s.after
}

// committed returns the znode of s as it will be.
func (a *After) committed(s *slot) *Node {
	n := s.node
	n.Czxid = n.Czxid.Resolve(a.base, int64(a.rev))
	n.Mzxid = n.Mzxid.Resolve(a.base, int64(a.rev))
	n.Pzxid = n.Pzxid.Resolve(a.base, int64(a.rev))
	if s.nodeChanges > 0 {
		n.Rev = a.rev
	}
	switch {
	case !s.counter:
		n.CounterRev = 0
	case s.counterDirty:
		n.CounterRev = a.rev
	}
	return &n
}

// Session implements View.
func (a *After) Session(id znode.SessionID) *Session {
	s := a.batch.sessions[id]
	switch {
	case s == nil || !s.dirty:
		return a.view.Session(id)
	case !s.exists:
		return nil
	}
	return &Session{Session: s.record, Rev: a.rev}
}

// Ephemerals implements View.
func (a *After) Ephemerals(id znode.SessionID) []znode.Path {
	paths := slices.Clone(a.view.Ephemerals(id))
	if s := a.batch.sessions[id]; s != nil {
		paths = append(paths, s.ephemerals...)
	}
	paths = slices.DeleteFunc(paths, func(p znode.Path) bool {
		n := a.Node(p)
		return n == nil || n.Owner != znode.Owner(id)
	})
	slices.Sort(paths)
	return slices.Compact(paths)
}
