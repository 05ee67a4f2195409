package commit

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// QueueSize is how many writes wait before Submit blocks.
const QueueSize = 4096

const (
	defaultTimeout  = 10 * time.Second
	defaultMaxBatch = 1000
	defaultQuiet    = 64
)

// Options of a Committer. Store and Replica are required.
type Options struct {
	Store   store.Store
	Replica *replica.Replica
	Log     zerolog.Logger
	// Timeout bounds each call to the store; 0 means 10 s.
	Timeout time.Duration
	// MaxBatch bounds the requests in a batch; 0 means 1000. It bounds how long
	// planning keeps changes out of the replica: some microseconds a request.
	MaxBatch int
	// Quiet is after how many batches of its own, without one of another process,
	// the Committer takes the store for itself, so that it need not compare every
	// key; 0 means 64.
	Quiet int
	// PlainTypes refuses TTL znodes, as ZooKeeper does with
	// zookeeper.extendedTypesEnabled=false.
	PlainTypes bool
	// Observe, if set, is told of every batch that was answered: its requests,
	// and how long the store took.
	Observe func(requests int, took time.Duration)
	// Flush, if set, is called when Done functions and hooks of the replica were
	// called, and nothing is locked any more.
	Flush func()
}

// Committer is the one writer of a process.
type Committer struct {
	o      Options
	inbox  *inbox
	outbox chan *flight // size 1: there is one at a time
	lane   lane
	cut    cut
	counts counts

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	// The rest belongs to run.
	bias      bias
	waiting   []*Write // taken from the inbox, not answered; those under way first
	underWay  int      // how many of them are
	limit     int      // how many of them the next batch may hold
	conflicts int      // how often the first of them met a conflict
	refusals  int      // how often the store was unavailable to them
	behind    bool     // an unknown outcome: catch up before planning
	ended     map[store.LeaseID]bool
	spare     []*tree.Batch // that were answered, two at most
}

// New starts a Committer. The replica must be loaded before the first Submit.
func New(o Options) *Committer {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = defaultMaxBatch
	}
	if o.Flush == nil {
		o.Flush = func() {}
	}
	if o.Quiet <= 0 {
		o.Quiet = defaultQuiet
	}
	o.MaxBatch = min(o.MaxBatch, znode.MaxPosition+1)
	c := &Committer{
		o: o, inbox: newInbox(), outbox: make(chan *flight, 1), lane: lane{replica: o.Replica},
		bias: bias{id: rand.Text()}, limit: o.MaxBatch, ended: map[store.LeaseID]bool{},
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.running.Go(c.run)
	c.running.Go(c.send)
	return c
}

// Submit queues w; it blocks while the queue is full. An error, ErrClosed or
// that of ctx, means that w was not taken: Done will not be called.
func (c *Committer) Submit(ctx context.Context, w *Write) error { return c.inbox.put(ctx, w) }

// Do submits r and waits for its outcome. If ctx ends first Err is an
// ErrUnknown. It must not be called from a Done or from a hook of the replica.
func (c *Committer) Do(ctx context.Context, r tree.Request) Outcome {
	done := make(chan Outcome, 1)
	if err := c.Submit(ctx, &Write{Request: r, Done: func(o Outcome) { done <- o }}); err != nil {
		return Outcome{Err: err}
	}
	select {
	case o := <-done:
		return o
	case <-ctx.Done():
		return Outcome{Err: fmt.Errorf("%w: %w", store.ErrUnknown, ctx.Err())}
	}
}

// Apply brings a change of the store's Watch to the replica. It holds back a
// change that looks like a Txn under way until Commit has returned: which
// change is whose is known then, and replies go out between the right events.
func (c *Committer) Apply(change store.Change) {
	c.lane.arrive(change)
	c.o.Flush()
}

// Cut reports whether writes of the session are refused until it is moved.
func (c *Committer) Cut(id znode.SessionID) bool { return c.cut.has(id) }

// Close ends the goroutines. A transaction under way is given up and its writes
// end with an ErrUnknown, those behind it with ErrClosed.
func (c *Committer) Close() error {
	c.cancel()
	c.inbox.close()
	c.running.Wait()
	return nil
}

// run takes the writes to the store, batch after batch, until Close.
func (c *Committer) run() {
	defer close(c.outbox)
	for c.gather() {
		for f := c.start(); f != nil; {
			f = c.follow(f)
		}
	}
}

// gather waits until there is something to do. It returns false when all is
// answered and nothing will come.
func (c *Committer) gather() bool {
	for {
		open := c.take(1)
		if len(c.waiting) > 0 || !open {
			return len(c.waiting) > 0
		}
		<-c.inbox.wake
	}
}

// take takes what has come. If that is less than enough the inbox will wake run
// when it is; open is false when nothing will come any more.
func (c *Committer) take(enough int) (open bool) {
	c.waiting, open = c.inbox.take(c.waiting, enough)
	return open
}
