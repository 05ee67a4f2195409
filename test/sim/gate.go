package sim

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/test/sim/judge"
)

var _ store.Store = (*gate)(nil)

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
			g.w.rec.do(func(seq judge.Seq, at time.Duration) {
				g.w.rec.history.Loads = append(g.w.rec.history.Loads, judge.Load{Seq: seq, At: at, Server: g.process, Revision: int64(rev), Emitted: g.emitted})
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
	rngs  [mem.Emit + 1]*rand.Rand // one for each method: they are called by several goroutines
	// stalled is until when no change reaches the process.
	stalled time.Time
}

func newFaults(rng *rand.Rand, world *rough) *faults {
	f := &faults{world: world}
	for i := range f.rngs {
		f.rngs[i] = rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))
	}
	return f
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
	rng := f.rngs[c.Method]
	out := mem.Fault{Before: latency(rng, most), After: latency(rng, most)}
	bad := rng.IntN(1000) < chance
	switch {
	case c.Method == mem.Emit:
		if until := time.Until(f.stalled); until > 0 {
			out.Before += until
		}
		if bad && rng.IntN(3) == 0 {
			out.Outcome = mem.Unavailable
		}
	case bad:
		out.Outcome = []mem.Outcome{mem.Unavailable, mem.LostRequest, mem.LostAnswer, mem.Late}[rng.IntN(4)]
		out.Delay = latency(rng, time.Second)
	}
	return out
}

func (f *faults) stall(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stalled = time.Now().Add(d)
}
