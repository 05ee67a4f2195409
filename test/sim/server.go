package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store"
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
	p.gate = &gate{w: s.w, process: p.name, faults: newFaults(s.rng, &s.w.rough)}
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
