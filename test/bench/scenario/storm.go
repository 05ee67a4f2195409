package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/shim/znode"
	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
)

var stormJoin = load.Create("/storm/"+load.Digits, make([]byte, 100), znode.ModeEphemeral)

// Storm is three thousand clients that join, each with an ephemeral znode, read
// and write several times a second, and leave: first by closing their sessions,
// and then, having joined again, by vanishing.
func Storm(ctx context.Context, b *Bench) error {
	sessions, timeout, busy, thinking := 3000, 10*time.Second, 5*time.Second, 15*time.Second
	if b.Smoke {
		sessions, timeout, busy, thinking = 500, 4*time.Second, b.Time, b.Time
	}
	prepare := func(ctx context.Context, s *server.Server) error {
		if err := b.prepareCrud(ctx, s); err != nil {
			return err
		}
		control, err := load.Dial(ctx, s.Addr)
		if err != nil {
			return err
		}
		if err := errors.Join(control.Create("/storm", nil), control.Close()); err != nil {
			return err
		}
		return b.settle(s, func(note func(op string, rate float64)) error {
			st := &storm{Bench: b, server: s, sessions: 300, timeout: timeout}
			if err := st.join(ctx); err != nil {
				return err
			}
			point, err := st.work(ctx, "80/20", 0, warmTime)
			note("80/20", point.Rate)
			return errors.Join(err, leave(ctx, st.pool))
		})
	}
	return b.rounds(ctx, b.peers(), prepare, func(ctx context.Context, s *server.Server, round int) error {
		return b.storm(ctx, &storm{Bench: b, server: s, sessions: sessions, timeout: timeout, round: round}, busy, thinking)
	})
}

// storm is one server's turn.
type storm struct {
	*Bench
	server   *server.Server
	sessions int
	timeout  time.Duration // of the sessions
	round    int
	pool     *load.Pool
	joined   report.Point
}

func (b *Bench) storm(ctx context.Context, st *storm, busy, thinking time.Duration) error {
	observer, err := load.Dial(ctx, st.server.Addr)
	if err != nil {
		return err
	}
	if err := st.join(ctx); err != nil {
		return err
	}
	b.record(st.round, st.joined)
	for _, work := range []struct {
		op    string
		think time.Duration
		time  time.Duration
	}{{"80/20", 0, busy}, {"80/20, 0.1 s pauses", 100 * time.Millisecond, thinking}} {
		point, err := st.work(ctx, work.op, work.think, work.time)
		if err != nil {
			return err
		}
		alive, err := observer.NumChildren("/storm")
		if err != nil {
			return err
		}
		point.Lost = max(point.Lost, st.sessions-alive) // a session that expired early has no ephemeral
		b.record(st.round, point)
	}
	if err := st.leave(ctx, observer, "leave by close", func() error { return leave(ctx, st.pool) }); err != nil {
		return err
	}
	if err := st.join(ctx); err != nil {
		return err
	}
	if err := st.leave(ctx, observer, "leave by vanishing", st.pool.Close); err != nil {
		return err
	}
	return observer.Close()
}

func (st *storm) point(op string, target report.Target) report.Point {
	return report.Point{Scenario: "storm", Op: op, Shape: shape{st.sessions, 1}.String(), Target: target}
}

// join opens the sessions, each of which makes its ephemeral at once.
func (st *storm) join(ctx context.Context) (err error) {
	if st.pool, err = load.New(st.server.Addr, st.sessions, st.timeout); err != nil {
		return err
	}
	st.pool.Start(1, func(i int) load.Program { return &count{template: stormJoin, next: i, end: i + 1} })
	began := time.Now()
	st.joined, err = measure(st.pool, st.server, st.point("join", report.Target{Ratio: 1, Whole: true}), func() error {
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return errors.Join(st.pool.Connect(limited), st.pool.Wait(limited))
	})
	if err != nil {
		return err
	}
	st.joined.Took, st.joined.Rate = time.Since(began), 0
	return nil
}

// work reads four times out of five and writes the fifth, with pauses of think
// on average.
func (st *storm) work(ctx context.Context, op string, think, d time.Duration) (report.Point, error) {
	target := report.Target{P99: true, Whole: true}
	if think == 0 {
		target.Ratio = 1
	}
	return st.steady(ctx, st.pool, st.server, st.point(op, target), 1, func(i int) load.Program {
		p := pick{template: crudGet, other: crudSet, every: 5, size: crudNodes, random: seeded(i)}
		if think == 0 {
			return &p
		}
		return &thinker{pick: p, think: think}
	}, d)
}

// thinker is a pick that pauses before each request.
type thinker struct {
	pick
	think   time.Duration
	thought bool
}

func (p *thinker) Next(dst []byte, xid int32) ([]byte, time.Duration) {
	if p.thought = !p.thought; p.thought {
		return dst, p.think/2 + time.Duration(p.random.next()>>8%uint64(p.think))
	}
	return p.pick.Next(dst, xid)
}

// leave measures the time until the last ephemeral is gone.
func (st *storm) leave(ctx context.Context, observer *load.Control, op string, leave func() error) error {
	alive, err := observer.NumChildren("/storm")
	if err != nil {
		return err
	}
	point := st.point(op, report.Target{Whole: true})
	point.Server, point.Lost = st.server.Name, st.sessions-alive
	began := time.Now()
	left := make(chan error, 1)
	go func() { left <- leave() }()
	var first time.Duration
	for n := alive; n > 0; {
		if err := sleep(ctx, 2*time.Millisecond); err != nil {
			return errors.Join(err, <-left)
		}
		if n, err = observer.NumChildren("/storm"); err != nil {
			return errors.Join(err, <-left)
		}
		if point.Took = time.Since(began); point.Took > patience {
			return errors.Join(fmt.Errorf("%d ephemerals are still there after %v", n, patience), <-left)
		}
		if n < alive && first == 0 {
			first = point.Took
		}
	}
	if err := <-left; err != nil {
		return err
	}
	usage, err := st.server.Usage()
	if err != nil {
		return err
	}
	point.RSS, point.More = usage.RSS, map[string]float64{"first gone ms": float64(first.Milliseconds())}
	st.record(st.round, point)
	return nil
}
