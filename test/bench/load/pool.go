package load

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hquorum/hquorum/test/bench/histogram"
)

// Loops is how many goroutines serve a Pool of two sessions and more.
const Loops = 2

// Pool is a number of sessions with one server.
type Pool struct {
	loops     []*loop
	running   sync.WaitGroup
	since     time.Time     // of Reset
	unsettled atomic.Int64  // connections that are neither connected nor lost
	remaining atomic.Int64  // programs that are not over
	open      atomic.Int64  // connections
	started   int64         // programs
	changed   chan struct{} // 1; one of these went down
}

// Sample is what a Pool saw since Reset.
type Sample struct {
	Elapsed time.Duration
	Latency histogram.Histogram // from request to answer; its Count is how many were answered
	Connect histogram.Histogram // from the first packet to the session
	Failed  int                 // requests answered with an error
	Lost    int                 // sessions whose connection broke
	Granted time.Duration       // session timeout that the server gave
}

// Rate is how many requests were answered in a second.
func (s *Sample) Rate() float64 { return float64(s.Latency.Count()) / s.Elapsed.Seconds() }

// New prepares sessions with the server at address, an IPv4 address with port.
func New(address string, sessions int, timeout time.Duration) (*Pool, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	p := &Pool{changed: make(chan struct{}, 1)}
	for i := range min(sessions, Loops) {
		poller, err := newPoller()
		if err != nil {
			return nil, errors.Join(err, p.closeLoops())
		}
		l := &loop{
			pool: p, poller: poller, address: to, epoch: time.Now(), timeoutMs: int32(timeout.Milliseconds()),
			buffer: make([]byte, bufferSize), inbox: make(chan func(), 1),
		}
		for n := i; n < sessions; n += min(sessions, Loops) {
			c := &conn{loop: l, id: int32(len(l.conns)), number: n, sent: make([]request, 1), program: idle{}, finished: true}
			l.conns = append(l.conns, c)
		}
		l.undialed = l.conns
		p.loops = append(p.loops, l)
		p.running.Go(l.run)
	}
	p.unsettled.Store(int64(sessions))
	p.open.Store(int64(sessions))
	p.Reset()
	return p, nil
}

// idle is the program of a session that was given none.
type idle struct{ Sender }

func (idle) Next(dst []byte, _ int32) ([]byte, time.Duration) { return dst, Idle }

// each runs f on every loop's goroutine, on all at once, and waits.
func (p *Pool) each(f func(l *loop)) {
	var done sync.WaitGroup
	for _, l := range p.loops {
		done.Add(1)
		l.inbox <- func() {
			f(l)
			done.Done()
		}
		l.poller.wake()
	}
	done.Wait()
}

func (p *Pool) nudge() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// await waits until reached, which only what nudges can change.
func (p *Pool) await(ctx context.Context, what string, reached func() bool) error {
	for !reached() {
		select {
		case <-p.changed:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		}
	}
	failures := make(chan error, len(p.loops))
	p.each(func(l *loop) { failures <- l.failure })
	var err error
	for range p.loops {
		err = errors.Join(err, <-failures)
	}
	return err
}

// Connect opens the sessions, a few at a time, and waits until each is open or
// lost. A session with a program goes on at once.
func (p *Pool) Connect(ctx context.Context) error {
	p.each(func(l *loop) { l.dial() })
	return p.await(ctx, "sessions are not open", func() bool { return p.unsettled.Load() <= 0 })
}

// Start gives each session a new program, which may have window requests under
// way. The sessions must be quiet: new, or after Wait or Stop.
func (p *Pool) Start(window int, program func(i int) Program) {
	p.remaining.Store(0)
	p.each(func(l *loop) { l.start(window, program) })
	p.started = p.remaining.Load()
	p.each(func(l *loop) {
		for _, c := range l.conns {
			c.fill()
		}
	})
}

// Wait waits until all programs are over, or lost.
func (p *Pool) Wait(ctx context.Context) error {
	return p.await(ctx, "programs are not over", func() bool { return p.remaining.Load() <= 0 })
}

// WaitFirst waits until the first program is over.
func (p *Pool) WaitFirst(ctx context.Context) error {
	return p.await(ctx, "no program is over", func() bool { return p.remaining.Load() < p.started })
}

// Stop makes all programs stop and waits until what is under way is answered.
func (p *Pool) Stop(ctx context.Context) error {
	for {
		var underWay atomic.Int64
		p.each(func(l *loop) {
			l.held = true
			underWay.Add(int64(l.underWay))
		})
		if underWay.Load() == 0 {
			return nil
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%d requests are not answered: %w", underWay.Load(), ctx.Err())
		}
	}
}

// Reset starts a new Sample.
func (p *Pool) Reset() {
	p.each(func(l *loop) { l.counts = counts{} })
	p.since = time.Now()
}

// Sample returns what was seen since Reset.
func (p *Pool) Sample() *Sample {
	s := &Sample{Elapsed: time.Since(p.since)}
	var mu sync.Mutex
	p.each(func(l *loop) {
		mu.Lock()
		defer mu.Unlock()
		s.Latency.Add(&l.counts.Latency)
		s.Connect.Add(&l.counts.Connect)
		s.Failed += l.counts.Failed
		s.Lost += l.counts.Lost
		s.Granted = max(s.Granted, l.granted)
	})
	return s
}

// CloseSessions closes the sessions and waits until the server has hung up on
// each of them.
func (p *Pool) CloseSessions(ctx context.Context) error {
	p.each(func(l *loop) {
		for _, c := range l.conns {
			c.closeSession()
		}
	})
	return p.await(ctx, "connections are not closed", func() bool { return p.open.Load() <= 0 })
}

// Close drops the connections that are left, without closing their sessions,
// and frees what the Pool has.
func (p *Pool) Close() error {
	p.each(func(l *loop) { l.abort() })
	return p.closeLoops()
}

func (p *Pool) closeLoops() error {
	p.each(func(l *loop) { l.quit = true })
	p.running.Wait()
	var err error
	for _, l := range p.loops {
		err = errors.Join(err, l.poller.close())
	}
	return err
}
