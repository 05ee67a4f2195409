package replica

import (
	"fmt"
	"slices"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// Load replaces the tree by what load delivers, usually Store.Load bound to a
// context. load calls each for every key, in key order, and returns the revision
// of them all.
//
// The first Load fires nothing but Hooks.Repair. Any other, after
// store.ErrCompacted or a restore, also fires the events of the difference, all
// with the last zxid: deleted znodes (the deepest first), created ones (parents
// first), changed ones, and last parents of which only the counter tells that
// children came and went. If the tree went beyond the loaded revision in the
// meantime, it lacks nothing and stays as it is; a store that went back, as a
// restored one does, is followed, but the last zxid never falls.
//
// The error is load's, or says that the meta record cannot be read; then nothing
// has changed.
func (r *Replica) Load(load func(each func(store.KV) error) (store.Revision, error)) error {
	started := r.Revision()
	l := loader{replica: r, view: newView()}
	rev, err := load(l.each)
	if err != nil {
		return err
	}
	repairs := l.finish(rev)
	r.adopt(l.view, started, repairs)
	r.waiters.wake()
	return nil
}

// loader builds a view. The order of keys brings the counters first, which wait
// for their znodes, and the meta record, which zxids depend on, before these.
type loader struct {
	replica  *Replica
	view     *View
	counters []store.KV
}

func (l *loader) each(kv store.KV) error {
	switch kind, p, id := record.ParseKey(string(kv.Key)); kind {
	case record.KindNode:
		l.node(p, kv)
	case record.KindCounter:
		l.counters = append(l.counters, kv)
	case record.KindMeta:
		m, err := record.DecodeMeta(kv.Value)
		if err != nil {
			return fmt.Errorf("replica: stored record %q cannot be read: %w", kv.Key, err)
		}
		l.view.meta, l.view.metaRev = m, kv.ModRevision
	case record.KindSession:
		s, err := record.DecodeSession(kv.Value)
		if err != nil {
			l.replica.unreadable(kv.Key, kv.ModRevision, err)
			return nil
		}
		l.view.sessions[id] = &tree.Session{Session: s, Rev: kv.ModRevision}
	case record.KindClock:
		clock, err := record.DecodeClock(kv.Value)
		if err != nil {
			l.replica.unreadable(kv.Key, kv.ModRevision, err)
		}
		l.view.clock = clock
	case record.KindWriter:
		writer, err := record.DecodeWriter(kv.Value)
		if err != nil {
			l.replica.unreadable(kv.Key, kv.ModRevision, err)
		}
		l.view.writer, l.view.writerRev = writer, kv.ModRevision
	case record.KindJournal, record.KindOther:
	}
	return nil
}

func (l *loader) node(p znode.Path, kv store.KV) {
	v := l.view
	res := resolver{base: v.meta.Base, rev: kv.ModRevision}
	rec, err := res.node(kv.Value)
	if err != nil {
		l.replica.unreadable(kv.Key, kv.ModRevision, err)
		rec = res.quarantine(nil, kv.Lease)
	}
	v.link(p, v.put(p, nil, rec, kv.ModRevision, res.based))
}

func (l *loader) counter(kv store.KV) {
	_, p, _ := record.ParseKey(string(kv.Key))
	n := l.view.nodes[p]
	if n == nil {
		return
	}
	res := resolver{base: l.view.meta.Base, rev: kv.ModRevision}
	c, err := res.counter(kv.Value)
	if err != nil {
		l.replica.unreadable(kv.Key, kv.ModRevision, err)
		c, res.based = record.Counter{Children: unreadable}, 0
	}
	n.count(c, kv.ModRevision, res.based)
}

// finish completes the view, as of rev, and returns the znodes whose stored
// counter is wrong.
func (l *loader) finish(rev store.Revision) (repairs []znode.Path) {
	v := l.view
	l.replica.orphaned(v, 0, rev)
	for _, kv := range l.counters {
		l.counter(kv)
	}
	v.rev, v.zxid = rev, znode.LastZxid(v.meta.Base, int64(rev))
	at := znode.PendingZxid(0).Resolve(v.meta.Base, int64(rev))
	for p, n := range v.nodes {
		if !n.settled() {
			n.settle(at)
			repairs = append(repairs, p)
		}
	}
	slices.Sort(repairs)
	return repairs
}

// adopt makes next the tree and fires the difference.
func (r *Replica) adopt(next *View, started store.Revision, repairs []znode.Path) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.view
	if next.rev < old.rev {
		if next.rev >= started {
			return
		}
		r.log.Warn().Int64("from", int64(old.rev)).Int64("to", int64(next.rev)).
			Msg("the store went back; was it restored from a backup?")
	}
	first := !r.loaded
	r.loaded = true
	next.zxid = max(next.zxid, old.zxid)
	if next.meta.Base == old.meta.Base {
		for _, p := range repairs {
			next.keepPzxid(p, old.nodes[p])
		}
	}
	r.view = next
	r.publish()
	if !first {
		d := compare(old, next)
		d.fire(r.hooks.Event)
		for _, s := range d.sessions {
			r.hooks.Session(s.id, s.rec)
		}
	}
	for _, p := range repairs {
		r.hooks.Repair(p, next.nodes[p].Pzxid)
	}
}

// keepPzxid keeps what the old tree knew about children that a lease took away,
// where the stored counter tells no more than before.
func (v *View) keepPzxid(p znode.Path, old *node) {
	n := v.nodes[p]
	if old == nil || old.Czxid != n.Czxid || old.CounterRev != n.CounterRev || old.Children != n.Children {
		return
	}
	kept := *n.Node
	kept.Creates, kept.Pzxid = old.Creates, old.Pzxid
	n.Node, n.based = &kept, n.based&^basedPzxid|old.based&basedPzxid
}
