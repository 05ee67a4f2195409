package scenario

import (
	"context"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/hquorum/hquorum/shim/znode"
	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
)

// Joins is a cluster that starts: two hundred region servers make their
// ephemerals under a parent that a thousand clients watch, each of which reads
// the list again whenever it changes.
func Joins(ctx context.Context, b *Bench) error {
	const watchers, joiners = 1000, 200
	prepare := func(ctx context.Context, s *server.Server) error {
		control, err := load.Dial(ctx, s.Addr)
		if err != nil {
			return err
		}
		if err := errors.Join(control.Create("/rs", nil), control.Close()); err != nil {
			return err
		}
		return b.settle(s, func(note func(op string, rate float64)) error {
			point, err := b.joins(ctx, s, watchers, joiners)
			note("storms", 1/point.Took.Seconds())
			return err
		})
	}
	return b.rounds(ctx, b.peers(), prepare, func(ctx context.Context, s *server.Server, round int) error {
		point, err := b.joins(ctx, s, watchers, joiners)
		if err == nil {
			b.record(round, point)
		}
		return err
	})
}

// rereader lists the children, with a watch, after each event, until it has seen
// so many of them as there will be.
type rereader struct {
	list  *load.Template
	want  uint32
	stale bool
	saw   bool
	armed *atomic.Int64
}

func (r *rereader) Next(dst []byte, xid int32) ([]byte, time.Duration) {
	switch {
	case r.saw:
		return dst, load.Done
	case !r.stale:
		return dst, load.Idle
	}
	r.stale = false
	return r.list.Append(dst, xid, 0), load.Now
}

func (r *rereader) Reply(code int32, body []byte) {
	r.saw = code == 0 && binary.BigEndian.Uint32(body) >= r.want
	r.armed.Add(1)
}

func (r *rereader) Event() { r.stale = true }

func (b *Bench) joins(ctx context.Context, s *server.Server, watchers, joiners int) (report.Point, error) {
	point := report.Point{
		Scenario: "joins", Op: "until all saw all", Shape: shape{watchers, 1}.String(),
		Target: report.Target{Ratio: 1, P99: true, CPU: true, Whole: true},
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	watching, err := open(limited, s, watchers, sessionTimeout)
	if err != nil {
		return point, err
	}
	joining, err := load.New(s.Addr, joiners, sessionTimeout)
	if err != nil {
		return point, err
	}
	var armed atomic.Int64
	list := load.Children("/rs", true)
	watching.Start(1, func(int) load.Program {
		return &rereader{list: list, want: uint32(joiners), stale: true, armed: &armed}
	})
	for armed.Load() < int64(watchers) {
		if err := sleep(limited, time.Millisecond); err != nil {
			return point, err
		}
	}
	join := load.Create("/rs/server-"+load.Digits, make([]byte, 100), znode.ModeEphemeral)
	joining.Start(1, func(i int) load.Program { return &count{template: join, next: i, end: i + 1} })
	began := time.Now()
	var joined time.Duration
	point, err = measure(watching, s, point, func() error {
		if err := errors.Join(joining.Connect(limited), joining.Wait(limited)); err != nil {
			return err
		}
		joined = time.Since(began)
		return watching.Wait(limited)
	})
	if err != nil {
		return point, err
	}
	point.Took = time.Since(began)
	point.More = map[string]float64{
		"joined ms": float64(joined.Milliseconds()), "lists read": float64(armed.Load() - int64(watchers)),
	}
	point.Rate = 0
	lost := joining.Sample()
	point.Failed, point.Lost = point.Failed+lost.Failed, point.Lost+lost.Lost
	return point, errors.Join(leave(ctx, joining), leave(ctx, watching))
}
