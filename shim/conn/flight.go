package conn

import "sync"

// flight counts the requests of a connection that wait for the store. Each has a
// weight, which grows with its size.
type flight struct {
	mu     sync.Mutex
	n      int
	weight int
	atMost int           // the weight that wait waits for, −1 for nothing
	ready  chan struct{} // size 1
}

func newFlight() flight { return flight{atMost: -1, ready: make(chan struct{}, 1)} }

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
	if f.weight <= f.atMost {
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

// wait returns nil when at most weight is in flight, errCut if gone comes first,
// after which it must not be called again. before is called if there is something
// to wait for; its error ends the wait. Only the reader waits.
func (f *flight) wait(weight int, gone <-chan struct{}, before func() error) error {
	f.mu.Lock()
	if f.weight <= weight {
		f.mu.Unlock()
		return nil
	}
	f.mu.Unlock()
	if err := before(); err != nil {
		return err
	}
	f.mu.Lock()
	if f.weight <= weight {
		f.mu.Unlock()
		return nil
	}
	f.atMost = weight
	f.mu.Unlock()
	select {
	case <-f.ready:
		return nil
	case <-gone:
		return errCut
	}
}
