package shimsource

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel"
	"github.com/hquorum/hquorum/hbasemodel/root"
	"github.com/hquorum/hquorum/hbasemodel/sourcetest"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store/mem"
)

func start(t *testing.T, st *mem.Store) *shim.Server {
	t.Helper()
	server, err := shim.New(t.Context(), shim.Config{}, st)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func client(t *testing.T, server *shim.Server) *zk.Conn {
	t.Helper()
	return sourcetest.Connect(t, server.Dial)
}

// follow starts a Follow that ends with ctx.
func follow(ctx context.Context, t *testing.T, server *shim.Server, m *sourcetest.Mirror) (ended <-chan error) {
	t.Helper()
	source, err := New(server, m.Roots...)
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- source.Follow(ctx, m) }()
	return result
}

func expect(t *testing.T, m *sourcetest.Mirror, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := m.Log(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if faults := m.Faults(); faults != nil {
		t.Error(faults)
	}
}

func TestChangesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := start(t, mem.New())
		defer server.Close()
		c := client(t, server)
		defer c.Close()
		sourcetest.Create(t, c, "/a", "/a/b", "/other")
		ctx, cancel := context.WithCancel(t.Context())
		m := &sourcetest.Mirror{Roots: []string{"/a", "/late"}}
		ended := follow(ctx, t, server, m)
		expect(t, m, "reset", "put /a", "put /a/b", "ready")

		if _, err := c.Set("/a/b", nil, -1); err != nil {
			t.Fatal(err)
		}
		expect(t, m, "put /a/b", "ready")
		sourcetest.Create(t, c, "/other/x", "/ab")
		expect(t, m)
		sourcetest.Create(t, c, "/late")
		expect(t, m, "put /late", "ready")
		sourcetest.Create(t, c, "/a/c")
		expect(t, m, "put /a", "put /a/c", "ready")
		if err := c.Delete("/a/c", -1); err != nil {
			t.Fatal(err)
		}
		expect(t, m, "delete /a/c", "put /a", "ready")
		if _, err := c.Multi(&zk.DeleteRequest{Path: "/late", Version: -1}, &zk.CreateRequest{Path: "/late", Acl: zk.WorldACL(zk.PermAll)},
			&zk.CreateRequest{Path: "/late/x", Acl: zk.WorldACL(zk.PermAll)}, &zk.DeleteRequest{Path: "/late/x", Version: -1}); err != nil {
			t.Fatal(err)
		}
		expect(t, m, "delete /late", "put /late", "ready")
		sourcetest.Same(t, m, c, "/a", "/late")
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestClustersAreFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := start(t, mem.New())
		defer server.Close()
		c := client(t, server)
		defer c.Close()
		sourcetest.Create(t, c, "/hbase", "/hbase/hbaseid", "/app", "/app/config")
		m := &sourcetest.Mirror{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := follow(ctx, t, server, m)
		expect(t, m, "reset", "put /hbase", "put /hbase/hbaseid", "ready")
		sourcetest.Create(t, c, "/new", "/new/table")
		expect(t, m)
		sourcetest.Create(t, c, "/new/rs")
		expect(t, m, "put /new", "put /new/rs", "put /new/table", "ready")
		// Marks that go change nothing; only the root's deletion does.
		for _, p := range []string{"/new/rs", "/new/table", "/new"} {
			if err := c.Delete(p, -1); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		m.Log()
		sourcetest.Create(t, c, "/new", "/new/x")
		synctest.Wait()
		sourcetest.Same(t, m, c, "/hbase")
		sourcetest.Create(t, c, "/new/master")
		sourcetest.Same(t, m, c, "/hbase", "/new")
		cancel()
		<-ended
	})
}

// TestSlowSink: what the sink could not take it is told as a whole.
func TestSlowSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := start(t, mem.New())
		defer server.Close()
		c := client(t, server)
		defer c.Close()
		sourcetest.Create(t, c, "/a")
		m := &sourcetest.Mirror{Roots: []string{"/a"}}
		slow := &slowSink{Mirror: m, gate: make(chan struct{})}
		source, err := New(server, "/a")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- source.Follow(ctx, slow) }()
		synctest.Wait() // it stands at the gate, at its first Ready
		rnd := rand.New(rand.NewPCG(1, 2))
		if err := sourcetest.Churn(c, rnd, "/a", 25000); err != nil {
			t.Fatal(err)
		}
		close(slow.gate)
		synctest.Wait()
		if m.Resets() != 2 {
			t.Errorf("%d resets", m.Resets())
		}
		sourcetest.Same(t, m, c, "/a")
		cancel()
		<-ended
	})
}

type slowSink struct {
	*sourcetest.Mirror
	gate chan struct{}
}

func (s *slowSink) Ready(zxid int64, at time.Time) {
	<-s.gate
	s.Mirror.Ready(zxid, at)
}

// TestChangesWhileTheTreeIsTold: a znode that was told although it came late is
// told as deleted, too.
func TestChangesWhileTheTreeIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := start(t, mem.New())
		defer server.Close()
		c := client(t, server)
		defer c.Close()
		sourcetest.Create(t, c, "/a", "/b")
		for i := range 600 { // more than are looked at at once
			sourcetest.Create(t, c, fmt.Sprintf("/a/%d", i))
		}
		m := &sourcetest.Mirror{Roots: []string{"/a", "/b"}}
		source, err := New(server, m.Roots...)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- source.Follow(ctx, onPut{m, map[string]func(){
				"/a":      func() { sourcetest.Create(t, c, "/b/late") },
				"/b/late": func() { _ = c.Delete("/b/late", -1) },
			}})
		}()
		sourcetest.Same(t, m, c, m.Roots...)
		if log := m.Log(); !slices.Contains(log, "delete /b/late") {
			t.Error("/b/late was not told")
		}
		cancel()
		<-ended
	})
}

// onPut does something when a znode is told first.
type onPut struct {
	*sourcetest.Mirror
	do map[string]func()
}

func (o onPut) Put(n hbasemodel.Znode) {
	o.Mirror.Put(n)
	if do := o.do[n.Path]; do != nil {
		delete(o.do, n.Path)
		do()
	}
}

// TestRandom follows one server while changes come through it and through
// another one, whose death takes its sessions' znodes; streams break, and the
// store forgets.
func TestRandom(t *testing.T) {
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			store := mem.NewServer(mem.Options{})
			server, other := start(t, store.Open("/x/", nil)), start(t, store.Open("/x/", nil))
			defer server.Close()
			near, far := client(t, server), client(t, other)
			defer near.Close()
			sourcetest.Create(t, near, "/r", "/r/s")
			roots := [][]string{{"/r"}, {"/r/s", "/r/a"}, {"/"}}[seed%3]
			m := &sourcetest.Mirror{Roots: roots}
			ctx, cancel := context.WithCancel(t.Context())
			ended := follow(ctx, t, server, m)
			for round := range 12 {
				for range 5 {
					if err := errors.Join(sourcetest.Churn(near, rnd, "/r", 20), sourcetest.Churn(far, rnd, "/r", 20)); err != nil {
						t.Fatal(err)
					}
				}
				if round%3 == 1 {
					store.BreakStreams()
					if err := sourcetest.Churn(far, rnd, "/r", 20); err != nil {
						t.Fatal(err)
					}
					store.Compact(store.Revision())
				}
				if _, err := near.Sync("/"); err != nil {
					t.Fatal(err)
				}
				sourcetest.Same(t, m, near, roots...)
			}
			other.Close()
			far.Close()
			time.Sleep(3 * time.Minute)
			sourcetest.Same(t, m, near, roots...)
			cancel()
			<-ended
		})
	}
}

func TestTheServerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := start(t, mem.New())
		m := &sourcetest.Mirror{}
		ended := follow(t.Context(), t, server, m)
		synctest.Wait()
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err == nil || errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestRootsAreChecked(t *testing.T) {
	if _, err := New(nil, "hbase"); !errors.Is(err, root.ErrPath) {
		t.Error(err)
	}
}
