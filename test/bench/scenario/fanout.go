package scenario

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hquorum/hquorum/test/bench/histogram"
	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
)

// Fanout is a thousand clients that watch the data of one znode, and the time
// from a write until the last of them knows.
func Fanout(ctx context.Context, b *Bench) error {
	const watchers = 1000
	sets := 30
	if b.Smoke {
		sets = 5
	}
	prepare := func(ctx context.Context, s *server.Server) error {
		control, err := load.Dial(ctx, s.Addr)
		if err != nil {
			return err
		}
		if err := errors.Join(control.Create("/watched", make([]byte, 100)), control.Close()); err != nil {
			return err
		}
		return b.settle(s, func(note func(op string, rate float64)) error {
			point, err := b.fanout(ctx, s, watchers, sets)
			note("fan-outs", 1/point.Took.Seconds())
			return err
		})
	}
	return b.rounds(ctx, b.peers(), prepare, func(ctx context.Context, s *server.Server, round int) error {
		point, err := b.fanout(ctx, s, watchers, sets)
		if err == nil {
			b.record(round, point)
		}
		return err
	})
}

// told gathers when each watcher got its event.
type told struct {
	remaining atomic.Int64
	all       chan time.Time // 1; when the last one did
}

// watcher reads once, with a watch, and tells when it fires.
type watcher struct {
	count
	told *told
	at   time.Time
}

func (w *watcher) Event() {
	w.at = time.Now()
	if w.told.remaining.Add(-1) == 0 {
		w.told.all <- w.at
	}
}

func (b *Bench) fanout(ctx context.Context, s *server.Server, watchers, sets int) (report.Point, error) {
	point := report.Point{
		Scenario: "fan-out", Op: "set to last event", Shape: shape{watchers, 1}.String(),
		Target: report.Target{Ratio: 1, P99: true, CPU: true, Whole: true},
	}
	control, err := load.Dial(ctx, s.Addr)
	if err != nil {
		return point, err
	}
	pool, err := open(ctx, s, watchers, sessionTimeout)
	if err != nil {
		return point, err
	}
	var events histogram.Histogram
	var lasts []time.Duration
	get := load.Get("/watched", true)
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	point, err = measure(pool, s, point, func() error {
		for range sets {
			round := &told{all: make(chan time.Time, 1)}
			round.remaining.Store(int64(watchers))
			armed := make([]*watcher, watchers)
			pool.Start(1, func(i int) load.Program {
				armed[i] = &watcher{count: count{template: get, end: 1}, told: round}
				return armed[i]
			})
			if err := pool.Wait(limited); err != nil {
				return err
			}
			began := time.Now()
			if err := control.Set("/watched", make([]byte, 100)); err != nil {
				return err
			}
			select {
			case last := <-round.all:
				lasts = append(lasts, last.Sub(began))
			case <-limited.Done():
				return errors.Join(errors.New("not every watcher got its event"), limited.Err())
			}
			for _, w := range armed {
				events.Record(w.at.Sub(began))
			}
		}
		return nil
	})
	if err != nil {
		return point, err
	}
	slices.Sort(lasts)
	point.Rate, point.Took = 0, lasts[len(lasts)/2]
	point.P50, point.P99 = events.Quantile(0.5), events.Quantile(0.99)
	point.More = map[string]float64{"slowest set ms": float64(lasts[len(lasts)-1].Milliseconds())}
	return point, errors.Join(control.Close(), leave(ctx, pool))
}
