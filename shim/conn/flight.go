package conn

import (
	"slices"
	"sync"

	"github.com/hquorum/hquorum/shim/znode"
)

// flight counts the requests of a session that wait for the store. Each has a
// weight, which grows with its size. A connection that takes over a session takes
// over its flight: it must not show the client what was before.
type flight struct {
	mu      sync.Mutex
	n       int
	weight  int
	waiters []waiter
	users   int // connections, under Hub.mu
}

type waiter struct {
	atMost int
	ready  chan struct{} // closed when the weight has come down to atMost
}

func (f *flight) add(weight int) {
	f.mu.Lock()
	f.n++
	f.weight += weight
	f.mu.Unlock()
}

func (f *flight) done(weight int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n--
	f.weight -= weight
	if len(f.waiters) == 0 {
		return
	}
	f.waiters = slices.DeleteFunc(f.waiters, func(w waiter) bool {
		if f.weight <= w.atMost {
			close(w.ready)
			return true
		}
		return false
	})
}

// count returns how many are in flight.
func (f *flight) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// reached returns nil if at most weight is in flight, else a channel that is
// closed when that is so.
func (f *flight) reached(weight int) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.weight <= weight {
		return nil
	}
	ready := make(chan struct{})
	f.waiters = append(f.waiters, waiter{weight, ready})
	return ready
}

// await returns nil when at most weight of the session is in flight. What the
// client has coming is sent before it waits.
func (c *Conn) await(weight int) error {
	ready := c.flight.reached(weight)
	if ready == nil {
		return nil
	}
	if err := c.flush(); err != nil {
		return err
	}
	select {
	case <-ready:
		return nil
	case <-c.ctx.Done():
		return errCut
	}
}

// quiet waits until all writes of the session are answered: what follows them in
// the client's order is answered behind them.
func (c *Conn) quiet() error { return c.await(0) }

// board returns the flight of a session, for one more connection.
func (h *Hub) board(id znode.SessionID) *flight {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.flights[id]
	if f == nil {
		f = &flight{}
		h.flights[id] = f
	}
	f.users++
	return f
}

// leave waits until the flight has landed, or the Hub is closed, and gives it
// back.
func (h *Hub) leave(id znode.SessionID, f *flight) {
	if ready := f.reached(0); ready != nil {
		select {
		case <-ready:
		case <-h.ctx.Done():
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.users--; f.users == 0 {
		delete(h.flights, id)
	}
}
