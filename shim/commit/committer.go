package commit

import (
	"context"
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
	// PlainTypes refuses TTL znodes, as ZooKeeper does with
	// zookeeper.extendedTypesEnabled=false.
	PlainTypes bool
	// Observe, if set, is told of every batch that was answered: its requests,
	// and how long the store took.
	Observe func(requests int, took time.Duration)
}

// Committer is the one writer of a process.
type Committer struct {
	o      Options
	queue  chan *Write
	lane   lane
	cut    cut
	counts counts

	sending sync.RWMutex // held for reading by Submit: Close knows when nobody sends
	closed  bool         // under sending
	ctx     context.Context
	cancel  context.CancelFunc
	exited  chan struct{}

	// The rest belongs to the goroutine.
	waiting   []*Write // taken from the queue, not answered
	limit     int      // how many of them the next batch may hold
	conflicts int      // how often the first of them met a conflict
	refusals  int      // how often the store was unavailable to them
	behind    bool     // an unknown outcome: catch up before planning
	ended     map[store.LeaseID]bool
}

// New starts a Committer. The replica must be loaded before the first Submit.
func New(o Options) *Committer {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = defaultMaxBatch
	}
	o.MaxBatch = min(o.MaxBatch, znode.MaxPosition+1)
	c := &Committer{
		o: o, queue: make(chan *Write, QueueSize), lane: lane{replica: o.Replica},
		exited: make(chan struct{}), limit: o.MaxBatch, ended: map[store.LeaseID]bool{},
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	go c.run()
	return c
}

// Submit queues w; it blocks while the queue is full. An error, ErrClosed or
// that of ctx, means that w was not taken: Done will not be called.
func (c *Committer) Submit(ctx context.Context, w *Write) error {
	c.sending.RLock()
	defer c.sending.RUnlock()
	if c.closed {
		return ErrClosed
	}
	select {
	case c.queue <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.ctx.Done():
		return ErrClosed
	}
}

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
// change that looks like the Txn under way until Commit has returned: which
// change is whose is known then, and replies go out between the right events.
func (c *Committer) Apply(change store.Change) { c.lane.arrive(change) }

// Cut reports whether writes of the session are refused until it is moved.
func (c *Committer) Cut(id znode.SessionID) bool { return c.cut.has(id) }

// Close ends the goroutine. A transaction under way is given up and its writes
// end with an ErrUnknown, those behind it with ErrClosed.
func (c *Committer) Close() error {
	c.cancel()
	c.sending.Lock()
	if !c.closed {
		c.closed = true
		close(c.queue)
	}
	c.sending.Unlock()
	<-c.exited
	return nil
}

func (c *Committer) run() {
	defer close(c.exited)
	for c.gather() {
		c.step()
	}
}

// gather fills waiting from the queue; it blocks only if there is nothing to do.
// It returns false when all is answered and nothing will come.
func (c *Committer) gather() bool {
	if len(c.waiting) == 0 {
		w, open := <-c.queue
		if !open {
			return false
		}
		c.waiting = append(c.waiting, w)
	}
	for len(c.waiting) < c.o.MaxBatch {
		select {
		case w, open := <-c.queue:
			if !open {
				return true
			}
			c.waiting = append(c.waiting, w)
		default:
			return true
		}
	}
	return true
}
