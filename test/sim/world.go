package sim

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/test/wire"
)

// Options of a run.
type Options struct {
	Seed  uint64
	Steps int
	Log   zerolog.Logger
	// Mutant breaks something on purpose.
	Mutant Mutant
}

// Mutant is a bug of the store, the servers or the network that the judge must
// find. The zero value is none.
type Mutant struct {
	// Store stands between a server and the store.
	Store func(rng *rand.Rand, st store.Store) store.Store
	// Frame is what becomes of a frame on its way to a client.
	Frame func(rng *rand.Rand, f wire.Frame) []wire.Frame
	// Step is done before each step of the run.
	Step func(rng *rand.Rand, server *mem.Server)
}

// world is a run.
type world struct {
	o       Options
	rng     *rand.Rand
	log     zerolog.Logger
	rec     *recorder
	config  shim.Config
	server  *mem.Server
	servers []*server
	clients []*client
	load    *workload
	rough   rough

	mu      sync.Mutex
	meddler *rand.Rand
	down    chan struct{} // closed when the store works again; nil while it does

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
}

const (
	user    = "ann:secret"
	clients = 5
)

// digestOf is the id that a digest's user proves (DigestAuthenticationProvider).
func digestOf(auth string) string {
	sum := sha1.Sum([]byte(auth))
	for i := range auth {
		if auth[i] == ':' {
			return auth[:i+1] + base64.StdEncoding.EncodeToString(sum[:])
		}
	}
	return auth
}

func newWorld(o Options) *world {
	w := &world{o: o, rng: rand.New(rand.NewPCG(o.Seed, 1)), log: o.Log, rec: newRecorder()}
	w.meddler = rand.New(rand.NewPCG(o.Seed, 2))
	limits := store.Limits{}
	if w.rng.IntN(4) == 0 {
		limits = store.Limits{Ops: 24, Compares: 24, Bytes: 64 << 10}
	}
	w.server = mem.NewServer(mem.Options{Limits: limits, MinTTL: 2 * time.Second})
	w.load = &workload{rng: w.rng, digest: digestOf(user)}
	w.config = shim.Config{
		TickTime: time.Second, MinSessionTimeout: 2 * time.Second, MaxSessionTimeout: 10 * time.Second,
		MaxClientCnxns: -1, SoleAfter: []int{1, 4, 1 << 20}[w.rng.IntN(3)], ContainerCheckInterval: time.Second + latency(w.rng, time.Millisecond),
	}
	w.rough.set(0, time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	w.ctx, w.cancel = ctx, cancel
	w.running.Go(func() { w.rec.follow(ctx, w.server, w.up) })
	for i := range 2 + w.rng.IntN(2) {
		w.servers = append(w.servers, &server{w: w, name: fmt.Sprintf("s%d", i+1), rng: w.split()})
	}
	for i := range clients {
		c := &client{
			w: w, name: fmt.Sprintf("c%d", i+1), rng: w.split(), watches: newWatches(), versions: map[string]int32{},
			timeout: time.Duration(2000+w.rng.IntN(4000)) * time.Millisecond,
		}
		if i == 0 || w.rng.IntN(3) == 0 {
			c.auth, c.digest = user, digestOf(user)
		}
		w.clients = append(w.clients, c)
	}
	for _, s := range w.servers {
		s.start()
		time.Sleep(latency(w.rng, 20*time.Millisecond))
	}
	for _, c := range w.clients {
		w.running.Go(func() { c.run(ctx) })
	}
	return w
}

func (w *world) split() *rand.Rand { return rand.New(rand.NewPCG(w.rng.Uint64(), w.rng.Uint64())) }

// close ends everything.
func (w *world) close() {
	w.cancel()
	for _, c := range w.clients {
		c.drop()
	}
	for _, s := range w.servers {
		s.drain()
	}
	w.setDown(false)
	w.running.Wait()
}

// up returns when the store works.
func (w *world) up() {
	w.mu.Lock()
	down := w.down
	w.mu.Unlock()
	if down != nil {
		<-down
	}
}

func (w *world) setDown(is bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if is == (w.down != nil) {
		return
	}
	w.server.SetDown(is)
	if is {
		w.down = make(chan struct{})
		return
	}
	close(w.down)
	w.down = nil
}

func (w *world) wrap(g *gate) store.Store {
	if w.o.Mutant.Store == nil {
		return g
	}
	return w.o.Mutant.Store(rand.New(rand.NewPCG(w.o.Seed, 3)), g)
}

// meddle returns what becomes of a frame.
func (w *world) meddle(f wire.Frame) []wire.Frame {
	if w.o.Mutant.Frame == nil {
		return []wire.Frame{f}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.o.Mutant.Frame(w.meddler, f)
}
