package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hquorum/hquorum/shim/store"
)

// follower runs a Watch and keeps what it emits.
type follower struct {
	t      *testing.T
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	changes []store.Change
	more    chan struct{} // closed, and made anew, by each Change
	err     error
}

func follow(t *testing.T, s store.Store, from store.Revision) *follower {
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{t: t, cancel: cancel, done: make(chan struct{}), more: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.err = s.Watch(ctx, from, f.take)
	}()
	t.Cleanup(func() { _ = f.stop() })
	return f
}

func (f *follower) take(c store.Change) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.changes); n > 0 && f.changes[n-1].Revision >= c.Revision {
		f.t.Errorf("revision %d came after %d", c.Revision, f.changes[n-1].Revision)
	}
	f.changes = append(f.changes, c)
	close(f.more)
	f.more = make(chan struct{})
	return nil
}

// stop ends the Watch and returns its error.
func (f *follower) stop() error {
	f.cancel()
	<-f.done
	return f.err
}

// reach waits for a Change at or beyond rev and returns all Changes with Events
// so far.
func (f *follower) reach(rev store.Revision) []store.Change {
	f.t.Helper()
	ctx := limit(f.t)
	for {
		f.mu.Lock()
		changes, more := f.changes, f.more
		f.mu.Unlock()
		if n := len(changes); n > 0 && changes[n-1].Revision >= rev {
			var out []store.Change
			for _, c := range changes {
				if len(c.Events) > 0 {
					out = append(out, c)
				}
			}
			return out
		}
		select {
		case <-more:
		case <-f.done:
			f.t.Fatalf("the watch ended before revision %d: %v", rev, f.err)
		case <-ctx.Done():
			f.t.Fatalf("the watch did not reach revision %d; it has %v", rev, changes)
		}
	}
}

// next is closed by the next Change.
func (f *follower) next() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.more
}

// until waits for the first Change that holds a deletion of key.
func (f *follower) until(key string) store.Change {
	f.t.Helper()
	ctx := limit(f.t)
	for {
		f.mu.Lock()
		changes, more := f.changes, f.more
		f.mu.Unlock()
		for _, c := range changes {
			for _, e := range c.Events {
				if e.Delete && string(e.Key) == key {
					return c
				}
			}
		}
		select {
		case <-more:
		case <-f.done:
			f.t.Fatalf("the watch ended before %q was deleted: %v", key, f.err)
		case <-ctx.Done():
			f.t.Fatalf("%q was not deleted; the watch has %v", key, changes)
		}
	}
}

// tell writes a Change as text: its events in order.
func tell(c store.Change) string {
	var b strings.Builder
	for i, e := range c.Events {
		if i > 0 {
			b.WriteByte(' ')
		}
		if e.Delete {
			fmt.Fprintf(&b, "-%s", e.Key)
		} else {
			fmt.Fprintf(&b, "%s=%s", e.Key, e.Value)
		}
		if e.Lease != 0 {
			fmt.Fprintf(&b, "@%d", e.Lease)
		}
	}
	return b.String()
}

// told is tell of each, on lines of their own.
func told(changes []store.Change) string {
	lines := make([]string, len(changes))
	for i, c := range changes {
		lines[i] = tell(c)
	}
	return strings.Join(lines, "\n")
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
