package clients

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
)

// patience bounds every wait for something that must happen.
const patience = 20 * time.Second

var world = zk.WorldACL(zk.PermAll)

func connect(t *testing.T) *zk.Conn {
	t.Helper()
	return connectThrough(t, net.DialTimeout, 6*time.Second)
}

func connectThrough(t *testing.T, dial zk.Dialer, session time.Duration) *zk.Conn {
	t.Helper()
	addr := quorumAddr(t)
	client, events, err := zk.Connect([]string{addr}, session,
		zk.WithDialer(dial), zk.WithLogInfo(false), zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	go func() {
		for range events { // the session's own events are not what these tests look at
		}
	}()
	return client
}

type silent struct{}

func (silent) Printf(string, ...any) {}

// root creates a fresh znode for one test.
func root(t *testing.T, client *zk.Conn) string {
	t.Helper()
	return create(t, client, "/gozk-", "", zk.FlagSequence)
}

func nextEvent(t *testing.T, events <-chan zk.Event, want zk.EventType, path string) {
	t.Helper()
	select {
	case event := <-events:
		if event.Type != want || event.Path != path {
			t.Fatalf("event %v on %q, want %v on %q", event.Type, event.Path, want, path)
		}
	case <-time.After(patience):
		t.Fatalf("no %v event on %q", want, path)
	}
}

func create(t *testing.T, client *zk.Conn, path, data string, flags int32) string {
	t.Helper()
	created, err := client.Create(path, []byte(data), flags, world)
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func TestGoLockExcludes(t *testing.T) {
	path := root(t, connect(t)) + "/lock"
	var holders, entries atomic.Int32
	var group sync.WaitGroup
	for range 4 {
		client := connect(t)
		group.Go(func() {
			for range 3 {
				lock := zk.NewLock(client, path, world)
				if err := lock.Lock(); err != nil {
					t.Error(err)
					return
				}
				if holders.Add(1) != 1 {
					t.Error("two holders of one lock")
				}
				entries.Add(1)
				holders.Add(-1)
				if err := lock.Unlock(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if entries.Load() != 12 {
		t.Errorf("%d of 12 entries", entries.Load())
	}
}

func TestGoLockGoesWithItsSession(t *testing.T) {
	first, second := connect(t), connect(t)
	path := root(t, first) + "/lock"
	if err := zk.NewLock(first, path, world).Lock(); err != nil {
		t.Fatal(err)
	}
	acquired := make(chan error, 1)
	go func() { acquired <- zk.NewLock(second, path, world).Lock() }()
	waitFor(t, "the second contender to queue", func() bool {
		children, _, err := first.Children(path)
		return err == nil && len(children) == 2
	})
	first.Close()
	select {
	case err := <-acquired:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patience):
		t.Fatal("the lock was not handed over when its holder's session closed")
	}
}

// TestGoElection elects by the lowest ephemeral sequential znode; each candidate watches its predecessor only.
func TestGoElection(t *testing.T) {
	path := root(t, connect(t))
	leaders := make(chan int, 3)
	candidates := make([]*zk.Conn, 3)
	for i := range candidates {
		candidates[i] = connect(t)
		mine := create(t, candidates[i], path+"/n-", "", zk.FlagEphemeral|zk.FlagSequence)
		go func() {
			if awaitLead(candidates[i], path, mine) == nil {
				leaders <- i
			}
		}()
	}
	for want := range candidates {
		select {
		case got := <-leaders:
			if got != want {
				t.Fatalf("candidate %d leads, want %d", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("candidate %d never led", want)
		}
		candidates[want].Close()
	}
}

func awaitLead(client *zk.Conn, path, mine string) error {
	for {
		children, _, err := client.Children(path)
		if err != nil {
			return err
		}
		slices.Sort(children)
		position := slices.Index(children, strings.TrimPrefix(mine, path+"/"))
		if position == 0 {
			return nil
		}
		present, _, gone, err := client.ExistsW(path + "/" + children[position-1])
		if err != nil {
			return err
		}
		if present {
			<-gone
		}
	}
}

func TestGoWatches(t *testing.T) {
	watcher, writer := connect(t), connect(t)
	parent := root(t, writer)
	child := parent + "/child"

	present, _, created, err := watcher.ExistsW(child)
	if err != nil || present {
		t.Fatalf("exists = %v, %v", present, err)
	}
	_, _, grown, err := watcher.ChildrenW(parent)
	if err != nil {
		t.Fatal(err)
	}
	create(t, writer, child, "1", 0)
	nextEvent(t, created, zk.EventNodeCreated, child)
	nextEvent(t, grown, zk.EventNodeChildrenChanged, parent)

	data, _, changed, err := watcher.GetW(child)
	if err != nil || string(data) != "1" {
		t.Fatalf("get = %q, %v", data, err)
	}
	if _, err := writer.Set(child, []byte("2"), 0); err != nil {
		t.Fatal(err)
	}
	nextEvent(t, changed, zk.EventNodeDataChanged, child)

	_, _, deleted, err := watcher.GetW(child)
	if err != nil {
		t.Fatal(err)
	}
	_, _, shrunk, err := watcher.ChildrenW(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Delete(child, 1); err != nil {
		t.Fatal(err)
	}
	nextEvent(t, deleted, zk.EventNodeDeleted, child)
	nextEvent(t, shrunk, zk.EventNodeChildrenChanged, parent)
}

func TestGoEphemerals(t *testing.T) {
	owner, observer := connect(t), connect(t)
	parent := root(t, observer)
	path := parent + "/e"
	create(t, owner, path, "", zk.FlagEphemeral)
	_, stat, err := observer.Get(path)
	if err != nil || stat.EphemeralOwner != owner.SessionID() {
		t.Fatalf("owner %#x, %v, want %#x", stat.EphemeralOwner, err, owner.SessionID())
	}
	if _, err := observer.Create(path+"/child", nil, 0, world); !errors.Is(err, zk.ErrNoChildrenForEphemerals) {
		t.Errorf("child of an ephemeral: %v, want %v", err, zk.ErrNoChildrenForEphemerals)
	}
	_, _, gone, err := observer.ExistsW(path)
	if err != nil {
		t.Fatal(err)
	}
	owner.Close()
	nextEvent(t, gone, zk.EventNodeDeleted, path)
}

// TestGoEphemeralsGoWithAnExpiredSession cuts a client off without a closeSession.
func TestGoEphemeralsGoWithAnExpiredSession(t *testing.T) {
	observer := connect(t)
	path := root(t, observer) + "/e"
	var cut atomic.Bool
	var line atomic.Pointer[net.Conn]
	dial := func(network, address string, timeout time.Duration) (net.Conn, error) {
		if cut.Load() {
			return nil, errors.New("cut off by the test")
		}
		conn, err := net.DialTimeout(network, address, timeout)
		line.Store(&conn)
		return conn, err
	}
	owner := connectThrough(t, dial, 2*time.Second)
	create(t, owner, path, "", zk.FlagEphemeral)
	_, _, gone, err := observer.ExistsW(path)
	if err != nil {
		t.Fatal(err)
	}
	cut.Store(true)
	if err := (*line.Load()).Close(); err != nil {
		t.Fatal(err)
	}
	nextEvent(t, gone, zk.EventNodeDeleted, path)
}

func TestGoMulti(t *testing.T) {
	client := connect(t)
	parent := root(t, client)
	a, b := parent+"/a", parent+"/b"
	if _, err := client.Multi(
		&zk.CreateRequest{Path: a, Data: []byte("1"), Acl: world},
		&zk.SetDataRequest{Path: a, Data: []byte("2"), Version: 0},
		&zk.CreateRequest{Path: b, Acl: world},
		&zk.CheckVersionRequest{Path: b, Version: 0},
		&zk.DeleteRequest{Path: b, Version: 0},
	); err != nil {
		t.Fatal(err)
	}
	data, stat, err := client.Get(a)
	if err != nil || string(data) != "2" || stat.Version != 1 {
		t.Errorf("a = %q version %d, %v", data, stat.Version, err)
	}
	if present, _, err := client.Exists(b); present || err != nil {
		t.Errorf("b exists = %v, %v", present, err)
	}
	results, err := client.Multi(
		&zk.SetDataRequest{Path: a, Data: []byte("lost"), Version: 1},
		&zk.DeleteRequest{Path: b, Version: -1},
	)
	if err == nil || len(results) != 2 || !errors.Is(results[1].Error, zk.ErrNoNode) {
		t.Errorf("failing multi: %v, %v", results, err)
	}
	if data, _, _ := client.Get(a); string(data) != "2" {
		t.Errorf("a failing multi left %q behind", data)
	}
}

// TestGoSessionSurvivesRestart kills the server; the session, its ephemeral and its watch are there afterwards.
func TestGoSessionSurvivesRestart(t *testing.T) {
	client := connect(t)
	if given != "" {
		t.Skip("SKIPPED: the server at HQUORUM_TEST_ADDR is not ours to kill")
	}
	quorum := ownQuorum(t)
	parent := root(t, client)
	path := parent + "/e"
	create(t, client, path, "kept", zk.FlagEphemeral)
	_, _, changed, err := client.ChildrenW(parent)
	if err != nil {
		t.Fatal(err)
	}
	session := client.SessionID()
	if err := quorum.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := quorum.Restart(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the client to read again", func() bool {
		data, stat, err := client.Get(path)
		return err == nil && string(data) == "kept" && stat.EphemeralOwner == session
	})
	create(t, client, parent+"/later", "", 0)
	nextEvent(t, changed, zk.EventNodeChildrenChanged, parent)
}

func waitFor(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !reached(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
