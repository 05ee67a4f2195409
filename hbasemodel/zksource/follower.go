package zksource

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hquorum/hquorum/hbasemodel"
)

const (
	// readers is how many reads are under way at once.
	readers = 64
	// tick is how often candidates that have changed are looked at, and how long
	// Ready is put off by changes that never pause.
	tick = time.Second
)

// follower is one Follow. All but link belongs to one goroutine.
//
// Its one invariant: what is not watched is needed. A need is taken back when
// the read that sets the watch is sent, and comes back with the watch's event.
type follower struct {
	link     *link
	sink     hbasemodel.Sink
	nodes    map[string]*node
	queue    []*node // to be read, shown ones
	looks    []*node // to be read, others
	later    []*node // for looks, at the next tick
	jobs     chan visit
	results  chan visit
	reading  int // visits of shown znodes under way
	looking  int // visits of others under way
	awaited  int // shown znodes that exist, or may, and were not told yet
	news     bool
	ready    bool // told once
	overdue  bool // there were news at the last tick
	lastZxid int64
}

func newFollower(l *link, sink hbasemodel.Sink, roots []string) *follower {
	f := &follower{
		link: l, sink: sink, nodes: map[string]*node{}, news: true,
		jobs: make(chan visit), results: make(chan visit, readers),
	}
	for _, r := range roots {
		f.plant(nil, r, shown, needAll)
	}
	if len(roots) == 0 {
		f.plant(nil, "/", top, needAll)
	}
	return f
}

// run tells the sink until ctx ends or the link is lost, and closes the link.
func (f *follower) run(ctx context.Context) error {
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for v := range f.jobs {
				f.results <- f.link.read(v)
			}
		})
	}
	defer func() {
		close(f.jobs)
		f.link.close()
		group.Wait()
	}()
	f.sink.Reset()
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for {
		f.absorb()
		if f.settled() {
			f.tell()
		}
		next, out := f.next()
		select {
		case out <- next:
			f.sent(next.n)
		case v := <-f.results:
			if err := f.received(v); err != nil {
				return err
			}
		case <-f.link.wake:
		case <-clock.C:
			f.tick()
		case <-f.link.lost:
			return fmt.Errorf("zksource: %w", ErrLost)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// absorb turns events into needs.
func (f *follower) absorb() {
	for path, need := range f.link.take() {
		n := f.nodes[path]
		if n == nil {
			continue
		}
		if need&needGone != 0 {
			need &^= needGone
			switch {
			case n.parent == nil:
				need |= needAll
			case n.parent.kind == top: // whose list is read late
				f.drop(n, 0)
			default:
				n.gone = true
			}
		}
		f.want(n, need)
	}
}

// want has something read of n.
func (f *follower) want(n *node, need need) {
	n.need |= need
	if n.need == 0 || n.queued || n.busy || n.dropped {
		return
	}
	n.queued = true
	switch {
	case n.kind == shown:
		f.queue = append(f.queue, n)
	case n.lists == 0:
		f.looks = append(f.looks, n)
	default:
		f.later = append(f.later, n)
	}
}

// next returns the next visit and where it is to be sent, a nil channel if there
// is none.
func (f *follower) next() (visit, chan<- visit) {
	if f.reading+f.looking == readers {
		return visit{}, nil
	}
	queue := &f.queue
	if len(f.queue) == 0 {
		queue = &f.looks
	}
	if len(*queue) == 0 {
		return visit{}, nil
	}
	n := (*queue)[0]
	v := visit{n: n, want: n.need, wait: n.parent == nil}
	if n.kind != shown {
		v.want = needChildren
	}
	if n.parent != nil {
		v.lists = n.parent.lists
	}
	return v, f.jobs
}

// sent notes that the first one of the queue is being visited.
func (f *follower) sent(n *node) {
	n.need, n.queued, n.busy = 0, false, true
	if len(f.queue) > 0 {
		f.queue = f.queue[1:]
	} else {
		f.looks = f.looks[1:]
	}
	if n.kind == shown {
		f.reading++
	} else {
		f.looking++
	}
}

// settled reports whether all that was told is one state, and new. The first
// time all candidates have been looked at.
func (f *follower) settled() bool {
	f.prune()
	return f.news && len(f.queue) == 0 && f.reading == 0 && f.surveyed()
}

// surveyed reports whether all candidates were looked at once.
func (f *follower) surveyed() bool { return f.ready || len(f.looks) == 0 && f.looking == 0 }

// prune forgets dropped znodes at the heads of the queues.
func (f *follower) prune() {
	for len(f.queue) > 0 && f.queue[0].dropped {
		f.queue = f.queue[1:]
	}
	for len(f.looks) > 0 && f.looks[0].dropped {
		f.looks = f.looks[1:]
	}
}

func (f *follower) tell() {
	f.news, f.overdue, f.ready = false, false, true
	f.sink.Ready(f.lastZxid, time.Now())
}

// tick looks at candidates, and tells a state that never settles.
func (f *follower) tick() {
	f.looks = append(f.looks, f.later...)
	f.later = nil
	if f.news && f.overdue && f.awaited == 0 && f.surveyed() {
		f.tell()
		return
	}
	f.overdue = f.news
}
