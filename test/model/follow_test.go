package model

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/backend"
	"github.com/hquorum/hquorum/hbasemodel"
	"github.com/hquorum/hquorum/hbasemodel/shimsource"
	"github.com/hquorum/hquorum/hbasemodel/sourcetest"
	"github.com/hquorum/hquorum/hbasemodel/zksource"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store/etcd"
	"github.com/hquorum/hquorum/test/peer"
)

const (
	// patience bounds every wait for something that must happen.
	patience = 60 * time.Second
	session  = 6 * time.Second
	rounds   = 10
)

// TestOverZooKeeper is the one that tells whether zksource is right: its peer is.
func TestOverZooKeeper(t *testing.T) { overQuorum(t, peer.KindZooKeeper) }

func TestOverHquorum(t *testing.T) { overQuorum(t, peer.KindHquorum) }

// overQuorum follows a server in a process of its own, which is killed halfway.
func overQuorum(t *testing.T, kind peer.QuorumKind) {
	if testing.Short() {
		t.Skip("SKIPPED in -short: a real server is built or downloaded")
	}
	quorum, err := peer.StartQuorum(t.Context(), kind, peer.QuorumOptions{TickTime: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := quorum.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := newScene(t, quorum.Addr())
	s.play(func() {
		if err := errors.Join(quorum.Kill(), quorum.Restart()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestInProcess follows hquorum in this process, over a socket and without one.
func TestInProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED in -short: takes half a minute")
	}
	b, err := backend.Embedded(t.Context(), backend.EmbeddedConfig{Dir: t.TempDir(), UnsafeNoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	store, err := etcd.New(b.Conn, etcd.Options{Prefix: "/hquorum/"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := first.Addr().String()
	server := serve(t, store, first)
	t.Cleanup(func() { _ = server.Close() })

	s := newScene(t, addr)
	stop := s.near(t, server)
	s.play(func() {
		stop()
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		server = serve(t, store, again)
		stop = s.near(t, server)
	})
	stop()
}

func serve(t *testing.T, store *etcd.Store, l net.Listener) *shim.Server {
	t.Helper()
	server, err := shim.New(t.Context(), shim.Config{}, store)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }() // ends with the server
	return server
}

// scene is two clients that write, and who follows.
type scene struct {
	t       *testing.T
	writers [2]*zk.Conn
	mirrors []*sourcetest.Mirror

	mu    sync.Mutex
	lines []net.Conn // of those who follow
}

// roots is how each source is told what to follow.
var roots = [][]string{nil, {"/hbase"}, {"/hbase/a", "/other/b"}}

func newScene(t *testing.T, addr string) *scene {
	s := &scene{t: t}
	for i := range s.writers {
		client, _, err := zk.Connect([]string{addr}, session, zk.WithLogInfo(false), zk.WithLogger(silent{}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		s.writers[i] = client
	}
	for _, p := range []string{"/other", "/hbase", "/hbase/running"} {
		if _, err := s.writers[0].Create(p, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range roots {
		source, err := zksource.New(zksource.Options{Servers: []string{addr}, Roots: r, SessionTimeout: session, Dial: s.dial})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.follow(source, &sourcetest.Mirror{Roots: r}))
	}
	return s
}

type silent struct{}

func (silent) Printf(string, ...any) {}

// near adds sources that need no socket, until the function returned is called.
func (s *scene) near(t *testing.T, server *shim.Server) (stop func()) {
	t.Helper()
	count := len(s.mirrors)
	var stops []func()
	for _, r := range roots {
		source, err := shimsource.New(server, r...)
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, s.follow(source, &sourcetest.Mirror{Roots: r}))
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
		s.mirrors = s.mirrors[:count]
	}
}

// follow follows again and again until the function returned is called.
func (s *scene) follow(source hbasemodel.Source, m *sourcetest.Mirror) (stop func()) {
	s.mirrors = append(s.mirrors, m)
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			_ = source.Follow(ctx, m) // it ends whenever a connection is cut
		}
	})
	return func() {
		cancel()
		group.Wait()
	}
}

func (s *scene) dial(ctx context.Context, network, address string) (net.Conn, error) {
	nc, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lines = append(s.lines, nc)
	}
	return nc, err
}

func (s *scene) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, nc := range s.lines {
		_ = nc.Close()
	}
	s.lines = nil
}

// play changes and compares, with a restart of the server halfway.
func (s *scene) play(restart func()) {
	seed := uint64(time.Now().UnixNano())
	s.t.Logf("seed %d", seed)
	s.compare()
	for round := range uint64(rounds) {
		var group sync.WaitGroup
		for i, client := range s.writers {
			group.Go(func() {
				rnd := rand.New(rand.NewPCG(seed, round<<1|uint64(i)))
				for _, below := range []string{"/hbase", "/other", "/hbase"} {
					if err := sourcetest.Churn(client, rnd, below, 100); err != nil {
						s.t.Error(err)
					}
					if i == 0 && round%3 == 1 {
						s.cut()
					}
				}
			})
		}
		group.Wait()
		s.compare()
		if round == rounds/2 {
			restart()
			for _, client := range s.writers {
				s.answers(client)
			}
			s.compare()
		}
	}
	for _, m := range s.mirrors[:len(roots)] {
		if m.Resets() < 3 {
			s.t.Errorf("%d resets of %q: nothing was cut", m.Resets(), m.Roots)
		}
	}
}

// answers waits until a writer is connected again.
func (s *scene) answers(client *zk.Conn) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, err := client.Sync("/")
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal(err)
		}
	}
}

// compare waits until all mirrors show what is there. Sessions may still end
// meanwhile, so that is looked at again.
func (s *scene) compare() {
	s.t.Helper()
	for _, m := range s.mirrors {
		walked := m.Roots
		if walked == nil {
			walked = []string{"/hbase"}
		}
		var err error
		for deadline := time.Now().Add(patience); ; {
			want := map[string]hbasemodel.Znode{}
			for _, r := range walked {
				err = errors.Join(err, sourcetest.Walk(s.writers[0], r, want))
			}
			if err != nil {
				s.t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			err = m.Until(ctx, func(tree map[string]hbasemodel.Znode) string { return sourcetest.Differences(tree, want) })
			cancel()
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				s.t.Fatalf("roots %q: %v", m.Roots, err)
			}
			err = nil
		}
		if faults := m.Faults(); faults != nil {
			s.t.Fatalf("roots %q: %q", m.Roots, faults)
		}
	}
}
