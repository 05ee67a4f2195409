package commit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

const (
	maxConflicts = 16 // tries of a batch that conflicts; the second half of them with ever fewer writes
	maxRefusals  = 6  // tries against a store that is unavailable
	firstPause   = 30 * time.Millisecond
)

// judge decides what becomes of a plan that was not committed; rev is what
// Commit returned with err. The table is in the package's documentation.
func (c *Committer) judge(b *batch, rev store.Revision, err error) {
	switch {
	case errors.Is(err, store.ErrConflict):
		c.counts.conflicts.Add(1)
		if c.conflicts++; c.conflicts >= maxConflicts {
			c.fail(b.writes, fmt.Errorf("%w: %w", ErrConflictStorm, err))
			return
		}
		if c.conflicts >= maxConflicts/2 {
			c.limit = max(1, len(b.writes)/2)
		}
		if err := c.reach(rev); err != nil {
			c.fail(b.writes, fmt.Errorf("%w: %w", store.ErrUnavailable, err))
		}
	case errors.Is(err, store.ErrLeaseGone):
		c.findEnded(b, err)
	case errors.Is(err, store.ErrTooLarge):
		if len(b.writes) > 1 {
			c.limit = len(b.writes) / 2
			return
		}
		c.o.Replica.View(func(v *replica.View) { reply(b.writes[0], tree.ErrTooLarge, v) })
		c.answered(1)
	case errors.Is(err, store.ErrUnavailable):
		c.again(b.writes, err)
	case errors.Is(err, store.ErrNoSpace), errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrInvalid):
		c.fail(b.writes, err)
	case len(b.txn.Ops) == 0: // lost, but there was nothing to do
		c.again(b.writes, err)
	default:
		if !errors.Is(err, store.ErrUnknown) {
			err = fmt.Errorf("%w: %w", store.ErrUnknown, err)
		}
		c.counts.unknown.Add(1)
		c.behind, c.bias.doubt = true, true
		c.fail(b.writes, err)
	}
}

// findEnded finds out whose lease is gone, for refuse.
func (c *Committer) findEnded(b *batch, cause error) {
	ctx, cancel := context.WithTimeout(c.ctx, c.o.Timeout)
	defer cancel()
	gone, err := c.o.Store.Renew(ctx, b.leases())
	if err != nil {
		c.again(b.writes, err)
		return
	}
	for _, id := range gone {
		c.ended[id] = true
	}
	if len(gone) == 0 {
		c.again(b.writes, fmt.Errorf("%w: %w", store.ErrUnavailable, cause))
	}
}

// reply answers a write that changes nothing with an error. It is called within
// a View, so that no event with a later zxid goes out before.
func reply(w *Write, err error, v *replica.View) {
	w.Done(Outcome{Result: tree.Result{Err: err, Op: w.Request.Op}, Zxid: v.Zxid()})
}

// refuse answers, of the waiting writes, those that must not be done: of sessions
// that are cut, and of sessions that have ended without the replica knowing it
// yet.
func (c *Committer) refuse() {
	if len(c.ended) == 0 && c.cut.empty() {
		return
	}
	kept := make([]*Write, 0, len(c.waiting))
	c.o.Replica.View(func(v *replica.View) {
		for _, w := range c.waiting {
			switch {
			case c.cut.refuses(w.Request):
				c.counts.failed.Add(1)
				w.Done(Outcome{Err: ErrCut})
			case c.ended[store.LeaseID(needs(w.Request))]:
				reply(w, tree.ErrSessionExpired, v)
			default:
				kept = append(kept, w)
			}
		}
	})
	c.waiting = kept
	c.inbox.hold(len(kept))
	c.o.Flush()
}

// needs returns the session without whose lease r cannot be done, 0 if there is
// none.
func needs(r tree.Request) znode.SessionID {
	switch op := r.Op.(type) {
	case tree.OpenSession:
		return op.ID
	case tree.MoveSession:
		return op.ID
	}
	return r.Session
}

// catchUp makes the replica know everything that may have been done so far.
func (c *Committer) catchUp() error {
	ctx, cancel := context.WithTimeout(c.ctx, c.o.Timeout)
	defer cancel()
	rev, err := c.o.Store.Sync(ctx)
	if err != nil {
		return err
	}
	return c.reach(rev)
}

func (c *Committer) reach(rev store.Revision) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.o.Timeout)
	defer cancel()
	return c.o.Replica.Wait(ctx, rev)
}

// again lets the writes be tried once more in a moment, or fails them.
func (c *Committer) again(writes []*Write, err error) {
	if c.refusals++; c.refusals >= maxRefusals {
		if !errors.Is(err, store.ErrUnavailable) {
			err = fmt.Errorf("%w: %w", store.ErrUnavailable, err)
		}
		c.fail(writes, err)
		return
	}
	c.counts.retries.Add(1)
	pause := time.NewTimer(firstPause << (c.refusals - 1))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-c.ctx.Done():
	}
}

// fail ends the writes, which are the first of the waiting ones, without an
// answer.
func (c *Committer) fail(writes []*Write, err error) {
	c.o.Log.Warn().Err(err).Int("writes", len(writes)).Msg("writes not answered")
	for _, w := range writes {
		c.cut.add(w.Request)
	}
	c.o.Replica.View(func(v *replica.View) {
		c.cut.keep(func(id znode.SessionID) bool { return v.Session(id) != nil })
	})
	c.counts.failed.Add(uint64(len(writes)))
	for _, w := range writes {
		w.Done(Outcome{Err: err})
	}
	c.answered(len(writes))
	c.o.Flush()
}

// answered forgets the first n of the waiting writes and starts afresh.
func (c *Committer) answered(n int) {
	left := copy(c.waiting, c.waiting[n:])
	clear(c.waiting[left:])
	c.waiting = c.waiting[:left]
	c.inbox.hold(left - c.underWay)
	c.limit, c.conflicts, c.refusals = c.o.MaxBatch, 0, 0
	clear(c.ended)
}
