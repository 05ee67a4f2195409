package replica

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// change is what Apply remembers about the change under way.
type change struct {
	resolver
	touched  []touch                   // znodes whose keys changed, in order
	before   map[znode.Path]*tree.Node // of touched, made when it is needed
	counters []counterEvent
	parents  []place // whose counter may not match
	sessions []sessionChange
	journal  record.Journal
	repairs  []place
}

// touch is a znode's key that changed; before or after are nil if there was, or
// is, no znode.
type touch struct {
	path          znode.Path
	before, after *tree.Node
}

type counterEvent struct {
	path  znode.Path
	event int // its number
}

// place is a znode and where it is.
type place struct {
	path znode.Path
	*node
}

type sessionChange struct {
	id  znode.SessionID
	rec *tree.Session // nil: removed
}

// scratchLimit bounds what is kept between two changes.
const scratchLimit = 1024

func (c *change) reset(base znode.Zxid, rev store.Revision) {
	c.resolver = resolver{base: base, rev: rev}
	if cap(c.touched) > scratchLimit || cap(c.parents) > 2*scratchLimit {
		*c = change{resolver: c.resolver}
		return
	}
	c.touched, c.counters, c.parents = empty(c.touched), empty(c.counters), empty(c.parents)
	c.sessions, c.repairs, c.before, c.journal = empty(c.sessions), empty(c.repairs), nil, nil
}

// empty returns s without elements; it forgets what they point to.
func empty[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// check remembers to compare the children of p with its counter, once all is in.
func (c *change) check(p znode.Path, n *node) {
	if last := len(c.parents) - 1; n != nil && (last < 0 || c.parents[last].node != n) {
		c.parents = append(c.parents, place{p, n})
	}
}

// Apply brings the tree to c.Revision and fires what happened. The caller has
// passed all changes before c; one that was applied already is ignored. own says
// that the process made the change itself; its Done is called in any case before
// Apply returns, also if another way brought the change here first, and then
// after all events.
func (r *Replica) Apply(c store.Change, own *Own) {
	r.apply(c, own)
	r.waiters.wake()
}

func (r *Replica) apply(c store.Change, own *Own) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.view
	// An Own without Events changed nothing, so it does not own its revision.
	if c.Revision <= v.rev || own != nil && len(c.Events) == 0 {
		own.done(0, own.requests(), true)
		return
	}
	s := &r.scratch
	s.reset(v.meta.Base, c.Revision)
	r.absorb(v, c, own != nil)

	journal := s.journal
	switch {
	case own != nil:
		journal = own.Journal
	case journal == nil:
		journal = s.derive()
	}
	last := lastPos(journal)
	if own != nil {
		last = max(last, own.Last)
	}
	v.rev = c.Revision
	v.zxid = max(v.zxid, s.at(last))
	r.publish()

	r.fire(journal, own)
	for _, e := range s.sessions {
		r.hooks.Session(e.id, e.rec)
	}
	for _, p := range s.repairs {
		r.hooks.Repair(p.path, p.Pzxid)
	}
}

// done calls Done for the positions from up to, but without, to.
func (o *Own) done(from, to int, late bool) {
	if o == nil || o.Done == nil {
		return
	}
	for pos := from; pos < to; pos++ {
		o.Done(pos, late)
	}
}

func (o *Own) requests() int {
	if o == nil {
		return 0
	}
	return o.Requests
}

func lastPos(j record.Journal) int {
	pos := 0
	for i := range j {
		pos = max(pos, j[i].Pos)
	}
	return pos
}

// at returns the zxid of a position in the change.
func (c *change) at(pos int) znode.Zxid {
	return znode.PendingZxid(pos).Resolve(c.base, int64(c.rev))
}

// absorb puts all values in: the base first, since zxids depend on it, and
// counters last, since they go with their znodes. What happened is known of an
// own change.
func (r *Replica) absorb(v *View, c store.Change, own bool) {
	s, lost := &r.scratch, v.lost
	for i := range c.Events {
		if e := &c.Events[i]; e.Key == record.MetaKey {
			r.absorbMeta(v, e)
		}
	}
	for i := range c.Events {
		e := &c.Events[i]
		switch kind, p, id := record.ParseKey(string(e.Key)); kind {
		case record.KindNode:
			r.absorbNode(v, p, e)
		case record.KindCounter:
			s.counters = append(s.counters, counterEvent{p, i})
		case record.KindSession:
			r.absorbSession(v, id, e)
		case record.KindJournal:
			if !own {
				r.absorbJournal(e)
			}
		case record.KindClock:
			r.absorbClock(v, e)
		case record.KindWriter:
			r.absorbWriter(v, e)
		case record.KindMeta, record.KindOther:
		}
	}
	for _, counter := range s.counters {
		r.absorbCounter(v, counter.path, &c.Events[counter.event])
	}
	r.orphaned(v, lost, s.rev)
	for _, p := range s.parents {
		if !p.settled() && v.nodes[p.path] == p.node {
			p.settle(s.at(0))
			s.repairs = append(s.repairs, p)
		}
	}
}

func (r *Replica) absorbClock(v *View, e *store.Event) {
	v.clock = record.Clock{}
	if e.Delete {
		return
	}
	var err error
	if v.clock, err = record.DecodeClock(e.Value); err != nil {
		r.unreadable(e.Key, r.scratch.rev, err)
	}
}

func (r *Replica) absorbWriter(v *View, e *store.Event) {
	v.writer, v.writerRev = record.Writer{}, 0
	if e.Delete {
		return
	}
	var err error
	if v.writer, err = record.DecodeWriter(e.Value); err != nil {
		r.unreadable(e.Key, r.scratch.rev, err)
	}
	v.writerRev = r.scratch.rev
}

func (r *Replica) absorbMeta(v *View, e *store.Event) {
	m := record.Meta{Base: v.meta.Base}
	if !e.Delete {
		var err error
		if m, err = record.DecodeMeta(e.Value); err != nil {
			r.unreadable(e.Key, r.scratch.rev, err)
			return
		}
	}
	v.rebase(m.Base)
	v.meta, v.metaRev = m, r.scratch.rev
	if e.Delete {
		v.metaRev = 0
	}
	r.scratch.base = m.Base
}

func (r *Replica) absorbNode(v *View, p znode.Path, e *store.Event) {
	s := &r.scratch
	n := v.nodes[p]
	if n == nil && e.Delete {
		return
	}
	var before *tree.Node
	if n != nil {
		before = n.Node
	}
	if e.Delete {
		s.touched = append(s.touched, touch{path: p, before: before})
		s.check(p.Parent(), v.remove(p, n))
		return
	}
	rec, err := s.node(e.Value)
	if err != nil {
		r.unreadable(e.Key, s.rev, err)
		rec = s.quarantine(n, e.Lease)
	}
	n = v.put(p, n, rec, s.rev, s.based)
	s.touched = append(s.touched, touch{p, before, n.Node})
	if before == nil {
		s.check(p.Parent(), v.link(p, n))
		if n.children != nil {
			s.check(p, n)
		}
	}
}

// quarantine returns what stands for a record that cannot be read.
func (r *resolver) quarantine(old *node, lease store.LeaseID) record.Node {
	z := znode.PendingZxid(0).Resolve(r.base, int64(r.rev))
	rec := record.Node{ACL: nobody, Czxid: z, Mzxid: z, Owner: znode.Owner(lease)}
	r.based = basedCzxid | basedMzxid
	if old != nil {
		rec.Czxid = old.Czxid
		r.based = basedMzxid | old.based&basedCzxid
	}
	return rec
}

func (r *Replica) absorbCounter(v *View, p znode.Path, e *store.Event) {
	s := &r.scratch
	n := v.nodes[p]
	if n == nil {
		return // it was removed with its znode
	}
	s.check(p, n)
	if e.Delete {
		n.count(record.Counter{}, 0, 0)
		return
	}
	c, err := s.counter(e.Value)
	if err != nil {
		r.unreadable(e.Key, s.rev, err)
		c, s.based = record.Counter{Creates: n.Creates, Children: unreadable, Pzxid: n.Pzxid}, n.based&basedPzxid
	}
	n.count(c, s.rev, s.based)
}

func (r *Replica) absorbSession(v *View, id znode.SessionID, e *store.Event) {
	s := &r.scratch
	rec := (*tree.Session)(nil)
	if !e.Delete {
		decoded, err := record.DecodeSession(e.Value)
		if err != nil {
			r.unreadable(e.Key, s.rev, err)
		} else {
			rec = &tree.Session{Session: decoded, Rev: s.rev}
		}
	}
	if rec == nil {
		if v.sessions[id] == nil {
			return
		}
		delete(v.sessions, id)
	} else {
		v.sessions[id] = rec
	}
	s.sessions = append(s.sessions, sessionChange{id, rec})
}

func (r *Replica) absorbJournal(e *store.Event) {
	if e.Delete {
		return
	}
	j, err := record.DecodeJournal(e.Value)
	if err != nil {
		r.unreadable(e.Key, r.scratch.rev, err)
		return
	}
	r.scratch.journal = j
}

// unreadable logs a record that cannot be decoded.
func (r *Replica) unreadable(key store.Key, rev store.Revision, err error) {
	r.log.Error().Err(err).Str("key", string(key)).Int64("revision", int64(rev)).
		Msg("stored record cannot be read")
}

// orphaned logs that znodes have lost, or lack, their parent, unless they were
// as many before.
func (r *Replica) orphaned(v *View, before int, rev store.Revision) {
	if v.lost > before {
		r.log.Error().Int("znodes", v.lost).Int64("revision", int64(rev)).
			Msg("stored znodes have no parent; they are not listed")
	}
}
