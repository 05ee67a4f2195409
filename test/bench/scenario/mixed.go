package scenario

import (
	"context"
	"time"

	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
)

// Mixed is many connections that read nine times out of ten and write the tenth.
func Mixed(ctx context.Context, b *Bench) error {
	shapes := []shape{{64, 1}, {1000, 1}}
	prepare := func(ctx context.Context, s *server.Server) error {
		if err := b.prepareCrud(ctx, s); err != nil {
			return err
		}
		return b.settle(s, func(note func(op string, rate float64)) error {
			point, err := b.mixed(ctx, s, shapes[0], warmTime)
			note("90/10", point.Rate)
			return err
		})
	}
	return b.rounds(ctx, b.withLimit(), prepare, func(ctx context.Context, s *server.Server, round int) error {
		for _, shape := range shapes {
			point, err := b.mixed(ctx, s, shape, b.Time)
			if err != nil {
				return err
			}
			b.record(round, point)
		}
		return nil
	})
}

func (b *Bench) mixed(ctx context.Context, s *server.Server, shape shape, d time.Duration) (report.Point, error) {
	point := report.Point{
		Scenario: "mixed", Op: "90/10", Shape: shape.String(),
		Target: report.Target{Ratio: 1, P99: true, CPU: true, Whole: true},
	}
	pool, err := open(ctx, s, shape.sessions, sessionTimeout)
	if err != nil {
		return point, err
	}
	program := func(i int) load.Program {
		return &pick{template: crudGet, other: crudSet, every: 10, size: crudNodes, random: seeded(i)}
	}
	if point, err = b.steady(ctx, pool, s, point, shape.window, program, d); err != nil {
		return point, err
	}
	return point, leave(ctx, pool)
}
