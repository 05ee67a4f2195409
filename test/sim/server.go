package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/test/sim/judge"
)

const prefix = "/hquorum/"

// server is a shim that is killed and started again.
type server struct {
	w    *world
	name string
	rng  *rand.Rand

	mu      sync.Mutex
	lives   int
	current *process // nil: down
}

// process is one life of a server.
type process struct {
	name     string
	gate     *gate
	listener *listener
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu    sync.Mutex
	links []*link
	shim  *shim.Server
}

// start begins a life; it serves a moment later.
func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lives++
	p := &process{name: fmt.Sprintf("%s.%d", s.name, s.lives), listener: newListener()}
	p.gate = &gate{w: s.w, process: p.name, faults: &faults{rng: rand.New(rand.NewPCG(s.rng.Uint64(), s.rng.Uint64())), world: &s.w.rough}}
	p.gate.Store = s.w.server.Open(prefix, p.gate.faults.hook)
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	s.current = p
	c := s.w.config
	c.ID, c.Log = s.name, s.w.log.With().Str("server", p.name).Logger()
	p.running.Go(func() { p.run(ctx, c, s.w.wrap(p.gate)) })
}

func (p *process) run(ctx context.Context, c shim.Config, st store.Store) {
	for ctx.Err() == nil {
		srv, err := shim.New(ctx, c, st)
		if err != nil {
			sleep(ctx, 100*time.Millisecond)
			continue
		}
		p.gate.loaded()
		p.mu.Lock()
		p.shim = srv
		p.mu.Unlock()
		if ctx.Err() == nil {
			_ = srv.Serve(p.listener)
		}
		<-ctx.Done()
		_ = srv.Close()
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// kill ends the server's life without warning: its clients lose it, and nothing
// that it still does reaches the store.
func (s *server) kill() {
	s.mu.Lock()
	p := s.current
	s.current = nil
	s.mu.Unlock()
	if p == nil {
		return
	}
	p.gate.die()
	p.mu.Lock()
	for _, l := range p.links {
		l.cut()
	}
	p.mu.Unlock()
	p.stop()
}

func (p *process) stop() {
	_ = p.listener.Close()
	p.cancel()
	p.running.Wait()
	_ = p.gate.Close()
}

// drain ends the server's life orderly.
func (s *server) drain() {
	s.mu.Lock()
	p := s.current
	s.current = nil
	s.mu.Unlock()
	if p == nil {
		return
	}
	p.mu.Lock()
	srv := p.shim
	p.mu.Unlock()
	if srv != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_ = srv.Drain(ctx)
		cancel()
	}
	p.stop()
}

// up reports whether the server takes clients.
func (s *server) up() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return false
	}
	s.current.mu.Lock()
	defer s.current.mu.Unlock()
	return s.current.shim != nil
}

// connect returns a new link to the server and the name of its life.
func (s *server) connect(l *link) (string, error) {
	s.mu.Lock()
	p := s.current
	s.mu.Unlock()
	if p == nil {
		return "", errRefused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shim == nil {
		return "", errRefused
	}
	p.links = append(p.links, l)
	return p.name, p.listener.connect(&l.server)
}

// gate is a process's way to the store, through which nothing comes any more
// when the process is dead. It writes down what the process reads as a whole.
type gate struct {
	*mem.Store
	w       *world
	process string
	faults  *faults

	mu      sync.Mutex
	dead    bool
	serving bool
	emitted int64
}

func (g *gate) die() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dead = true
}

func (g *gate) isDead() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dead
}

// loaded says that what is loaded from now on makes up for what was missed.
func (g *gate) loaded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.serving = true
}

func (g *gate) Commit(ctx context.Context, txn store.Txn) (store.Revision, error) {
	if g.isDead() {
		return 0, store.ErrUnavailable
	}
	rev, err := g.Store.Commit(ctx, txn)
	if g.isDead() {
		return 0, store.ErrUnknown
	}
	return rev, err
}

func (g *gate) Load(ctx context.Context, each func(store.KV) error) (store.Revision, error) {
	if g.isDead() {
		return 0, store.ErrUnavailable
	}
	rev, err := g.Store.Load(ctx, each)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		if g.serving {
			g.w.rec.do(func(seq judge.Seq, _ time.Duration) {
				g.w.rec.history.Loads = append(g.w.rec.history.Loads, judge.Load{Seq: seq, Server: g.process, Revision: int64(rev), Emitted: g.emitted})
			})
		}
		g.emitted = max(g.emitted, int64(rev))
	}
	return rev, err
}

func (g *gate) Watch(ctx context.Context, from store.Revision, emit func(store.Change) error) error {
	return g.Store.Watch(ctx, from, func(c store.Change) error {
		g.mu.Lock()
		dead := g.dead
		if !dead {
			g.emitted = max(g.emitted, int64(c.Revision))
		}
		g.mu.Unlock()
		if dead {
			return store.ErrUnavailable
		}
		return emit(c)
	})
}

func (g *gate) Sync(ctx context.Context) (store.Revision, error) {
	if g.isDead() {
		return 0, store.ErrUnavailable
	}
	return g.Store.Sync(ctx)
}

func (g *gate) Grant(ctx context.Context, id store.LeaseID, ttl time.Duration) (time.Duration, error) {
	if g.isDead() {
		return 0, store.ErrUnavailable
	}
	return g.Store.Grant(ctx, id, ttl)
}

func (g *gate) Renew(ctx context.Context, ids []store.LeaseID) ([]store.LeaseID, error) {
	if g.isDead() {
		return nil, store.ErrUnavailable
	}
	return g.Store.Renew(ctx, ids)
}

func (g *gate) Revoke(ctx context.Context, id store.LeaseID) error {
	if g.isDead() {
		return store.ErrUnavailable
	}
	return g.Store.Revoke(ctx, id)
}

// faults decides what goes wrong with a process's calls to the store.
type faults struct {
	world *rough
	mu    sync.Mutex
	rng   *rand.Rand
	// stalled is until when no change reaches the process.
	stalled time.Time
}

// rough is how bad things are.
type rough struct {
	mu sync.Mutex
	// outcome is the chance of a call to end badly, of a thousand.
	outcome int
	// latency is the most that a call takes on each way.
	latency time.Duration
}

func (r *rough) get() (int, time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outcome, r.latency
}

func (r *rough) set(outcome int, latency time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcome, r.latency = outcome, latency
}

func (f *faults) hook(c mem.Call) mem.Fault {
	chance, most := f.world.get()
	f.mu.Lock()
	defer f.mu.Unlock()
	out := mem.Fault{Before: latency(f.rng, most), After: latency(f.rng, most)}
	bad := f.rng.IntN(1000) < chance
	switch {
	case c.Method == mem.Emit:
		if until := time.Until(f.stalled); until > 0 {
			out.Before += until
		}
		if bad && f.rng.IntN(3) == 0 {
			out.Outcome = mem.Unavailable
		}
	case bad:
		out.Outcome = []mem.Outcome{mem.Unavailable, mem.LostRequest, mem.LostAnswer, mem.Late}[f.rng.IntN(4)]
		out.Delay = latency(f.rng, time.Second)
	}
	return out
}

func (f *faults) stall(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stalled = time.Now().Add(d)
}

var _ store.Store = (*gate)(nil)
var _ = zerolog.Nop
