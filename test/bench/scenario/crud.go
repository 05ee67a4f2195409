package scenario

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hquorum/hquorum/shim/znode"
	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
)

const (
	crudNodes   = 10_000     // that are read and set
	crudParents = 16         // with a hundred children each
	perSession  = 10_000_000 // numbers of the znodes that a session creates
)

// shape is how many connections there are, and how many requests are under way
// on each.
type shape struct{ sessions, window int }

func (s shape) String() string { return fmt.Sprintf("%d×%d", s.sessions, s.window) }

// The templates of crud: znodes with 100 bytes of data.
var (
	crudCreate   = load.Create("/crud/new/"+load.Digits, make([]byte, 100), znode.ModePersistent)
	crudDelete   = load.Delete("/crud/new/" + load.Digits)
	crudSet      = load.Set("/crud/node/"+load.Digits, make([]byte, 100))
	crudGet      = load.Get("/crud/node/"+load.Digits, false)
	crudExists   = load.Exists("/crud/node/" + load.Digits)
	crudChildren = load.Children("/crud/parent"+load.Digits, false)
)

// Crud is each operation for itself: connections that do nothing else, and have
// the next request on its way as soon as one is answered.
func Crud(ctx context.Context, b *Bench) error {
	shapes := []shape{{1, 1}, {16, 1}, {256, 1}, {16, 32}}
	if b.Smoke {
		shapes = []shape{{1, 1}, {256, 1}, {16, 32}}
	}
	prepare := func(ctx context.Context, s *server.Server) error {
		if err := b.prepareCrud(ctx, s); err != nil {
			return err
		}
		return b.settle(s, func(note func(op string, rate float64)) error {
			return b.crud(ctx, s, shape{16, 32}, warmTime, func(p report.Point) { note(p.Op, p.Rate) })
		})
	}
	shapes = slices.DeleteFunc(shapes, func(s shape) bool { return !matches(b.Shapes, s.String()) })
	return b.rounds(ctx, b.withLimit(), prepare, func(ctx context.Context, s *server.Server, round int) error {
		for _, shape := range shapes {
			if err := b.crud(ctx, s, shape, b.Time, func(p report.Point) { b.record(round, p) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *Bench) prepareCrud(ctx context.Context, s *server.Server) error {
	control, err := load.Dial(ctx, s.Addr)
	if err != nil {
		return err
	}
	for _, path := range []string{"/crud", "/crud/new", "/crud/node"} {
		err = errors.Join(err, control.Create(path, nil))
	}
	if err = errors.Join(err, control.Close()); err != nil {
		return err
	}
	if err := b.create(ctx, s, load.Create("/crud/node/"+load.Digits, make([]byte, 100), znode.ModePersistent), crudNodes); err != nil {
		return err
	}
	if err := b.create(ctx, s, load.Create("/crud/parent"+load.Digits, nil, znode.ModePersistent), crudParents); err != nil {
		return err
	}
	for i := range crudParents {
		parent := fmt.Sprintf("/crud/parent%0*d/", len(load.Digits), i)
		if err := b.create(ctx, s, load.Create(parent+load.Digits, nil, znode.ModePersistent), 100); err != nil {
			return err
		}
	}
	return nil
}

// crud measures every operation with one shape.
func (b *Bench) crud(ctx context.Context, s *server.Server, shape shape, d time.Duration, record func(report.Point)) error {
	pool, err := open(ctx, s, shape.sessions, sessionTimeout)
	if err != nil {
		return err
	}
	created, deleted := make([]*count, shape.sessions), make([]*count, shape.sessions)
	creating := func(i int) load.Program {
		created[i] = &count{template: crudCreate, next: i * perSession, end: math.MaxInt}
		return created[i]
	}
	deleting := func(i int) load.Program {
		deleted[i] = &count{template: crudDelete, next: i * perSession, end: created[i].next}
		return deleted[i]
	}
	for _, op := range []struct {
		name    string
		write   bool
		program func(i int) load.Program
	}{
		{"create", true, creating},
		{"set", true, picking(crudSet, crudNodes)},
		{"get", false, picking(crudGet, crudNodes)},
		{"exists", false, picking(crudExists, crudNodes)},
		{"children", false, picking(crudChildren, crudParents)},
		{"delete", true, deleting},
	} {
		needed := op.name == "create" && matches(b.Ops, "delete")
		if !needed && !matches(b.Ops, op.name) {
			continue
		}
		point := report.Point{Scenario: "crud", Op: op.name, Shape: shape.String(), Target: crudTarget(shape, op.write)}
		point, err := b.steady(ctx, pool, s, point, shape.window, op.program, d)
		if err != nil {
			return err
		}
		record(point)
	}
	if created[0] != nil { // what is left of them
		pool.Start(shape.window, func(i int) load.Program {
			if deleted[i] == nil {
				return deleting(i)
			}
			return deleted[i]
		})
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := pool.Wait(limited); err != nil {
			return err
		}
	}
	return leave(ctx, pool)
}

// crudTarget: reads twice as fast and eight times when pipelined, writes 1.3
// times with many under way and not slower with few.
func crudTarget(s shape, write bool) report.Target {
	t := report.Target{Ratio: 2, P99: true, CPU: true, Whole: true}
	many := s.sessions*s.window >= 256
	switch {
	case write && many:
		t.Ratio = 1.3
	case write:
		t.Ratio = 1
	case s.window > 1:
		t.Ratio = 8
	}
	return t
}
