package mem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

var (
	errWatching = errors.New("mem: a Watch is running already")
	errBroken   = fmt.Errorf("%w: the stream broke", store.ErrUnavailable)
)

// Watch implements store.Store.
func (c *Store) Watch(ctx context.Context, from store.Revision, emit func(store.Change) error) error {
	s := c.server
	s.mu.Lock()
	if c.watching {
		s.mu.Unlock()
		return errWatching
	}
	c.watching = true
	streams := s.streams
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		c.watching = false
		s.mu.Unlock()
	}()

	next, delivered := from, from-1
	for {
		s.mu.Lock()
		s.advance()
		changes, err := c.pending(next, delivered, streams)
		changed, due := s.changed, s.nextDue
		if s.down {
			due = time.Time{}
		}
		next = max(next, s.rev+1)
		s.mu.Unlock()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		for _, change := range changes {
			f := c.fault(Call{Method: Emit, Rev: change.Revision})
			if err := sleep(ctx, f.Before); err != nil {
				return err
			}
			if f.Outcome != Answered {
				return errBroken
			}
			if err := emit(change); err != nil {
				return err
			}
			delivered = change.Revision
		}
		if err := s.await(ctx, changed, due); err != nil {
			return err
		}
	}
}

// pending returns what a Watch that has looked at everything before next is to
// emit. The server's lock is held.
func (c *Store) pending(next, delivered store.Revision, streams int) ([]store.Change, error) {
	s := c.server
	switch {
	case c.closed:
		return nil, store.ErrClosed
	case s.down || streams != s.streams:
		return nil, errBroken
	case next <= s.compacted:
		return nil, fmt.Errorf("%w: %d, up to %d", store.ErrCompacted, next, s.compacted)
	}
	var out []store.Change
	first := sort.Search(len(s.history), func(i int) bool { return s.history[i].rev >= next })
	for _, ch := range s.history[first:] {
		var events []store.Event
		for _, e := range ch.events {
			if bare, ours := strings.CutPrefix(e.key, c.prefix); ours {
				events = append(events, store.Event{Key: store.Key(bare), Value: bytes.Clone(e.Value), Lease: e.Lease, Delete: e.Delete})
			}
		}
		if events != nil {
			out = append(out, store.Change{Revision: ch.rev, Events: events})
			delivered = ch.rev
		}
	}
	if delivered < c.wanted && delivered < s.rev {
		out = append(out, store.Change{Revision: s.rev})
	}
	return out, nil
}

// await returns when changed is closed or due has come.
func (s *Server) await(ctx context.Context, changed <-chan struct{}, due time.Time) error {
	var timer <-chan time.Time
	if !due.IsZero() && !s.ticked {
		t := time.NewTimer(time.Until(due))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-timer:
	}
	return nil
}
