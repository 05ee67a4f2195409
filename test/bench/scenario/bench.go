package scenario

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
	"github.com/hquorum/hquorum/test/peer"
)

// Bench is how scenarios are run.
type Bench struct {
	Rounds int
	Time   time.Duration // of each measurement
	Smoke  bool          // fewer shapes and smaller numbers
	Quiet  time.Duration // how long to wait, before each turn, for others to let go of the machine
	Limit  bool          // measure the physical limit as well
	// Servers to run; Ops and Shapes bound what crud does with them. nil is all.
	Servers     []server.Name
	Ops, Shapes *regexp.Regexp
	Profiles    string        // directory for a CPU profile of each of hquorum's points; empty: none
	Say         peer.Progress // progress, for people who wait
	Record      func(report.Point)
}

// Scenario is one thing to do.
type Scenario struct {
	Name string
	Run  func(context.Context, *Bench) error
}

const (
	sessionTimeout = 30 * time.Second
	patience       = time.Minute // for what must come to an end
	noisy          = 0.1         // share of the machine that others use
	warmTime       = 700 * time.Millisecond
)

func (b *Bench) say(format string, args ...any) { b.Say(fmt.Sprintf(format, args...)) }

// rounds starts the servers, prepares each, and calls turn for each of them in
// each round, with the others stopped.
func (b *Bench) rounds(ctx context.Context, names []server.Name, prepare func(context.Context, *server.Server) error, turn func(ctx context.Context, s *server.Server, round int) error) (err error) {
	var servers []*server.Server
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.Stop())
		}
	}()
	for _, name := range names {
		s, err := server.Start(ctx, name, b.Profiles != "", b.Say)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		b.say("%s is warming up", name)
		if err := errors.Join(prepare(ctx, s), s.Pause()); err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
	}
	for round := range b.Rounds {
		for _, s := range servers {
			if busy, err := server.AwaitQuiet(ctx, b.Quiet); err != nil {
				return err
			} else if busy > noisy {
				b.say("others use %.0f %% of this machine; the figures will tell more about them", 100*busy)
			}
			if err := s.Resume(ctx); err != nil {
				return err
			}
			if err := turn(ctx, s, round); err != nil {
				return fmt.Errorf("%s, round %d: %w", s.Name, round+1, err)
			}
			if err := s.Pause(); err != nil {
				return err
			}
		}
		slices.Reverse(servers)
	}
	return nil
}

// settle repeats step until no rate that it notes rises by much any more, or for
// a while. A JVM needs that; the others get the same.
func (b *Bench) settle(s *server.Server, step func(note func(op string, rate float64)) error) error {
	const least, most, small = 4, 12, 0.05
	last := map[string]float64{}
	for n := 1; n <= most; n++ {
		rise, line := 0.0, ""
		err := step(func(op string, rate float64) {
			rise = max(rise, rate/last[op]-1)
			last[op] = rate
			line += fmt.Sprintf("  %s %.0f/s", op, rate)
		})
		if err != nil {
			return err
		}
		b.say("%s warm-up %d: %s", s.Name, n, line)
		if b.Smoke || n >= least && rise < small {
			break
		}
	}
	return nil
}

// record hands a point over and shows it.
func (b *Bench) record(round int, p report.Point) {
	p.Round = round
	result := fmt.Sprintf("%.0f/s", p.Rate)
	if p.Took > 0 {
		result = p.Took.Round(10 * time.Microsecond).String()
	}
	b.say("round %d  %-9s %-8s %-20s %-7s %10s  p50 %v  p99 %v  CPU %v/op, generator %v/op, others %.0f %%",
		round+1, p.Server, p.Scenario, p.Op, p.Shape, result, p.P50.Round(time.Microsecond), p.P99.Round(time.Microsecond),
		p.CPU.Round(10*time.Nanosecond), p.GeneratorCPU.Round(10*time.Nanosecond), 100*p.Others)
	b.Record(p)
}

// peers are the servers of a scenario that needs a real tree.
func (b *Bench) peers() []server.Name { return b.chosen(server.Hquorum, server.ZooKeeper) }

// withLimit are the servers of a scenario that the limit can answer.
func (b *Bench) withLimit() []server.Name {
	if b.Limit {
		return b.chosen(server.Hquorum, server.ZooKeeper, server.Limit)
	}
	return b.peers()
}

func (b *Bench) chosen(names ...server.Name) []server.Name {
	return slices.DeleteFunc(names, func(n server.Name) bool { return b.Servers != nil && !slices.Contains(b.Servers, n) })
}

func matches(pattern *regexp.Regexp, s string) bool { return pattern == nil || pattern.MatchString(s) }

// measure fills a point with what pool and server do until until returns.
func measure(pool *load.Pool, s *server.Server, point report.Point, until func() error) (report.Point, error) {
	before, err := take(s)
	if err != nil {
		return point, err
	}
	pool.Reset()
	err = until()
	sample := pool.Sample()
	after, err2 := take(s)
	if err = errors.Join(err, err2); err != nil {
		return point, err
	}
	point.Server = s.Name
	point.Others = server.Share(after.others()-before.others(), sample.Elapsed)
	point.P50, point.P99 = sample.Latency.Quantile(0.5), sample.Latency.Quantile(0.99)
	if n := time.Duration(sample.Latency.Count()); n > 0 {
		point.Rate = sample.Rate()
		point.CPU, point.GeneratorCPU = (after.server.CPU-before.server.CPU)/n, (after.own.CPU-before.own.CPU)/n
	}
	point.RSS, point.Failed, point.Lost = after.server.RSS, sample.Failed, sample.Lost
	return point, nil
}

// steady measures programs that go on for ever for a time d, or until the first
// of them is over, and then stops them.
func (b *Bench) steady(ctx context.Context, pool *load.Pool, s *server.Server, point report.Point, window int, program func(i int) load.Program, d time.Duration) (report.Point, error) {
	pool.Start(window, program)
	if err := sleep(ctx, d/8); err != nil {
		return point, err
	}
	profiled := b.profile(ctx, s, point, d)
	point, err := measure(pool, s, point, func() error {
		limited, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		_ = pool.WaitFirst(limited) // most never are
		return ctx.Err()
	})
	if err = errors.Join(err, profiled()); err != nil {
		return point, err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return point, pool.Stop(limited)
}

// profile starts a CPU profile of a time d, if one is wanted; the function that it
// returns waits for it.
func (b *Bench) profile(ctx context.Context, s *server.Server, point report.Point, d time.Duration) func() error {
	if b.Profiles == "" || s.Name != server.Hquorum || d < time.Second {
		return func() error { return nil }
	}
	name := strings.NewReplacer("/", "-", " ", "-").Replace(fmt.Sprintf("%s-%s-%s.pprof", point.Scenario, point.Op, point.Shape))
	done := make(chan error, 1)
	go func() { done <- s.Profile(ctx, filepath.Join(b.Profiles, name), d) }()
	return func() error { return <-done }
}

// usages is what everybody has used up to a moment.
type usages struct {
	server, own server.Usage
	machine     time.Duration
}

// others is what neither the server nor the load generator used.
func (u usages) others() time.Duration { return u.machine - u.server.CPU - u.own.CPU }

func take(s *server.Server) (u usages, err error) {
	var errs [3]error
	u.server, errs[0] = s.Usage()
	u.own, errs[1] = server.Own()
	u.machine, errs[2] = server.Busy()
	return u, errors.Join(errs[:]...)
}

// open opens a pool of connected sessions.
func open(ctx context.Context, s *server.Server, sessions int, timeout time.Duration) (*load.Pool, error) {
	pool, err := load.New(s.Addr, sessions, timeout)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := pool.Connect(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if lost := pool.Sample().Lost; lost > 0 {
		return nil, errors.Join(fmt.Errorf("%d of %d connections failed", lost, sessions), pool.Close())
	}
	return pool, nil
}

// leave closes a pool's sessions and then the pool.
func leave(ctx context.Context, pool *load.Pool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return errors.Join(pool.CloseSessions(ctx), pool.Close())
}

// sleep waits, less if ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
