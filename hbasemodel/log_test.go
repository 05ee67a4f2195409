package hbasemodel

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func ids(b Batch) (first, last uint64, n int) {
	if len(b.Events) == 0 {
		return 0, 0, 0
	}
	for i, e := range b.Events {
		if e.ID != b.Events[0].ID+uint64(i) {
			return 0, 0, -1
		}
	}
	return b.Events[0].ID, b.Events[len(b.Events)-1].ID, len(b.Events)
}

func TestLog(t *testing.T) {
	l := newLog(8, 100)
	for range 5 {
		l.append(make([]Event, 1))
	}
	for _, c := range []struct {
		name        string
		after       uint64
		most        int
		first, last uint64
		n           int
		missed      bool
	}{
		{"from the oldest", 0, 99, 100, 104, 5, false},
		{"from the one before the first", 99, 99, 100, 104, 5, false},
		{"from before there was a log", 42, 99, 100, 104, 5, true},
		{"from the middle", 102, 99, 103, 104, 2, false},
		{"some", 100, 2, 101, 102, 2, false},
		{"none", 100, -1, 0, 0, 0, false},
		{"up to date", 104, 99, 0, 0, 0, false},
		{"from the future", 4711, 99, 100, 104, 5, true},
	} {
		b, _ := l.after(c.after, c.most)
		if first, last, n := ids(b); first != c.first || last != c.last || n != c.n || b.Missed != c.missed {
			t.Errorf("%s: %d to %d (%d), missed %v", c.name, first, last, n, b.Missed)
		}
	}
	l.append(make([]Event, 10)) // ids up to 114, of which 107 and on are held
	for _, c := range []struct {
		after  uint64
		first  uint64
		missed bool
	}{{0, 107, false}, {105, 107, true}, {106, 107, false}, {110, 111, false}} {
		b, _ := l.after(c.after, 99)
		if first, last, _ := ids(b); first != c.first || last != 114 || b.Missed != c.missed {
			t.Errorf("after %d: %d to %d, missed %v", c.after, first, last, b.Missed)
		}
	}
}

// A subscriber waits, gets all of it in order, and learns when it was too slow.
func TestSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{Events: 8})
		s := m.Subscribe(m.LastEvent())
		got := make(chan Batch)
		next := func() {
			b, err := s.Next(t.Context())
			if err != nil {
				t.Error(err)
			}
			got <- b
		}
		go next()
		synctest.Wait()
		select {
		case b := <-got:
			t.Fatalf("nothing happened, and it was told %+v", b)
		default:
		}
		m.log.append(make([]Event, 3))
		if _, _, n := ids(<-got); n != 3 {
			t.Fatalf("%d events", n)
		}
		m.log.append(make([]Event, 20))
		go next()
		if b := <-got; !b.Missed || len(b.Events) != 8 {
			t.Fatalf("too slow, and it was told %+v", b)
		}
		m.log.append(make([]Event, 1))
		go next()
		if b := <-got; b.Missed || len(b.Events) != 1 {
			t.Fatalf("then %+v", b)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := s.Next(ctx)
			done <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	})
}
