package tree

import (
	"slices"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// Batch plans requests into one transaction. Later requests see what earlier
// ones changed; several changes of one key fold into the last.
type Batch struct {
	// ExtendedTypes allows TTL znodes (zookeeper.extendedTypesEnabled); NewBatch
	// sets it. It must not change after the first Add.
	ExtendedTypes bool
	// Guard keeps the batch apart from what other processes write; nil: each key
	// that the batch relies on is compared, and nothing else. It must not change
	// after the first Add.
	Guard *Guard

	view   View
	limits store.Limits
	len    int

	slots    map[znode.Path]*slot
	slab     slab
	sessions map[znode.SessionID]*sessionSlot
	meta     *record.Meta

	compares []store.Compare
	compared []*bool // for each compare, the flag that says it is there
	guarded  bool    // whether the guard is among them
	nodes    []*slot // whose node changed, in the order of the first change
	counters []*slot // whose counter changed
	moved    []*sessionSlot
	events   []event

	ops     []store.Op     // what Txn returned last
	journal record.Journal // since the last Add; empty: nobody has asked yet

	// Of the request under way: what it changed, as it was before.
	undo        []savedSlot
	undoSession []savedSession

	puts, bytes  int // of what is dirty and compared, the journal aside
	repeats      int // znodes that changed more than once
	journalBytes int
	changers     int // requests that changed something
	firstChanger int // the position of the first of them
}

// event is an Entry before it is known whether its ACL must be stored.
type event struct {
	record.Entry
	slot *slot
}

// NewBatch returns an empty batch against v, for a store with these limits.
func NewBatch(v View, limits store.Limits) *Batch {
	return &Batch{
		ExtendedTypes: true,
		view:          v,
		limits:        limits,
		slots:         map[znode.Path]*slot{},
		sessions:      map[znode.SessionID]*sessionSlot{},
	}
}

// Reset empties b for use with another View, so that its memory serves again. The
// Guard is gone, and what Txn, Journal and After returned may no longer be used.
func (b *Batch) Reset(v View) {
	clear(b.slots)
	clear(b.sessions)
	b.slab.reset()
	*b = Batch{
		ExtendedTypes: b.ExtendedTypes, view: v, limits: b.limits,
		slots: b.slots, sessions: b.sessions, slab: b.slab,
		compares: empty(b.compares), compared: empty(b.compared), nodes: empty(b.nodes), counters: empty(b.counters),
		moved: empty(b.moved), events: empty(b.events), journal: empty(b.journal), ops: empty(b.ops),
		undo: empty(b.undo), undoSession: empty(b.undoSession),
	}
}

// empty returns s without elements; it forgets what they point to.
func empty[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// Len returns the number of requests in the batch; it is the position of the
// next one.
func (b *Batch) Len() int { return b.len }

// Add plans r. It returns false if r does not fit into the batch any more, in
// which case nothing was added: commit the batch and add r to the next one. A
// request that does not fit into an empty batch either is added with
// ErrTooLarge and neither compares nor changes anything.
//
// A request that fails takes a position too, changes nothing, and leaves the
// compares of what its error depends on.
func (b *Batch) Add(r Request) (Result, bool) {
	if _, ok := r.Op.(PutMeta); b.len > znode.MaxPosition || ok && b.meta != nil {
		return Result{}, false
	}
	before := b.mark()
	p := plan{Batch: b, Request: r, zxid: znode.PendingZxid(b.len), before: before}
	result := p.run()
	b.settle()
	if b.changed(before) {
		if b.changers == 0 {
			b.firstChanger = b.len
		}
		b.changers++
	}
	if !b.fits() {
		b.rollback(before)
		b.forget(before)
		if b.len > 0 {
			return Result{}, false
		}
		result = Result{Err: ErrTooLarge, Op: r.Op}
	}
	b.len++
	return result, true
}

// fits reports whether the store takes the batch as it is.
func (b *Batch) fits() bool {
	ops, bytes := b.puts, b.bytes
	if b.needsJournal() {
		ops++
		bytes += len(record.JournalKey) + record.Journal(nil).Size() + journalCount + b.journalBytes
	}
	if w := b.writer(); w != nil {
		ops++
		bytes += len(record.WriterKey) + w.Size()
	}
	return ops <= b.limits.Ops && len(b.compares) <= b.limits.Compares && bytes <= b.limits.Bytes
}

// journalCount is what the number of a journal's entries takes at most beyond
// the byte that an empty one has.
const journalCount = 4

// needsJournal reports whether whoever reads the transaction could not tell the
// events from the keys that changed, nor the position that they have.
func (b *Batch) needsJournal() bool {
	return len(b.events) > 0 && (b.changers > 1 || b.repeats > 0 || b.firstChanger > 0)
}

// Txn returns the transaction. It has no Ops if every request failed or only
// checked something. It is valid until the next Add or Txn.
func (b *Batch) Txn() store.Txn {
	txn := store.Txn{Compares: b.compares}
	if b.puts > 0 {
		txn.Ops = slices.Grow(b.ops[:0], b.puts+2)
	}
	for _, s := range b.nodes {
		if op, ok := s.nodeOp(); ok {
			txn.Ops = append(txn.Ops, op)
		}
	}
	for _, s := range b.counters {
		if op, ok := s.counterOp(); ok {
			txn.Ops = append(txn.Ops, op)
		}
	}
	for _, s := range b.moved {
		if op, ok := s.op(); ok {
			txn.Ops = append(txn.Ops, op)
		}
	}
	if b.meta != nil {
		value := b.meta.Append(make([]byte, 0, b.meta.Size()))
		txn.Ops = append(txn.Ops, store.Op{Key: record.MetaKey, Value: value})
	}
	if w := b.writer(); w != nil {
		txn.Ops = append(txn.Ops, store.Op{Key: record.WriterKey, Value: w.Append(make([]byte, 0, w.Size()))})
	}
	if b.needsJournal() {
		j := b.Journal()
		value := j.Append(make([]byte, 0, j.Size()))
		txn.Ops = append(txn.Ops, store.Op{Key: record.JournalKey, Value: value})
	}
	b.ops = txn.Ops
	return txn
}

// Journal returns the batch's events, all of them, whether or not the
// transaction stores them. It is valid until the next Add.
func (b *Batch) Journal() record.Journal {
	if len(b.events) == 0 {
		return nil
	}
	if len(b.journal) > 0 {
		return b.journal
	}
	j := slices.Grow(b.journal, len(b.events))[:len(b.events)]
	b.journal = j
	for i := range b.events {
		e := &b.events[i]
		j[i] = e.Entry
		if acl, ok := e.slot.toldACL(e.Type); ok && slices.Equal(acl, e.ACL) {
			j[i].ACL = nil
		}
	}
	return j
}
