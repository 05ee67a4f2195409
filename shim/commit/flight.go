package commit

import (
	"context"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

// flight is a batch under way to the store.
type flight struct {
	*batch
	// expected is the revision that it gets if nobody else writes meanwhile.
	expected store.Revision
	began    time.Time
	landed   chan landing // size 1
}

// landing is what the store said of a flight.
type landing struct {
	rev  store.Revision
	err  error
	took time.Duration
}

// chunk is how many writes that came while a batch is under way are planned at a
// time. Being woken for each of them would cost more than it saves.
const chunk = 16

// start plans the first of the waiting writes and sends them off; nil if there
// is nothing to send.
func (c *Committer) start() *flight {
	if c.ctx.Err() != nil {
		c.fail(c.waiting, ErrClosed)
		return nil
	}
	if c.refuse(); len(c.waiting) == 0 {
		return nil
	}
	if c.behind {
		if err := c.catchUp(); err != nil {
			c.again(c.waiting, err)
			return nil
		}
		c.behind = false
	}
	d := c.draft(nil)
	d.plan(c.waiting)
	return c.depart(d.batch(), c.o.Replica.Revision())
}

// depart sends b off; last is the last revision that is known.
func (c *Committer) depart(b *batch, last store.Revision) *flight {
	f := &flight{batch: b, expected: last + 1, began: time.Now(), landed: make(chan landing, 1)}
	c.lane.depart(b.txn.Ops)
	c.underWay += len(b.writes)
	c.inbox.hold(len(c.waiting) - c.underWay)
	c.outbox <- f
	return f
}

// send commits the flights, one at a time, until run ends.
func (c *Committer) send() {
	for f := range c.outbox {
		var l landing
		l.rev, l.err = c.commit(f.txn)
		l.took = time.Since(f.began)
		f.landed <- l
	}
}

func (c *Committer) commit(txn store.Txn) (store.Revision, error) {
	if len(txn.Ops) == 0 && len(txn.Compares) == 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.o.Timeout)
	defer cancel()
	return c.o.Store.Commit(ctx, txn)
}

// follow sees f to its end and returns the next flight, which was planned
// meanwhile and is under way before those of f are answered; nil if there is
// none.
func (c *Committer) follow(f *flight) (next *flight) {
	d, l := c.await(f)
	err := l.err
	if err == nil && l.rev > c.o.Replica.Revision() && f.absence() {
		err = c.catchUp()
	}
	if err != nil {
		c.lane.land()
		c.underWay -= len(f.writes)
		c.judge(f.batch, l.rev, err)
		c.o.Flush()
		return nil
	}
	if d != nil && len(d.results) > 0 && l.rev == f.expected {
		next = c.depart(d.batch(), l.rev)
	}
	c.committed(f.batch)
	c.underWay -= len(f.writes)
	if err := c.settle(f.batch, l.rev); err != nil {
		c.judge(f.batch, 0, fmt.Errorf("%w: it is committed, but %w", store.ErrUnknown, err))
	} else {
		c.counts.batches.Add(1)
		c.counts.writes.Add(uint64(len(f.writes)))
		if c.o.Observe != nil {
			c.o.Observe(len(f.writes), l.took)
		}
		c.answered(len(f.writes))
		c.spare = append(c.spare, f.tree)
	}
	c.o.Flush()
	return next
}

// await waits until f has landed. What comes meanwhile is planned as if f were
// committed at the revision expected.
func (c *Committer) await(f *flight) (*draft, landing) {
	d := c.ahead(f)
	for {
		c.take(chunk)
		if d != nil {
			d.plan(c.waiting[c.underWay:])
		}
		select {
		case l := <-f.landed:
			if d != nil && l.err == nil && l.rev == f.expected {
				c.take(chunk)
				d.plan(c.waiting[c.underWay:])
			}
			return d, l
		case <-c.inbox.wake:
		}
	}
}

// ahead returns the draft of the batch behind f, nil if nothing should be planned
// before f has landed: in trouble one thing is done after the other, and neither
// the base of zxids nor a change of the guard is foretold.
func (c *Committer) ahead(f *flight) *draft {
	calm := c.conflicts == 0 && c.refusals == 0 && len(c.ended) == 0 && c.cut.empty()
	if !calm || len(f.txn.Ops) == 0 || f.rebases() || f.claims() {
		return nil
	}
	return c.draft(f)
}

// settle brings what was committed to the replica, which answers the writes.
func (c *Committer) settle(b *batch, rev store.Revision) error {
	if !c.cut.empty() {
		for i, r := range b.results {
			if r.Err == nil {
				c.cut.mend(b.writes[i].Request.Op)
			}
		}
	}
	change := b.change(rev)
	if len(b.txn.Ops) == 0 {
		change.Revision = 0 // nothing to wait for: the replica had what the compares say
	}
	return c.lane.settle(c.ctx, change, b.own(c.o.Replica, rev))
}
