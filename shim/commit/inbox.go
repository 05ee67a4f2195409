package commit

import (
	"context"
	"sync"
)

// inbox is the queue of writes. It wakes its one reader when as many have come as
// the reader asked for, not for each of them.
type inbox struct {
	wake chan struct{} // size 1: enough has come, or the inbox was closed

	mu     sync.Mutex
	fresh  []*Write      // not taken yet
	held   int           // of those taken, the ones that are not under way
	enough int           // len(fresh) that wakes the reader; 0: it does not wait
	room   chan struct{} // closed when there may be room; nil: nobody waits for it
	closed bool
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// put adds w; it blocks while QueueSize writes wait.
func (q *inbox) put(ctx context.Context, w *Write) error {
	for {
		q.mu.Lock()
		if q.closed {
			q.mu.Unlock()
			return ErrClosed
		}
		if len(q.fresh)+q.held < QueueSize {
			q.fresh = append(q.fresh, w)
			if q.enough > 0 && len(q.fresh) >= q.enough {
				q.rouse()
			}
			q.mu.Unlock()
			return nil
		}
		if q.room == nil {
			q.room = make(chan struct{})
		}
		room := q.room
		q.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// rouse wakes the reader. q.mu is held.
func (q *inbox) rouse() {
	q.enough = 0
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take appends all fresh writes to list. If they are fewer than enough, wake
// tells when they are no longer. open is false when nothing will come any more.
func (q *inbox) take(list []*Write, enough int) (all []*Write, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.fresh)
	list = append(list, q.fresh...)
	clear(q.fresh)
	q.fresh = q.fresh[:0]
	q.held += n
	q.enough = 0
	if n < enough && !q.closed {
		q.enough = enough - n
	}
	return list, !q.closed
}

// hold says how many of the writes taken still wait.
func (q *inbox) hold(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held = n
	q.admit()
}

// admit lets those try again who wait for room. q.mu is held.
func (q *inbox) admit() {
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
}

func (q *inbox) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.fresh) + q.held
}

// close makes put fail; what was put before is still taken.
func (q *inbox) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.rouse()
	q.admit()
}
