package conn

import "sync"

// flight counts the writes of a connection that have no answer yet.
type flight struct {
	mu     sync.Mutex
	n      int
	atMost int           // what wait waits for, −1 for nothing
	ready  chan struct{} // size 1
}

func newFlight() flight { return flight{atMost: -1, ready: make(chan struct{}, 1)} }

func (f *flight) add() {
	f.mu.Lock()
	f.n++
	f.mu.Unlock()
}

func (f *flight) done() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n--
	if f.n <= f.atMost {
		f.atMost = -1
		f.ready <- struct{}{}
	}
}

// count returns how many are in flight.
func (f *flight) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// wait returns when at most n are in flight, false if gone comes first, after
// which it must not be called again. Only the reader waits.
func (f *flight) wait(n int, gone <-chan struct{}) bool {
	f.mu.Lock()
	if f.n <= n {
		f.mu.Unlock()
		return true
	}
	f.atMost = n
	f.mu.Unlock()
	select {
	case <-f.ready:
		return true
	case <-gone:
		return false
	}
}
