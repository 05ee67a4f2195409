package commit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// shim is one process: a connection to the server, a replica fed by its watch,
// and a committer. It must be made inside of a synctest bubble.
type shim struct {
	t *testing.T
	*commit.Committer
	store   store.Store
	replica *replica.Replica

	mu  sync.Mutex
	log []string // events and replies, in order
}

// seed puts the znodes of an empty tree into the server.
func seed(t testing.TB, server *mem.Server) {
	t.Helper()
	var txn store.Txn
	for _, b := range record.Birth() {
		txn.Ops = append(txn.Ops, store.Op{Key: store.Key(record.NodeKey(b.Path)), Value: b.Node.Append(nil)})
		if b.Counter != nil {
			txn.Ops = append(txn.Ops, store.Op{Key: store.Key(record.CounterKey(b.Path)), Value: b.Counter.Append(nil)})
		}
	}
	if _, err := server.Open("", nil).Commit(t.Context(), txn); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, st store.Store, o commit.Options) *shim {
	t.Helper()
	s := &shim{t: t, store: st}
	s.replica = replica.New(zerolog.Nop(), replica.Hooks{
		Event: func(typ znode.EventType, p znode.Path, _ znode.Zxid, _, _ []znode.ACL) {
			s.note(fmt.Sprintf("event %d %s", typ, p))
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	load := func() error {
		return s.replica.Load(func(each func(store.KV) error) (store.Revision, error) { return st.Load(ctx, each) })
	}
	for load() != nil {
		time.Sleep(time.Millisecond)
	}
	o.Store, o.Replica, o.Log = st, s.replica, zerolog.Nop()
	s.Committer = commit.New(o)
	var watching sync.WaitGroup
	watching.Go(func() {
		for ctx.Err() == nil {
			err := st.Watch(ctx, s.replica.Revision()+1, func(c store.Change) error {
				s.Apply(c)
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
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		cancel()
		watching.Wait()
	})
	return s
}

func (s *shim) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, what)
}

func (s *shim) notes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// reply is a submitted write's outcome, once done is closed.
type reply struct {
	done chan struct{}
	commit.Outcome
	times int
}

// submit submits op for nobody in particular and notes its reply as name.
func (s *shim) submit(name string, op tree.Op) *reply {
	return s.submitFor(session{}, name, op)
}

func (s *shim) submitFor(who session, name string, op tree.Op) *reply {
	s.t.Helper()
	r := &reply{done: make(chan struct{})}
	w := &commit.Write{Request: who.request(op), Done: func(o commit.Outcome) {
		s.mu.Lock()
		defer s.mu.Unlock()
		r.Outcome = o
		if r.times++; r.times == 1 {
			close(r.done)
		}
		if name != "" {
			s.log = append(s.log, "reply "+name)
		}
	}}
	if err := s.Submit(s.t.Context(), w); err != nil {
		s.t.Fatal(err)
	}
	return r
}

// do submits op for nobody in particular and waits.
func (s *shim) do(op tree.Op) commit.Outcome {
	return s.Do(s.t.Context(), session{}.request(op))
}

// session is a client's; the zero value stands for the shim itself.
type session struct {
	id    znode.SessionID
	epoch int64
}

func (who session) request(op tree.Op) tree.Request {
	return tree.Request{Session: who.id, Epoch: who.epoch, Identity: anyone{}, Now: time.Now().UnixMilli(), Op: op, Internal: who.id == 0}
}

// open makes a session.
func (s *shim) open(id znode.SessionID) session {
	s.t.Helper()
	for {
		_, err := s.store.Grant(s.t.Context(), store.LeaseID(id), time.Hour)
		if err == nil || errors.Is(err, store.ErrLeaseExists) { // the answer before was lost
			break
		}
		time.Sleep(time.Millisecond)
	}
	for {
		out := s.do(tree.OpenSession{ID: id, Session: record.Session{Timeout: 1000, Epoch: 1}})
		if out.Err == nil && (out.Result.Err == nil || errors.Is(out.Result.Err, tree.ErrSessionExists)) {
			return session{id, 1}
		}
	}
}

// move raises the session's epoch.
func (s *shim) move(who session) session {
	s.t.Helper()
	for {
		out := s.do(tree.MoveSession{ID: who.id, Shim: "x", Timeout: 1000})
		switch {
		case out.Err != nil:
		case out.Result.Err != nil:
			s.t.Fatal(out.Result.Err)
		default:
			return session{who.id, out.Result.Epoch}
		}
	}
}

// anyone may do anything.
type anyone struct{}

func (anyone) Allow([]znode.ACL, znode.Perms) bool      { return true }
func (anyone) Fix(acl []znode.ACL) ([]znode.ACL, error) { return acl, nil }

func create(p znode.Path) tree.Create {
	return tree.Create{Path: p, ACL: znode.OpenACL, Kind: tree.KindCreate2}
}

func sequential(p znode.Path) tree.Create {
	return tree.Create{Path: p, ACL: znode.OpenACL, Mode: znode.ModePersistentSequential, Kind: tree.KindCreate2}
}

// paths returns what the server holds below a znode, by a connection of its own.
func paths(t *testing.T, server *mem.Server, below znode.Path) map[znode.Path]record.Node {
	t.Helper()
	out := map[znode.Path]record.Node{}
	_, err := server.Open("", nil).Load(t.Context(), func(kv store.KV) error {
		if kind, p, _ := record.ParseKey(string(kv.Key)); kind == record.KindNode && p != znode.Root && p.Parent() == below {
			n, err := record.DecodeNode(kv.Value)
			if err != nil {
				return err
			}
			out[p] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// pass lets d pass, and what is due by then happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
