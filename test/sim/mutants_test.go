package sim

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/test/wire"
)

// broken is a store that does not keep its contract: what is nil works.
type broken struct {
	store.Store
	commit func(ctx context.Context, txn store.Txn) (store.Revision, error)
	emit   func(c store.Change, emit func(store.Change) error) error
	from   func(rev store.Revision) store.Revision
	sync   func(ctx context.Context) (store.Revision, error)
	renew  func(ctx context.Context, ids []store.LeaseID) ([]store.LeaseID, error)
}

func (b *broken) Commit(ctx context.Context, txn store.Txn) (store.Revision, error) {
	if b.commit == nil {
		return b.Store.Commit(ctx, txn)
	}
	return b.commit(ctx, txn)
}

func (b *broken) Watch(ctx context.Context, from store.Revision, emit func(store.Change) error) error {
	if b.from != nil {
		from = b.from(from)
	}
	if b.emit == nil {
		return b.Store.Watch(ctx, from, emit)
	}
	return b.Store.Watch(ctx, from, func(c store.Change) error { return b.emit(c, emit) })
}

func (b *broken) Sync(ctx context.Context) (store.Revision, error) {
	if b.sync == nil {
		return b.Store.Sync(ctx)
	}
	return b.sync(ctx)
}

func (b *broken) Renew(ctx context.Context, ids []store.LeaseID) ([]store.LeaseID, error) {
	if b.renew == nil {
		return b.Store.Renew(ctx, ids)
	}
	return b.renew(ctx, ids)
}

// dice is a random source for several goroutines.
type dice struct {
	mu  sync.Mutex
	rng *rand.Rand
}

func (d *dice) one(in int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rng.IntN(in) == 0
}

// without returns the Txn without some of its compares.
func without(txn store.Txn, drop func(store.Key) bool) store.Txn {
	kept := store.Txn{Ops: txn.Ops}
	for _, c := range txn.Compares {
		if !drop(c.Key) {
			kept.Compares = append(kept.Compares, c)
		}
	}
	return kept
}

// storeMutants are bugs between a server and its store, which look like bugs of
// the server.
var storeMutants = map[string]func(b *broken, d *dice){
	"a write is answered before it is committed": func(b *broken, d *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			rev, err := b.Store.Commit(ctx, txn)
			if err != nil && len(txn.Ops) > 0 && d.one(3) {
				rev, err = b.Store.Sync(ctx)
				return rev + 1, err
			}
			return rev, err
		}
	},
	"an unknown outcome is tried again": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			for {
				rev, err := b.Store.Commit(ctx, txn)
				if err == nil || len(txn.Ops) == 0 || ctx.Err() != nil || rev != 0 {
					return rev, err
				}
				txn.Compares = nil
			}
		}
	},
	"compares of znodes are forgotten": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			return b.Store.Commit(ctx, without(txn, func(k store.Key) bool { return k[0] == 'z' }))
		}
	},
	"compares of counters are forgotten": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			return b.Store.Commit(ctx, without(txn, func(k store.Key) bool { return k[0] == 'c' }))
		}
	},
	"compares of sessions are forgotten": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			return b.Store.Commit(ctx, without(txn, func(k store.Key) bool { return k[0] == 's' }))
		}
	},
	"compares of the writer are forgotten": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			return b.Store.Commit(ctx, without(txn, func(k store.Key) bool { return k == "m/writer" }))
		}
	},
	"a write is split in two": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			if n := len(txn.Ops); n > 3 {
				if rev, err := b.Store.Commit(ctx, store.Txn{Compares: txn.Compares, Ops: txn.Ops[:n/2]}); err != nil {
					return rev, err
				}
				return b.Store.Commit(ctx, store.Txn{Ops: txn.Ops[n/2:]})
			}
			return b.Store.Commit(ctx, txn)
		}
	},
	"ephemerals have no lease": func(b *broken, _ *dice) {
		b.commit = func(ctx context.Context, txn store.Txn) (store.Revision, error) {
			txn = txn.Clone()
			for i := range txn.Ops {
				if txn.Ops[i].Key[0] == 'z' {
					txn.Ops[i].Lease = 0
				}
			}
			return b.Store.Commit(ctx, txn)
		}
	},
	"a change gets lost": func(b *broken, d *dice) {
		b.emit = func(c store.Change, emit func(store.Change) error) error {
			if d.one(20) {
				return nil
			}
			return emit(c)
		}
	},
	"a change is told in two parts": func(b *broken, _ *dice) {
		b.emit = func(c store.Change, emit func(store.Change) error) error {
			if n := len(c.Events); n > 1 {
				if err := emit(store.Change{Revision: c.Revision, Events: c.Events[:n/2]}); err != nil {
					return err
				}
				c.Events = c.Events[n/2:]
			}
			return emit(c)
		}
	},
	"a stream goes on from now instead of from where it broke": func(b *broken, _ *dice) {
		b.from = func(rev store.Revision) store.Revision {
			now, err := b.Store.Sync(context.Background())
			if err != nil {
				return rev
			}
			return max(rev, now+1)
		}
	},
	"sync asks nobody": func(b *broken, _ *dice) {
		b.sync = func(context.Context) (store.Revision, error) { return 1, nil }
	},
	"no lease is renewed": func(b *broken, _ *dice) {
		b.renew = func(context.Context, []store.LeaseID) ([]store.LeaseID, error) { return nil, nil }
	},
	"living leases are said to be gone": func(b *broken, d *dice) {
		b.renew = func(ctx context.Context, ids []store.LeaseID) ([]store.LeaseID, error) {
			if len(ids) > 0 && d.one(20) {
				return ids[:1], b.Store.Revoke(ctx, ids[0])
			}
			return b.Store.Renew(ctx, ids)
		}
	},
}

// frames is what a network mutant remembers.
type frames struct{ held []wire.Frame }

// frameMutants are bugs of what is sent to clients.
var frameMutants = map[string]func(h *frames, rng *rand.Rand, f wire.Frame) []wire.Frame{
	"an event gets lost": func(_ *frames, rng *rand.Rand, f wire.Frame) []wire.Frame {
		if f.Xid == wire.XidEvent && rng.IntN(5) == 0 {
			return nil
		}
		return []wire.Frame{f}
	},
	"an event comes twice": func(_ *frames, rng *rand.Rand, f wire.Frame) []wire.Frame {
		if f.Xid == wire.XidEvent && rng.IntN(5) == 0 {
			return []wire.Frame{f, f}
		}
		return []wire.Frame{f}
	},
	"an event comes behind the next frame": func(h *frames, rng *rand.Rand, f wire.Frame) []wire.Frame {
		if f.Xid == wire.XidEvent && len(h.held) == 0 && rng.IntN(3) == 0 {
			h.held = append(h.held, f)
			return nil
		}
		out := append([]wire.Frame{f}, h.held...)
		h.held = nil
		return out
	},
	"two replies change places": func(h *frames, rng *rand.Rand, f wire.Frame) []wire.Frame {
		if f.Xid > 0 && len(h.held) == 0 && rng.IntN(10) == 0 {
			h.held = append(h.held, f)
			return nil
		}
		out := append([]wire.Frame{f}, h.held...)
		h.held = nil
		return out
	},
	"a refused write is answered with OK": func(_ *frames, rng *rand.Rand, f wire.Frame) []wire.Frame {
		if f.Err == wire.BadVersion && rng.IntN(2) == 0 {
			f.Err, f.Body = wire.OK, nil
		}
		return []wire.Frame{f}
	},
	"a zxid is too low": func(_ *frames, rng *rand.Rand, f wire.Frame) []wire.Frame {
		if f.Zxid > 0x10000 && rng.IntN(50) == 0 {
			f.Zxid -= 0x4000
		}
		return []wire.Frame{f}
	},
}

// stepMutants are things that nobody may do to a store.
var stepMutants = map[string]func(rng *rand.Rand, server *mem.Server){
	"leases are lost": func(rng *rand.Rand, server *mem.Server) {
		if ids := server.Leases(); len(ids) > 0 && rng.IntN(40) == 0 {
			server.Expire(ids[rng.IntN(len(ids))])
		}
	},
	"somebody else writes": func(rng *rand.Rand, server *mem.Server) {
		if rng.IntN(40) == 0 {
			_, _ = server.Open(prefix, nil).Commit(context.Background(), store.Txn{Ops: []store.Op{{Key: "z/a", Delete: true}}})
		}
	},
}

// TestMutants shows that the simulation finds bugs: each of these within a few
// seeds.
func TestMutants(t *testing.T) {
	const seeds = 60
	find := func(name string, m func() Mutant) {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(1); seed <= seeds; seed++ {
				out := run(t, Options{Seed: seed, Steps: *flagSteps, Log: zerolog.Nop(), Mutant: m()})
				if len(out.Violations) > 0 {
					v := out.Violations[0]
					t.Logf("seed %d: %s: %s", seed, v.Property, v.Text)
					return
				}
			}
			t.Errorf("not found by %d seeds", seeds)
		})
	}
	for name, mutate := range storeMutants {
		find(name, func() Mutant {
			return Mutant{Store: func(rng *rand.Rand, st store.Store) store.Store {
				b := &broken{Store: st}
				mutate(b, &dice{rng: rng})
				return b
			}}
		})
	}
	for name, meddle := range frameMutants {
		find(name, func() Mutant {
			h := &frames{}
			return Mutant{Frame: func(rng *rand.Rand, f wire.Frame) []wire.Frame { return meddle(h, rng, f) }}
		})
	}
	for name, step := range stepMutants {
		find(name, func() Mutant { return Mutant{Step: step} })
	}
}
