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

// Growth returns the scenarios that show how throughput and memory change with
// one size at a time. They have one round and no targets.
func Growth() []Scenario {
	series := func(name string, turn func(*growth) error) Scenario {
		return Scenario{name, func(ctx context.Context, b *Bench) error {
			once := *b
			once.Rounds = 1
			prepare := func(ctx context.Context, s *server.Server) error {
				if err := once.prepareCrud(ctx, s); err != nil {
					return err
				}
				return once.settle(s, func(note func(op string, rate float64)) error {
					return once.crud(ctx, s, shape{16, 32}, warmTime/2, func(p report.Point) { note(p.Op, p.Rate) })
				})
			}
			return once.rounds(ctx, b.peers(), prepare, func(ctx context.Context, s *server.Server, _ int) error {
				return turn(&growth{Bench: &once, ctx: ctx, server: s, name: name})
			})
		}}
	}
	return []Scenario{
		series("growth: connections", growConnections),
		series("growth: window", growWindow),
		series("growth: bytes of data", growData),
		series("growth: watches", growWatches),
		series("growth: znodes", growZnodes),
		series("growth: idle sessions", growIdle),
	}
}

// growth is one server's turn in one series.
type growth struct {
	*Bench
	ctx    context.Context
	server *server.Server
	name   string
}

// getAndSet measures both at a point of the series.
func (g *growth) getAndSet(at string, shape shape, get, set func(i int) load.Program) error {
	for _, op := range []struct {
		name    string
		program func(i int) load.Program
	}{{"get", get}, {"set", set}} {
		pool, err := open(g.ctx, g.server, shape.sessions, sessionTimeout)
		if err != nil {
			return err
		}
		point := report.Point{Scenario: g.name, Op: op.name + ", " + at, Shape: shape.String()}
		point, err = g.steady(g.ctx, pool, g.server, point, shape.window, op.program, g.Time)
		if err = errors.Join(err, leave(g.ctx, pool)); err != nil {
			return err
		}
		g.record(0, point)
	}
	return nil
}

func picking(template *load.Template, size uint64) func(i int) load.Program {
	return func(i int) load.Program { return &pick{template: template, size: size, random: seeded(i)} }
}

func growConnections(g *growth) error {
	for _, n := range g.sizes(1, 10, 100, 1000, 3000, 10_000) {
		err := g.getAndSet(fmt.Sprintf("%d connections", n), shape{n, 1}, picking(crudGet, crudNodes), picking(crudSet, crudNodes))
		if err != nil {
			return err
		}
	}
	return nil
}

// growWindow: what is under way on a connection is what a server can answer, and
// write, in one go.
func growWindow(g *growth) error {
	for _, n := range g.sizes(1, 4, 16, 64, 256) {
		err := g.getAndSet(fmt.Sprintf("window %d", n), shape{16, n}, picking(crudGet, crudNodes), picking(crudSet, crudNodes))
		if err != nil {
			return err
		}
	}
	return nil
}

func growData(g *growth) error {
	const nodes = 16
	for _, n := range g.sizes(100, 1000, 10_000, 100_000, 900_000) {
		path, data := fmt.Sprintf("/data-%d-%s", n, load.Digits), make([]byte, n)
		if err := g.create(g.ctx, g.server, load.Create(path, nil, znode.ModePersistent), nodes); err != nil {
			return err
		}
		set := load.Set(path, data)
		if _, err := g.bulk(g.ctx, g.server, report.Point{}, shape{4, 1}, set, nodes); err != nil {
			return err
		}
		if err := g.getAndSet(fmt.Sprintf("%d bytes", n), shape{nodes, 1}, picking(load.Get(path, false), nodes), picking(set, nodes)); err != nil {
			return err
		}
	}
	return nil
}

// growWatches: a thousand sessions have more and more watches, none of which fires.
func growWatches(g *growth) (err error) {
	const sessions = 1000
	pool, err := open(g.ctx, g.server, sessions, 40*time.Second)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave(g.ctx, pool)) }()
	watch := load.Get("/watched-"+load.Digits, true)
	if err := g.create(g.ctx, g.server, load.Create("/watched-"+load.Digits, nil, znode.ModePersistent), 1000); err != nil {
		return err
	}
	have := 0
	for _, n := range g.sizes(0, 1000, 10_000, 100_000, 500_000) {
		each := n / sessions
		pool.Start(min(32, max(1, each)), func(int) load.Program { return &count{template: watch, next: have, end: each} })
		limited, cancel := context.WithTimeout(g.ctx, patience)
		err := pool.Wait(limited)
		cancel()
		if err != nil {
			return err
		}
		have = each
		if err = g.getAndSet(fmt.Sprintf("%d watches", n), shape{16, 1}, picking(crudGet, crudNodes), picking(crudSet, crudNodes)); err != nil {
			return err
		}
	}
	return nil
}

// growZnodes: ten thousand znodes of 100 bytes under each parent.
func growZnodes(g *growth) error {
	const block = 10_000
	at := func(i int) string { return fmt.Sprintf("/block-%d", i) }
	blocks := 0
	for _, n := range g.sizes(1, 10, 30, 100) {
		for ; blocks < n; blocks++ {
			control, err := load.Dial(g.ctx, g.server.Addr)
			if err != nil {
				return err
			}
			if err := errors.Join(control.Create(at(blocks), nil), control.Close()); err != nil {
				return err
			}
			if err := g.create(g.ctx, g.server, load.Create(at(blocks)+"/"+load.Digits, make([]byte, 100), znode.ModePersistent), block); err != nil {
				return err
			}
		}
		spread := func(template func(path string) *load.Template) func(i int) load.Program {
			return func(i int) load.Program {
				return &pick{template: template(at(i*blocks/16) + "/" + load.Digits), size: block, random: seeded(i)}
			}
		}
		err := g.getAndSet(fmt.Sprintf("%d znodes", blocks*block), shape{16, 1},
			spread(func(path string) *load.Template { return load.Get(path, false) }),
			spread(func(path string) *load.Template { return load.Set(path, make([]byte, 100)) }))
		if err != nil {
			return err
		}
	}
	return nil
}

// growIdle: sessions that do nothing but ping, three times in their timeout.
func growIdle(g *growth) error {
	const timeout = 10 * time.Second
	wait := 4 * max(g.Time, timeout/4)
	for _, n := range g.sizes(1, 1000, 3000, 10_000) {
		pool, err := open(g.ctx, g.server, n, timeout)
		if err != nil {
			return err
		}
		pool.Start(1, func(i int) load.Program {
			return &pinger{every: timeout / 3, first: time.Duration(i) * timeout / 3 / time.Duration(n)}
		})
		before, err := g.server.Usage()
		if err != nil {
			return err
		}
		point := report.Point{Scenario: g.name, Op: fmt.Sprintf("%d sessions ping", n), Shape: shape{n, 1}.String()}
		point, err = measure(pool, g.server, point, func() error { return sleep(g.ctx, wait) })
		after, err2 := g.server.Usage()
		limited, cancel := context.WithTimeout(g.ctx, patience)
		err = errors.Join(err, err2, pool.Stop(limited), leave(limited, pool))
		cancel()
		if err != nil {
			return err
		}
		point.More = map[string]float64{"% of a core": float64((after.CPU - before.CPU).Milliseconds()) / 10 / wait.Seconds()}
		g.record(0, point)
	}
	return nil
}

// pinger pings for ever.
type pinger struct {
	load.Sender
	first, every time.Duration
	pause        bool
}

var ping = load.Ping()

func (p *pinger) Next(dst []byte, _ int32) ([]byte, time.Duration) {
	if p.first > 0 {
		first := p.first
		p.first = 0
		return dst, first
	}
	if p.pause = !p.pause; p.pause {
		return ping.Append(dst, load.PingXid, 0), load.Now
	}
	return dst, p.every
}

// sizes leaves the greater half out where there is little time.
func (b *Bench) sizes(all ...int) []int {
	if b.Smoke {
		return all[:(len(all)+1)/2]
	}
	return all
}
