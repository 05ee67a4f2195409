package hbasemodel

import (
	"context"
	"sync"
)

// log is the last events, a ring.
type log struct {
	mu   sync.Mutex
	ring []Event // of fixed length; the event with id i is at i modulo it
	// first is the id that the log began with, next that of the next event.
	first, next uint64
	// grown is closed when events arrive, nil while nobody waits.
	grown chan struct{}
}

func newLog(size int, first uint64) *log {
	return &log{ring: make([]Event, size), first: first, next: first}
}

// append gives events their ids and wakes those who wait.
func (l *log) append(events []Event) {
	if len(events) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		e.ID = l.next
		l.ring[e.ID%uint64(len(l.ring))] = e
		l.next++
	}
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
}

// oldest is the id of the oldest event still there, next if there is none.
func (l *log) oldest() uint64 {
	if size := uint64(len(l.ring)); l.next-l.first > size {
		return l.next - size
	}
	return l.first
}

// Batch is events in their order, without a gap between them.
type Batch struct {
	Events []Event
	// Missed: there were events between the one asked for and the first of
	// these that are not there any more. Views tell what is.
	Missed bool
}

// after gives up to most events behind the id, and where to go on. An id that was
// never given, of a clock that ran ahead, is taken as one of long ago.
func (l *log) after(id uint64, most int) (b Batch, last uint64) {
	oldest := l.oldest()
	from := id + 1
	if from < oldest || from > l.next {
		b.Missed = id != 0
		from = oldest
	}
	n := min(l.next-from, uint64(max(most, 0)))
	if n > 0 {
		b.Events = make([]Event, 0, n)
	}
	for i := from; i < from+n; i++ {
		b.Events = append(b.Events, l.ring[i%uint64(len(l.ring))])
	}
	return b, from + n - 1
}

// Events gives up to most events behind the one with the id, from the oldest that
// is held for 0. It does not wait.
func (m *Model) Events(after uint64, most int) Batch {
	m.log.mu.Lock()
	defer m.log.mu.Unlock()
	b, _ := m.log.after(after, most)
	return b
}

// LastEvent is the id of the last event, to subscribe to what comes from now on.
func (m *Model) LastEvent() uint64 {
	m.log.mu.Lock()
	defer m.log.mu.Unlock()
	return m.log.next - 1
}

// Subscribe gives the events behind the one with the id, from the oldest that is
// held for 0. A subscription holds no events of its own: one that is slower than
// the log is long learns from Batch.Missed that it lost some. It needs no closing.
func (m *Model) Subscribe(after uint64) *Subscription { return &Subscription{log: m.log, last: after} }

// Subscription is a place in the events. It is for one goroutine at a time.
type Subscription struct {
	log  *log
	last uint64
}

// mostAtOnce bounds a batch.
const mostAtOnce = 256

// Next waits for events and gives up to 256 of them. The error is ctx's.
func (s *Subscription) Next(ctx context.Context) (Batch, error) {
	for {
		batch, grown := s.take()
		if grown == nil {
			return batch, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return Batch{}, ctx.Err()
		}
	}
}

// take takes what is there or, if nothing is, gives what is closed when something
// comes.
func (s *Subscription) take() (Batch, <-chan struct{}) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	batch, last := s.log.after(s.last, mostAtOnce)
	s.last = last
	if len(batch.Events) > 0 || batch.Missed {
		return batch, nil
	}
	if s.log.grown == nil {
		s.log.grown = make(chan struct{})
	}
	return Batch{}, s.log.grown
}
