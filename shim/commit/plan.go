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
	tree    *tree.Batch
	writes  []*Write
	results []tree.Result
	txn     store.Txn
	journal record.Journal
	base    znode.Zxid
}

// draft is a batch that is being planned.
type draft struct {
	c       *Committer
	before  *flight     // whose outcome it is planned on, nil: none
	tree    *tree.Batch // nil until there is something to plan
	view    *view
	writes  []*Write
	results []tree.Result
	base    znode.Zxid
	full    bool
}

// view is what a draft is planned against: the replica as it is each time and,
// over it, what the flight before will change. A draft stays true if the replica
// moves meanwhile: it compares all that it relies on, or else the flight before
// fails and takes it down.
type view struct{ tree.View }

func (c *Committer) draft(before *flight) *draft { return &draft{c: c, before: before, view: &view{}} }

// plan adds those of the waiting writes, which start with the ones that it has
// already, that fit.
func (d *draft) plan(waiting []*Write) {
	most := min(d.c.limit, len(waiting))
	if d.full || len(d.results) >= most {
		return
	}
	d.c.o.Replica.View(func(v *replica.View) {
		d.see(v)
		for _, w := range waiting[len(d.results):most] {
			r, fits := d.tree.Add(w.Request)
			if !fits {
				d.full = true
				return
			}
			d.writes, d.results = append(d.writes, w), append(d.results, r)
		}
	})
}

// see makes v what is planned against.
func (d *draft) see(v *replica.View) {
	d.view.View = v
	if f := d.before; f != nil {
		d.view.View = f.tree.After(v, f.base, f.expected)
	}
	if d.tree == nil {
		d.base = v.Base()
		d.tree = d.c.blank(d.view)
		d.tree.ExtendedTypes = !d.c.o.PlainTypes
		d.tree.Guard = d.c.guard(v)
	}
}

// blank returns an empty batch against v: one that has served, if there is one.
func (c *Committer) blank(v tree.View) *tree.Batch {
	if n := len(c.spare); n > 0 {
		b := c.spare[n-1]
		c.spare = c.spare[:n-1]
		b.Reset(v)
		return b
	}
	return tree.NewBatch(v, c.o.Store.Limits())
}

// batch returns what was planned.
func (d *draft) batch() *batch {
	return &batch{
		tree: d.tree, writes: d.writes, results: d.results,
		txn: d.tree.Txn(), journal: d.tree.Journal(), base: d.base,
	}
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

// rebases reports whether the batch may change the base of zxids.
func (b *batch) rebases() bool {
	return slices.ContainsFunc(b.txn.Ops, func(op store.Op) bool { return op.Key == record.MetaKey })
}

// claims reports whether the batch changes who has the store for itself.
func (b *batch) claims() bool { return b.tree.Guard.Writer != nil && len(b.txn.Ops) > 0 }

// absence reports whether the batch changes nothing and tells somebody that a key
// does not exist. The key may have come and gone since it was planned: whoever is
// told may not see it afterwards, so the replica has to catch up first. Any other
// key has not changed if it is as it was.
func (b *batch) absence() bool {
	return len(b.txn.Ops) == 0 && slices.ContainsFunc(b.txn.Compares, func(c store.Compare) bool {
		return c.ModRevision == 0 && c.Key != record.WriterKey
	})
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
