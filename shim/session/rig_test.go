package session_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

const (
	minTimeout = 4 * time.Second
	maxTimeout = 90 * time.Second
)

// shim is one process. It must be made inside of a synctest bubble.
type shim struct {
	*session.Manager
	t         *testing.T
	store     store.Store
	replica   *replica.Replica
	committer *commit.Committer
	stop      func()
}

// newServer holds the znodes of an empty tree.
func newServer(t *testing.T, o mem.Options) *mem.Server {
	t.Helper()
	server := mem.NewServer(o)
	for _, b := range record.Birth() {
		txn := store.Txn{Ops: []store.Op{{Key: store.Key(record.NodeKey(b.Path)), Value: b.Node.Append(nil)}}}
		if b.Counter != nil {
			txn.Ops = append(txn.Ops, store.Op{Key: store.Key(record.CounterKey(b.Path)), Value: b.Counter.Append(nil)})
		}
		if _, err := server.Open("", nil).Commit(t.Context(), txn); err != nil {
			t.Fatal(err)
		}
	}
	return server
}

func start(t *testing.T, name string, st store.Store) *shim {
	t.Helper()
	s := &shim{t: t, store: st}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.replica = replica.New(zerolog.Nop(), replica.Hooks{Session: func(id znode.SessionID, rec *tree.Session) {
		if s.Manager != nil { // it is nil during the first load
			s.OnSession(id, rec)
		}
	}})
	load := func() error {
		return s.replica.Load(func(each func(store.KV) error) (store.Revision, error) { return st.Load(ctx, each) })
	}
	if err := load(); err != nil {
		t.Fatal(err)
	}
	s.committer = commit.New(commit.Options{Store: st, Replica: s.replica, Log: zerolog.Nop()})
	s.Manager = session.New(session.Options{
		Store: st, Replica: s.replica, Committer: s.committer, Shim: name,
		Min: minTimeout, Max: maxTimeout, Log: zerolog.Nop(),
	})
	running.Go(func() {
		for ctx.Err() == nil {
			err := st.Watch(ctx, s.replica.Revision()+1, func(c store.Change) error {
				s.committer.Apply(c)
				return nil
			})
			if errors.Is(err, store.ErrCompacted) {
				_ = load() // or the next time
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Millisecond):
			}
		}
	})
	s.stop = sync.OnceFunc(func() {
		if err := errors.Join(s.Close(), s.committer.Close()); err != nil {
			t.Error(err)
		}
		cancel()
		running.Wait()
	})
	t.Cleanup(s.stop)
	return s
}

// open opens a session and gives it a connection.
func (s *shim) open(timeout time.Duration) (session.Session, *conn) {
	s.t.Helper()
	got, err := s.Open(s.t.Context(), timeout)
	if err != nil {
		s.t.Fatal(err)
	}
	return got, s.bind(got)
}

func (s *shim) bind(to session.Session) *conn {
	s.t.Helper()
	c := &conn{}
	if err := s.Bind(to, c); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *shim) resume(old session.Session) session.Session {
	s.t.Helper()
	got, err := s.Resume(s.t.Context(), old.ID, old.Password[:], old.Timeout)
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

// ephemeral makes a znode for the session and returns what the write came to.
func (s *shim) ephemeral(of session.Session, p znode.Path) error {
	out := s.committer.Do(s.t.Context(), tree.Request{
		Session: of.ID, Epoch: of.Epoch, Identity: anyone{}, Now: time.Now().UnixMilli(),
		Op: tree.Create{Path: p, ACL: znode.OpenACL, Mode: znode.ModeEphemeral},
	})
	return errors.Join(out.Err, out.Result.Err)
}

// anyone may do anything.
type anyone struct{}

func (anyone) Allow([]znode.ACL, znode.Perms) bool      { return true }
func (anyone) Fix(acl []znode.ACL) ([]znode.ACL, error) { return acl, nil }

// conn is a connection.
type conn struct {
	mu     sync.Mutex
	kicked []error
	at     time.Time
	busy   bool
}

func (c *conn) Kick(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kicked = append(c.kicked, reason)
	c.at = time.Now()
}

func (c *conn) Busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.busy
}

func (c *conn) setBusy(busy bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = busy
}

// check says why c was kicked, nil for not at all.
func (c *conn) check(t *testing.T, want error) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if want == nil && len(c.kicked) > 0 || want != nil && (len(c.kicked) != 1 || !errors.Is(c.kicked[0], want)) {
		t.Errorf("kicked because of %v, want %v", c.kicked, want)
	}
}

// stored returns the session's record in the server, nil if there is none.
func stored(t *testing.T, server *mem.Server, id znode.SessionID) (rec *record.Session) {
	t.Helper()
	each(t, server, func(kv store.KV) {
		if kind, _, found := record.ParseKey(string(kv.Key)); kind == record.KindSession && found == id {
			decoded, err := record.DecodeSession(kv.Value)
			if err != nil {
				t.Fatal(err)
			}
			if kv.Lease != store.LeaseID(id) {
				t.Errorf("session %x is attached to lease %x", id, kv.Lease)
			}
			rec = &decoded
		}
	})
	return rec
}

// znodes returns how many znodes are in the server.
func znodes(t *testing.T, server *mem.Server) (n int) {
	t.Helper()
	each(t, server, func(kv store.KV) {
		if kind, _, _ := record.ParseKey(string(kv.Key)); kind == record.KindNode {
			n++
		}
	})
	return n
}

func each(t *testing.T, server *mem.Server, f func(store.KV)) {
	t.Helper()
	_, err := server.Open("", nil).Load(context.Background(), func(kv store.KV) error { f(kv); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// pass lets d pass, and what is due by then happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// born is the number of znodes of an empty tree.
var born = len(record.Birth())
