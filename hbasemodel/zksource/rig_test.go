package zksource

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel"
	"github.com/hquorum/hquorum/hbasemodel/sourcetest"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store/mem"
)

// rig is hquorum in this process, without sockets, that can be restarted.
type rig struct {
	t     *testing.T
	store *mem.Store

	mu     sync.Mutex
	server *shim.Server // nil: down
	lines  []net.Conn
	dials  int
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, store: mem.New()}
	r.up()
	return r
}

func (r *rig) up() {
	server, err := shim.New(r.t.Context(), shim.Config{}, r.store)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server = server
}

func (r *rig) down() {
	r.mu.Lock()
	server := r.server
	r.server = nil
	r.mu.Unlock()
	if server != nil {
		if err := server.Close(); err != nil {
			r.t.Error(err)
		}
	}
}

var errDown = errors.New("connection refused")

func (r *rig) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dials++
	if r.server == nil {
		return nil, errDown
	}
	nc, err := r.server.Dial(ctx)
	if err == nil {
		r.lines = append(r.lines, nc)
	}
	return nc, err
}

func (r *rig) dialled() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dials
}

// cut ends all connections that were dialled here.
func (r *rig) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, nc := range r.lines {
		_ = nc.Close()
	}
	r.lines = nil
}

// client is one that cut spares.
func (r *rig) client() *zk.Conn {
	r.t.Helper()
	return sourcetest.Connect(r.t, func(ctx context.Context) (net.Conn, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.server == nil {
			return nil, errDown
		}
		return r.server.Dial(ctx)
	})
}

func (r *rig) source(o Options) *Source {
	r.t.Helper()
	o.Servers, o.Dial = []string{"127.0.0.1:2181"}, r.dial
	s, err := New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// follow follows again and again until the function returned is called, which
// returns how the last one ended, and how many have.
func (r *rig) follow(o Options, m hbasemodel.Sink) (stop func() (error, int)) {
	source := r.source(o)
	ctx, cancel := context.WithCancel(r.t.Context())
	type end struct {
		err   error
		times int
	}
	ended := make(chan end)
	go func() {
		var e end
		for ctx.Err() == nil {
			e.err = source.Follow(ctx, m)
			e.times++
		}
		ended <- e
	}()
	return func() (error, int) {
		cancel()
		e := <-ended
		return e.err, e.times
	}
}
