package tree

import (
	"slices"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// sessionSlot is what a batch knows about a session.
type sessionSlot struct {
	id       znode.SessionID
	key      store.Key
	base     *Session // the View's, nil if there was none
	compared bool
	// ephemerals lists znodes that the session made in this batch. They may be
	// gone again.
	ephemerals []znode.Path

	sessionState
	cost cost
}

// sessionState is the part of a sessionSlot that a request may change.
type sessionState struct {
	record record.Session
	exists bool
	dirty  bool
}

type savedSession struct {
	slot *sessionSlot
	sessionState
}

// session returns the slot of a session and makes the batch depend on it.
func (b *Batch) session(id znode.SessionID) *sessionSlot {
	s := b.sessions[id]
	if s == nil {
		s = &sessionSlot{id: id, key: store.Key(record.SessionKey(id))}
		if v := b.view.Session(id); v != nil {
			s.base = v
			s.record = v.Session
			s.exists = true
		}
		b.sessions[id] = s
	}
	if !s.compared {
		var rev store.Revision
		if s.base != nil {
			rev = s.base.Rev
		}
		b.compare(s.key, rev, &s.compared)
	}
	return s
}

func (b *Batch) changeSession(s *sessionSlot) {
	b.undoSession = append(b.undoSession, savedSession{s, s.sessionState})
	if !s.dirty {
		b.moved = append(b.moved, s)
	}
	s.dirty = true
}

func (s *sessionSlot) noteEphemeral(p znode.Path) { s.ephemerals = append(s.ephemerals, p) }

// op returns the op that brings the session's key up to date, ok is false if it
// needs none.
func (s *sessionSlot) op() (op store.Op, ok bool) {
	op.Key = s.key
	if !s.exists {
		op.Delete = true
		return op, s.base != nil
	}
	op.Value = s.record.Append(make([]byte, 0, s.record.Size()))
	op.Lease = store.LeaseID(s.id)
	return op, true
}

func (s *sessionSlot) price() cost {
	switch {
	case !s.dirty:
		return cost{}
	case s.exists:
		return cost{ops: 1, bytes: len(s.key) + s.record.Size()}
	case s.base != nil:
		return cost{ops: 1, bytes: len(s.key)}
	}
	return cost{}
}

// checkSession returns what is wrong with a session for the request under way.
func (p *plan) checkSession(id znode.SessionID) error {
	s := p.session(id)
	switch {
	case !s.exists:
		return ErrSessionExpired
	case s.record.Epoch != p.Epoch:
		return ErrSessionMoved
	}
	return nil
}

func (p *plan) openSession(o OpenSession) error {
	s := p.session(o.ID)
	if s.exists {
		return ErrSessionExists
	}
	p.changeSession(s)
	s.exists = true
	s.record = o.Session
	return nil
}

func (p *plan) moveSession(m MoveSession) (epoch int64, err error) {
	s := p.session(m.ID)
	if !s.exists {
		return 0, ErrSessionExpired
	}
	p.changeSession(s)
	s.record.Shim = m.Shim
	s.record.Timeout = m.Timeout
	s.record.Epoch++
	return s.record.Epoch, nil
}

func (p *plan) closeSession(c CloseSession) error {
	if !p.Internal && c.ID != p.Request.Session {
		return ErrBadArguments
	}
	if err := p.checkSession(c.ID); err != nil {
		return err
	}
	s := p.session(c.ID)
	paths := p.view.Ephemerals(c.ID)
	if len(s.ephemerals) > 0 {
		paths = slices.Concat(paths, s.ephemerals)
		slices.Sort(paths) // duplicates do no harm
	}
	for _, path := range paths {
		if n := p.lookup(path); n.exists && n.node.Owner == znode.Owner(c.ID) {
			p.remove(n, p.slot(path.Parent()))
		}
	}
	p.changeSession(s)
	s.exists = false
	return nil
}

// putMeta relies on the caller for the revision: a View does not show it.
func (p *plan) putMeta(m PutMeta) {
	p.compare(record.MetaKey, m.Rev, new(bool))
	p.meta = &m.Meta
	p.chargeMeta(1)
}

func (b *Batch) chargeMeta(sign int) {
	b.puts += sign
	b.bytes += sign * (len(record.MetaKey) + b.meta.Size())
}
