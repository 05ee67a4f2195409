package shim

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func open(t *testing.T, cfg Config, st store.Store) *Server {
	t.Helper()
	s, err := New(context.Background(), cfg, st)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t *testing.T, s *Server) *conntest.Client {
	t.Helper()
	nc, err := s.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return conntest.New(t, nc)
}

func client(t *testing.T, s *Server) *conntest.Client {
	t.Helper()
	c := dial(t, s)
	c.Open(time.Minute)
	return c
}

func create(p znode.Path, mode znode.CreateMode) func([]byte) []byte {
	return proto.CreateRequest{Path: p, ACL: znode.OpenACL, Mode: mode}.Append
}

func mustCreate(c *conntest.Client, p znode.Path, mode znode.CreateMode) znode.Stat {
	var r proto.Create2Response
	c.Must(proto.OpCreate2, create(p, mode), &r)
	return r.Stat
}

func exists(c *conntest.Client, p znode.Path) bool {
	return c.Call(proto.OpExists, proto.ExistsRequest{Path: p}.Append).Err == proto.OK
}

func node(s *Server, p znode.Path) (n *tree.Node) {
	s.replica.View(func(v *replica.View) { n = v.Node(p) })
	return n
}

func TestBirth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		a := open(t, Config{}, server.Open("/x/", nil))
		defer a.Close()
		c := client(t, a)
		var got proto.GetChildren2Response
		c.Must(proto.OpGetChildren2, proto.GetChildrenRequest{Path: "/zookeeper"}.Append, &got)
		if len(got.Children) != 2 || got.Stat.Czxid != 0 || got.Stat.Ctime != 0 {
			t.Errorf("/zookeeper: %+v", got)
		}
		mustCreate(c, "/a", 0)
		// Another server finds the tree and leaves it alone; another prefix is
		// another tree.
		b := open(t, Config{}, server.Open("/x/", nil))
		defer b.Close()
		other := open(t, Config{}, server.Open("/y/", nil))
		defer other.Close()
		if !exists(client(t, b), "/a") || exists(client(t, other), "/a") {
			t.Error("the trees are mixed up")
		}
	})
}

func TestBirthWithAnUnsureStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		hook := func(c mem.Call) mem.Fault {
			if c.Method == mem.Commit && tries < 3 {
				tries++
				return mem.Fault{Outcome: []mem.Outcome{mem.Unavailable, mem.LostRequest, mem.LostAnswer}[tries-1]}
			}
			return mem.Fault{}
		}
		s := open(t, Config{}, mem.NewServer(mem.Options{}).Open("/x/", hook))
		defer s.Close()
		if !exists(client(t, s), "/zookeeper/config") {
			t.Error("no tree")
		}
	})
}

func TestSessionsSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		s := open(t, Config{}, server.Open("/x/", nil))
		c := client(t, s)
		made := mustCreate(c, "/e", znode.ModeEphemeral)
		session := c.Session
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		c.Closed()
		time.Sleep(30 * time.Second)
		s = open(t, Config{}, server.Open("/x/", nil))
		defer s.Close()
		again := dial(t, s)
		request := proto.ConnectRequest{
			LastZxidSeen: made.Czxid, Timeout: session.Timeout, SessionID: session.SessionID, Password: session.Password,
		}
		if got, ok := again.Handshake(request); !ok || got.SessionID != session.SessionID {
			t.Fatalf("resumed as %+v", got)
		}
		var stat proto.StatResponse
		again.Must(proto.OpExists, proto.ExistsRequest{Path: "/e"}.Append, &stat)
		if stat.Stat != made {
			t.Errorf("stat %+v, was %+v", stat.Stat, made)
		}
		if next := mustCreate(again, "/next", 0); next.Czxid <= made.Czxid {
			t.Errorf("zxid %d after %d", next.Czxid, made.Czxid)
		}
	})
}

// The lease of a session whose server died takes its znodes away; another server
// tells the watchers and repairs the parent's counter.
func TestDeathOfAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		dying := open(t, Config{}, server.Open("/x/", nil))
		survivor := open(t, Config{}, server.Open("/x/", nil))
		defer survivor.Close()
		c, w := client(t, dying), dial(t, survivor)
		w.Open(3 * time.Minute)
		mustCreate(w, "/p", 0)
		sync := func(c *conntest.Client) {
			c.Must(proto.OpSync, proto.SyncRequest{Path: "/"}.Append, &proto.SyncResponse{})
		}
		sync(c)
		mustCreate(c, "/p/e", znode.ModeEphemeral)
		sync(w)
		w.Must(proto.OpGetChildren, proto.GetChildrenRequest{Path: "/p", Watch: true}.Append, &proto.GetChildrenResponse{})
		dying.Close()
		time.Sleep(80 * time.Second)
		if e, _ := w.Event(); e.Type != znode.EventChildrenChanged || e.Path != "/p" {
			t.Errorf("event %+v", e)
		}
		var stat proto.StatResponse
		w.Must(proto.OpExists, proto.ExistsRequest{Path: "/p"}.Append, &stat)
		if s := stat.Stat; s.NumChildren != 0 || s.Cversion != 2 {
			t.Errorf("parent %+v", s)
		}
		later := open(t, Config{}, server.Open("/x/", nil)) // sees what is stored
		defer later.Close()
		if n := node(later, "/p"); n.Stat() != stat.Stat {
			t.Errorf("stored %+v, shown %+v", n.Stat(), stat.Stat)
		}
	})
}

func TestZxidsNeverGoBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		s := open(t, Config{}, server.Open("/x/", nil))
		last := mustCreate(client(t, s), "/a", 0).Czxid
		s.Close()
		for _, test := range []struct {
			name   string
			cfg    Config
			raised bool
		}{
			{"plain restart", Config{}, false},
			{"a floor that is known", Config{ZxidFloor: last}, false},
			{"a floor beyond", Config{ZxidFloor: last + 1<<40}, true},
			{"said to be restored", Config{Restored: true}, true},
			{"plain restart after that", Config{}, false},
		} {
			s := open(t, test.cfg, server.Open("/x/", nil))
			before := s.Zxid()
			made := mustCreate(client(t, s), "/n", znode.ModePersistentSequential).Czxid
			if made <= last || made <= test.cfg.ZxidFloor || before <= last || made <= before {
				t.Errorf("%s: zxid %d, then %d, after %d", test.name, before, made, last)
			}
			// At least a minute's worth of revisions, or none.
			if jumped := made-last > 60*revisionRate<<12; jumped != test.raised {
				t.Errorf("%s: zxids went from %d to %d", test.name, last, made)
			}
			last = made
			s.Close()
			time.Sleep(time.Second)
		}
	})
}

// A backup is recognised by the cluster id of the store that it is restored to;
// the older it is the more zxids may be missing.
func TestRestoredBackup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := mem.NewServer(mem.Options{})
		s := open(t, Config{}, old.Open("/x/", nil))
		c := client(t, s)
		last := mustCreate(c, "/a", 0)
		s.Close()
		restored := mem.NewServer(mem.Options{ClusterID: 7})
		copyTo(t, old, restored)
		time.Sleep(time.Hour)
		s = open(t, Config{}, restored.Open("/x/", nil))
		defer s.Close()
		if n := node(s, "/a"); n == nil || n.Czxid <= last.Czxid && n.Czxid != last.Czxid {
			t.Errorf("/a is %+v", n)
		}
		made := mustCreate(client(t, s), "/b", 0)
		if least := last.Czxid + 3600*revisionRate<<12; made.Czxid < least {
			t.Errorf("zxid %d after an hour, want %d at least", made.Czxid, least)
		}
	})
}

// A store that was restored in place keeps its cluster id, but not its age.
func TestRestoredInPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		s := open(t, Config{}, server.Open("/x/", nil))
		last := mustCreate(client(t, s), "/a", 0)
		s.Close()
		s = open(t, Config{}, server.Open("/x/", nil))
		again := mustCreate(client(t, s), "/b", 0)
		s.Close()
		if again.Czxid-last.Czxid > 1<<20 {
			t.Errorf("an ordinary restart raised the zxid from %d to %d", last.Czxid, again.Czxid)
		}
		server.Restored()
		s = open(t, Config{}, server.Open("/x/", nil))
		defer s.Close()
		made := mustCreate(client(t, s), "/c", 0)
		if least := again.Czxid + 60*revisionRate<<12; made.Czxid < least {
			t.Errorf("zxid %d after a restore, want %d at least", made.Czxid, least)
		}
	})
}

func copyTo(t *testing.T, from, to *mem.Server) {
	t.Helper()
	var ops []store.Op
	ctx := context.Background()
	if _, err := from.Open("/x/", nil).Load(ctx, func(kv store.KV) error {
		if kv.Lease == 0 {
			ops = append(ops, store.Op{Key: kv.Key, Value: kv.Value})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Open("/x/", nil).Commit(ctx, store.Txn{Ops: ops}); err != nil {
		t.Fatal(err)
	}
}

func TestStoreOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		s := open(t, Config{}, server.Open("/x/", nil))
		defer s.Close()
		c := client(t, s)
		mustCreate(c, "/e", znode.ModeEphemeral)
		session := c.Session
		server.SetDown(true)
		start := time.Now()
		c.Closed()
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("clients were sent away after %v", took)
		}
		if s.Health() == nil {
			t.Error("healthy without a store")
		}
		refused := dial(t, s)
		if got, ok := refused.Handshake(proto.ConnectRequest{Timeout: 10000}); ok {
			t.Errorf("a session without a store: %+v", got)
		}
		word, err := s.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got := conntest.Text(t, word, "srvr"); got != "This ZooKeeper instance is not currently serving requests\n" {
			t.Errorf("srvr: %q", got)
		}
		time.Sleep(5 * time.Minute)
		server.SetDown(false)
		time.Sleep(3 * time.Second)
		if err := s.Health(); err != nil {
			t.Errorf("not recovered: %v", err)
		}
		again := dial(t, s)
		request := proto.ConnectRequest{Timeout: session.Timeout, SessionID: session.SessionID, Password: session.Password}
		if got, ok := again.Handshake(request); !ok || got.SessionID != session.SessionID {
			t.Errorf("the session has not outlived the outage: %+v", got)
		}
		if !exists(again, "/e") {
			t.Error("its znode has not")
		}
	})
}

// What the store has forgotten is made up for by loading again; watchers are told.
func TestCompaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		a, b := open(t, Config{}, server.Open("/x/", nil)), open(t, Config{}, server.Open("/x/", nil))
		defer a.Close()
		defer b.Close()
		w := client(t, a)
		w.Call(proto.OpExists, proto.ExistsRequest{Path: "/new", Watch: true}.Append)
		cb := client(t, b)
		server.BreakStreams() // a follows again after a pause
		synctest.Wait()
		mustCreate(cb, "/other", 0)
		mustCreate(cb, "/new", 0)
		server.Compact(server.Revision())
		if e, _ := w.Event(); e.Type != znode.EventCreated || e.Path != "/new" {
			t.Errorf("event %+v", e)
		}
		if !exists(w, "/other") {
			t.Error("/other is missing")
		}
		mustCreate(cb, "/later", 0)
		w.Must(proto.OpSync, proto.SyncRequest{Path: "/"}.Append, &proto.SyncResponse{})
		if !exists(w, "/later") {
			t.Error("/later is missing: the stream does not go on")
		}
	})
}

func TestReaping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, Config{ContainerCheckInterval: 10 * time.Second}, mem.New())
		defer s.Close()
		c := dial(t, s)
		c.Open(3 * time.Minute)
		for _, p := range []znode.Path{"/used", "/unused"} {
			c.Must(proto.OpCreateContainer, create(p, znode.ModeContainer), &proto.Create2Response{})
		}
		mustCreate(c, "/used/x", 0)
		ttl := proto.CreateTTLRequest{TTL: 15_000}
		ttl.ACL, ttl.Mode = znode.OpenACL, znode.ModePersistentTTL
		for _, ttl.Path = range []znode.Path{"/ttl", "/ttl-with-child"} {
			c.Must(proto.OpCreateTTL, ttl.Append, &proto.Create2Response{})
		}
		mustCreate(c, "/ttl-with-child/x", 0)
		time.Sleep(12 * time.Second)
		if !exists(c, "/used") || !exists(c, "/ttl") {
			t.Error("reaped too early")
		}
		c.Must(proto.OpDelete, proto.DeleteRequest{Path: "/used/x", Version: -1}.Append, nil)
		time.Sleep(20 * time.Second)
		for p, want := range map[znode.Path]bool{"/used": false, "/unused": true, "/ttl": false, "/ttl-with-child": true} {
			if exists(c, p) != want {
				t.Errorf("%s exists: %v", p, !want)
			}
		}
	})
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		hook := func(c mem.Call) mem.Fault {
			if c.Method == mem.Commit {
				return mem.Fault{Before: time.Second}
			}
			return mem.Fault{}
		}
		s := open(t, Config{}, server.Open("/x/", hook))
		c, idle := client(t, s), client(t, s)
		silent := dial(t, s)
		l := &listener{accept: make(chan net.Conn), closed: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- s.Serve(l) }()
		c.Send(proto.OpCreate, create("/a", 0))
		c.Send(proto.OpGetData, proto.GetDataRequest{Path: "/a"}.Append)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Drain(ctx); err != nil {
			t.Errorf("drain: %v", err)
		}
		for range 2 {
			if f := c.Recv(); f.Err != proto.OK {
				t.Errorf("in flight: %+v", f)
			}
		}
		for _, c := range []*conntest.Client{c, idle, silent} {
			c.Closed()
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if _, err := s.Dial(ctx); err == nil {
			t.Error("a drained server takes clients")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		s = open(t, Config{}, server.Open("/x/", nil))
		defer s.Close()
		again := dial(t, s)
		request := proto.ConnectRequest{Timeout: 10000, SessionID: idle.Session.SessionID, Password: idle.Session.Password}
		if got, ok := again.Handshake(request); !ok || got.SessionID != idle.Session.SessionID {
			t.Errorf("not resumable: %+v", got)
		}
	})
}

// A drain that takes too long ends with its context.
func TestDrainGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stuck atomic.Bool
		s := open(t, Config{}, mem.NewServer(mem.Options{}).Open("/x/", func(c mem.Call) mem.Fault {
			if stuck.Load() && c.Method == mem.Commit {
				return mem.Fault{Before: time.Minute}
			}
			return mem.Fault{}
		}))
		c := client(t, s)
		stuck.Store(true)
		c.Send(proto.OpCreate, create("/a", 0))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("drain: %v", err)
		}
		s.Close()
		c.Closed()
	})
}

// listener hands out what the test gives it.
type listener struct {
	accept chan net.Conn
	closed chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case nc := <-l.accept:
		return nc, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{Port: 2181} }

func TestConfig(t *testing.T) {
	c, err := Config{}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if c.MinSessionTimeout != 4*time.Second || c.MaxSessionTimeout < 90*time.Second || c.MaxClientCnxns != 60 || c.MaxBuffer != 0xfffff || c.ID == "" {
		t.Errorf("defaults: %+v", c)
	}
	for name, c := range map[string]Config{
		"negative tick":    {TickTime: -1},
		"max below min":    {MinSessionTimeout: time.Minute, MaxSessionTimeout: time.Second},
		"timeout of weeks": {MaxSessionTimeout: 1000 * time.Hour},
		"tiny buffer":      {MaxBuffer: 10},
		"negative floor":   {ZxidFloor: -1},
	} {
		if _, err := c.withDefaults(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
