package commit

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
)

// lane is the one way to the replica. A batch's change comes twice, from Commit
// and from the Watch, in any order; only Commit's knows whom to answer. So the
// Watch's is held back while it may be the one that Commit is about to tell, and
// Commit's waits here for the Watch to bring what lies before it.
type lane struct {
	replica *replica.Replica
	// strangers counts the changes that another process made, leases and clocks
	// aside.
	strangers atomic.Uint64

	mu sync.Mutex
	up []airborne // Txns that were sent and are not settled, in order

	// Committed, but the replica lacks changes before it.
	change store.Change
	own    *replica.Own // nil: none
}

// airborne is a Txn between depart and land or settle.
type airborne struct {
	ops    []store.Op
	landed chan struct{} // closed then
}

// depart announces the ops of a Txn about to be committed.
func (l *lane) depart(ops []store.Op) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = append(l.up, airborne{ops, make(chan struct{})})
}

// land says that the first Txn was not committed.
func (l *lane) land() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down()
}

// down takes the first Txn out. l.mu is held.
func (l *lane) down() {
	close(l.up[0].landed)
	l.up = slices.Delete(l.up, 0, 1)
}

// settle ends the first Txn, which was committed: like land, and the replica
// gets the change. It returns when all requests are answered, or ctx has ended:
// then they are not, and never will be, if it returns an error.
func (l *lane) settle(ctx context.Context, change store.Change, own *replica.Own) error {
	l.mu.Lock()
	l.down()
	if l.replica.Revision() >= change.Revision-1 {
		// The next one, or it is in already, by a reload: own is answered all
		// the same.
		l.replica.Apply(change, own)
		l.mu.Unlock()
		return nil
	}
	l.change, l.own = change, own
	l.mu.Unlock()

	err := l.replica.Wait(ctx, change.Revision)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own == nil {
		return nil
	}
	l.own = nil
	if err == nil { // by a reload
		l.replica.Apply(change, own)
	}
	return err
}

// arrive brings a change of the Watch to the replica.
func (l *lane) arrive(change store.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for landed := l.looksLike(change); landed != nil; landed = l.looksLike(change) {
		l.mu.Unlock()
		<-landed // Commit has its time limit
		l.mu.Lock()
	}
	if l.own != nil && l.change.Revision <= change.Revision {
		l.replica.Apply(l.change, l.own)
		l.own = nil
	}
	if change.Revision > l.replica.Revision() && written(change.Events) {
		l.strangers.Add(1)
	}
	l.replica.Apply(change, nil) // ignored if it was just applied
}

// written reports whether a process made the change, not a lease that ran out nor
// a clock.
func written(events []store.Event) bool {
	return slices.ContainsFunc(events, func(e store.Event) bool { return !e.Delete && e.Key != record.ClockKey })
}

// looksLike returns when the Txn lands that the change looks like, nil if there
// is none.
func (l *lane) looksLike(change store.Change) <-chan struct{} {
	for _, a := range l.up {
		if same(change.Events, a.ops) {
			return a.landed
		}
	}
	return nil
}

func same(events []store.Event, ops []store.Op) bool {
	if len(ops) == 0 || len(events) != len(ops) {
		return false
	}
	for i, e := range events {
		if e.Key != ops[i].Key || e.Delete != ops[i].Delete || !bytes.Equal(e.Value, ops[i].Value) {
			return false
		}
	}
	return true
}
