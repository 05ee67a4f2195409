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

const treeWide = 10_000 // children of one znode

// Tree is a large tree: how long it takes to load, what the server needs for
// it, and reading from it, long lists among it.
func Tree(ctx context.Context, b *Bench) error {
	size := 100_000
	if b.Smoke {
		size = 30_000
	}
	prepare := func(ctx context.Context, s *server.Server) error {
		return b.settle(s, func(note func(op string, rate float64)) error {
			return b.tree(ctx, s, size/2, warmTime, func(p report.Point) {
				if p.Took == 0 {
					note(p.Op, p.Rate)
				} else {
					note(p.Op, float64(size/2)/p.Took.Seconds())
				}
			})
		})
	}
	return b.rounds(ctx, b.peers(), prepare, func(ctx context.Context, s *server.Server, round int) error {
		return b.tree(ctx, s, size, b.Time, func(p report.Point) { b.record(round, p) })
	})
}

// tree loads, reads, and takes everything away again.
func (b *Bench) tree(ctx context.Context, s *server.Server, size int, d time.Duration, record func(report.Point)) error {
	control, err := load.Dial(ctx, s.Addr)
	if err != nil {
		return err
	}
	if err := errors.Join(control.Create("/tree", nil), control.Create("/wide", nil), control.Close()); err != nil {
		return err
	}
	const path, wide = "/tree/" + load.Digits, "/wide/" + load.Digits
	loading := shape{16, 32}
	loaded, err := b.bulk(ctx, s, report.Point{
		Scenario: "tree", Op: fmt.Sprintf("load %d", size), Shape: loading.String(),
		Target: report.Target{Ratio: 1, P99: true, CPU: true, Memory: true, Whole: true},
	}, loading, load.Create(path, make([]byte, 100), znode.ModePersistent), size)
	if err != nil {
		return err
	}
	record(loaded)
	if err := b.create(ctx, s, load.Create(wide, nil, znode.ModePersistent), treeWide); err != nil {
		return err
	}
	for _, read := range []struct {
		op       string
		shape    shape
		template *load.Template
	}{
		{fmt.Sprintf("children(%d)", treeWide), shape{1, 1}, load.Children("/wide", false)},
		{fmt.Sprintf("children(%d)", treeWide), shape{16, 1}, load.Children("/wide", false)},
		{"get", shape{16, 1}, load.Get(path, false)},
	} {
		pool, err := open(ctx, s, read.shape.sessions, sessionTimeout)
		if err != nil {
			return err
		}
		point := report.Point{
			Scenario: "tree", Op: read.op, Shape: read.shape.String(),
			Target: report.Target{Ratio: 2, P99: true, CPU: true, Whole: true},
		}
		point, err = b.steady(ctx, pool, s, point, read.shape.window, func(i int) load.Program {
			return &pick{template: read.template, size: uint64(size), random: seeded(i)}
		}, d)
		if err = errors.Join(err, leave(ctx, pool)); err != nil {
			return err
		}
		record(point)
	}
	for _, deleting := range []struct {
		path string
		size int
	}{{path, size}, {wide, treeWide}} {
		if _, err := b.bulk(ctx, s, report.Point{}, loading, load.Delete(deleting.path), deleting.size); err != nil {
			return err
		}
	}
	control, err = load.Dial(ctx, s.Addr)
	if err != nil {
		return err
	}
	return errors.Join(control.Delete("/tree"), control.Delete("/wide"), control.Close())
}

// bulk sends a template with the numbers below size, and measures how long all
// of it takes.
func (b *Bench) bulk(ctx context.Context, s *server.Server, point report.Point, shape shape, template *load.Template, size int) (report.Point, error) {
	pool, err := open(ctx, s, shape.sessions, sessionTimeout)
	if err != nil {
		return point, err
	}
	each := (size + shape.sessions - 1) / shape.sessions
	began := time.Now()
	point, err = measure(pool, s, point, func() error {
		pool.Start(shape.window, func(i int) load.Program {
			return &count{template: template, next: i * each, end: min(size, (i+1)*each)}
		})
		limited, cancel := context.WithTimeout(ctx, 10*patience)
		defer cancel()
		return pool.Wait(limited)
	})
	point.Took, point.Rate = time.Since(began), 0
	return point, errors.Join(err, leave(ctx, pool))
}
