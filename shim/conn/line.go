package conn

import (
	"math"
	"runtime"
	"sync"
)

const (
	// wakeAt is how many connections wait for each flusher that is started
	// before Flush is called: enough to be worth it, few enough that the first
	// replies of a batch are on their way while the last ones are made.
	wakeAt = 8
	// inline is how many connections the caller of Flush writes to by itself,
	// which is sooner done than telling somebody else.
	inline = 2
	// maxFlushers bounds the flushers of a Hub.
	maxFlushers = 4
)

// line holds the connections that have something to send which others than their
// readers appended, each once, first come first served. Flushers write to them;
// they are started when there is work and end when there is none.
type line struct {
	mu          sync.Mutex
	first, last *Conn
	waiting     int
	flushers    int
	most        int // flushers
	closed      bool
	running     sync.WaitGroup
}

func newLine() line { return line{most: min(runtime.GOMAXPROCS(0), maxFlushers)} }

// join lets c wait for a flusher.
func (l *line) join(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.last == nil {
		l.first = c
	} else {
		l.last.next = c
	}
	l.last = c
	if l.waiting++; l.waiting%wakeAt == 0 {
		l.start(1)
	}
}

// take returns the first connection; there is one, and the lock is held.
func (l *line) take() *Conn {
	c := l.first
	if l.first, c.next = c.next, nil; l.first == nil {
		l.last = nil
	}
	l.waiting--
	return c
}

// start starts n more flushers, as far as there may be more. The lock is held.
func (l *line) start(n int) {
	for n = min(n, l.most-l.flushers); n > 0 && !l.closed; n-- {
		l.flushers++
		l.running.Go(l.flush)
	}
}

// flush is a flusher's goroutine.
func (l *line) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serve(math.MaxInt)
	l.flushers--
}

// serve writes to at most n connections. The lock is held.
func (l *line) serve(n int) {
	for ; n > 0 && l.first != nil; n-- {
		c := l.take()
		l.mu.Unlock()
		c.push()
		l.mu.Lock()
	}
}

// close lets the flushers come to their end; there will be no others.
func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.running.Wait()
}

// Flush sends what Done functions of writes and Notify have left to be sent, or
// has it sent. Who called them calls it, without locks, when it has called them
// all. It does not wait for any client.
func (h *Hub) Flush() {
	l := &h.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting <= inline {
		l.serve(inline)
		return
	}
	l.start((l.waiting + wakeAt - 1) / wakeAt)
}

// send has a flusher write what was appended.
func (c *Conn) send() {
	if !c.waits.Load() && c.waits.CompareAndSwap(false, true) {
		c.hub.line.join(c)
	}
}

// push writes what was appended, and does not wait for the client: if the socket
// is full a goroutine does.
func (c *Conn) push() {
	c.waits.Store(false) // what is appended from here on is for the next push
	c.tell()
	if err := c.out.push(c.later); err != nil {
		c.cut(err)
	}
}

// later writes what the socket does not take yet. It is called before the
// connection is cut, so that Hub.Close sees its goroutine.
func (c *Conn) later(rest []byte) {
	c.hub.running.Go(func() {
		if err := c.out.finish(rest); err != nil {
			c.cut(err)
		}
	})
}
