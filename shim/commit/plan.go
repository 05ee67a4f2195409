package commit

import (
	"slices"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// batch is a plan: the first of the waiting writes, in their positions, and the
// transaction that does them.
type batch struct {
	writes  []*Write
	results []tree.Result
	txn     store.Txn
	journal record.Journal
	base    znode.Zxid
}

// plan plans as many of the waiting writes as fit, at least one.
func (c *Committer) plan() *batch {
	b := &batch{}
	most := min(c.limit, len(c.waiting))
	c.o.Replica.View(func(v *replica.View) {
		p := tree.NewBatch(v, c.o.Store.Limits())
		p.ExtendedTypes = !c.o.PlainTypes
		for _, w := range c.waiting[:most] {
			r, fits := p.Add(w.Request)
			if !fits {
				break
			}
			b.results = append(b.results, r)
		}
		b.txn, b.journal = p.Txn(), p.Journal()
		b.base = v.Base()
	})
	b.writes = slices.Clone(c.waiting[:len(b.results)])
	return b
}

// own says what r needs to know about the batch, committed at rev: the events of
// each request, and whom to answer after them. A request that succeeded has the
// zxid of its position, whether it has events or not; one that failed, that of
// the last one before it. An answer that is late, or that does not come with a
// change, has at least the zxid of the events that went before.
func (b *batch) own(r *replica.Replica, rev store.Revision) *replica.Own {
	at := func(pos int) znode.Zxid { return znode.PendingZxid(pos).Resolve(b.base, int64(rev)) }
	changes := len(b.txn.Ops) > 0
	var zxid znode.Zxid
	if changes {
		zxid = at(0)
	}
	last := 0
	for pos := range b.results {
		if b.results[pos].Err == nil {
			last = pos
		}
	}
	return &replica.Own{Journal: b.journal, Requests: len(b.writes), Last: last, Done: func(pos int, late bool) {
		if b.results[pos].Err == nil && changes {
			zxid = at(pos)
		}
		if late {
			zxid = max(zxid, r.Zxid())
		}
		b.results[pos].Resolve(b.base, rev)
		b.writes[pos].Done(Outcome{Result: b.results[pos], Zxid: zxid})
	}}
}

// change is what the store's Watch says of the batch, committed at rev.
func (b *batch) change(rev store.Revision) store.Change {
	out := store.Change{Revision: rev, Events: make([]store.Event, len(b.txn.Ops))}
	for i, op := range b.txn.Ops {
		out.Events[i] = store.Event(op)
	}
	return out
}

// absence reports whether the batch changes nothing and tells somebody that a key
// does not exist. The key may have come and gone since it was planned: whoever is
// told may not see it afterwards, so the replica has to catch up first. Any other
// key has not changed if it is as it was.
func (b *batch) absence() bool {
	return len(b.txn.Ops) == 0 && slices.ContainsFunc(b.txn.Compares, func(c store.Compare) bool { return c.ModRevision == 0 })
}

// leases returns those that the batch needs to exist.
func (b *batch) leases() []store.LeaseID {
	var ids []store.LeaseID
	for _, op := range b.txn.Ops {
		if op.Lease != 0 {
			ids = append(ids, op.Lease)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
