package commit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestWritesGatherWhileOneIsCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		var commits atomic.Int32
		var observed []int
		st := server.Open("", func(c mem.Call) mem.Fault {
			if c.Method == mem.Commit {
				commits.Add(1)
				return mem.Fault{Before: 5 * time.Millisecond}
			}
			return mem.Fault{}
		})
		s := start(t, st, commit.Options{Observe: func(n int, took time.Duration) {
			observed = append(observed, n)
			if took != 5*time.Millisecond {
				t.Errorf("Observe says %v", took)
			}
		}})
		const n = 100
		var replies []*reply
		for i := range n {
			replies = append(replies, s.submit("", create(znode.Path(fmt.Sprintf("/a%d", i)))))
			synctest.Wait() // the first goes alone
		}
		pass(time.Second)
		if got := commits.Load(); got != 2 {
			t.Errorf("%d commits, want 2", got)
		}
		if want := []int{1, n - 1}; !slices.Equal(observed, want) {
			t.Errorf("observed %v, want %v", observed, want)
		}
		last := znode.Zxid(0)
		for i, r := range replies {
			if r.times != 1 || r.Err != nil || r.Result.Err != nil {
				t.Fatalf("write %d: %+v", i, r)
			}
			if r.Zxid <= last || r.Result.Stat.Czxid != r.Zxid {
				t.Errorf("write %d: zxid %d after %d, czxid %d", i, r.Zxid, last, r.Result.Stat.Czxid)
			}
			last = r.Zxid
		}
		if s.replica.Zxid() != last {
			t.Errorf("the replica is at zxid %d, the last reply at %d", s.replica.Zxid(), last)
		}
		if got := s.Stats(); got.Batches != 2 || got.Writes != n || got.Queued != 0 {
			t.Errorf("stats %+v", got)
		}
	})
}

// Whoever is first to bring a batch to the replica, its Commit or the watch, the
// client sees the same.
func TestRepliesGoBetweenTheEvents(t *testing.T) {
	slow := 5 * time.Millisecond
	for name, fault := range map[string]func(mem.Call) mem.Fault{
		"at once": func(mem.Call) mem.Fault { return mem.Fault{} },
		"commit first": func(c mem.Call) mem.Fault {
			if c.Method == mem.Emit {
				return mem.Fault{Before: slow}
			}
			return mem.Fault{}
		},
		"watch first": func(c mem.Call) mem.Fault {
			if c.Method == mem.Commit {
				return mem.Fault{After: slow}
			}
			return mem.Fault{}
		},
	} {
		for _, foreign := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/foreign=%v", name, foreign), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := mem.NewServer(mem.Options{})
					seed(t, server)
					s := start(t, server.Open("", fault), commit.Options{})
					other := start(t, server.Open("", nil), commit.Options{})
					if foreign { // an own change that is not the next one to the replica
						if out := other.do(create("/zookeeper/q")); out.Err != nil {
							t.Fatal(out.Err)
						}
						server.Foreign(3)
					} else {
						s.submit("", create("/zookeeper/q"))
						pass(time.Second)
					}
					r := []*reply{
						s.submit("0", create("/a")),
						s.submit("1", create("/a")),
						s.submit("2", create("/b")),
						s.submit("3", tree.SetData{Path: "/a", Version: -1}),
						s.submit("4", tree.Delete{Path: "/b", Version: -1}),
						s.submit("5", tree.Delete{Path: "/b", Version: -1}),
					}
					pass(time.Second)
					want := []string{
						"event 1 /zookeeper/q",
						"event 1 /a", "reply 0", "reply 1", "event 1 /b", "reply 2",
						"event 3 /a", "reply 3", "event 2 /b", "reply 4", "reply 5",
					}
					if got := s.notes(); !slices.Equal(got, want) {
						t.Errorf("got  %q\nwant %q", got, want)
					}
					errs := []error{nil, tree.ErrNodeExists, nil, nil, nil, tree.ErrNoNode}
					zxid := znode.Zxid(0)
					for i, r := range r {
						if r.times != 1 || r.Err != nil || !errors.Is(r.Result.Err, errs[i]) {
							t.Errorf("reply %d: %+v", i, r)
						}
						if r.Zxid < zxid || r.Result.Err == nil && r.Zxid == zxid {
							t.Errorf("reply %d: zxid %d behind %d", i, r.Zxid, zxid)
						}
						zxid = r.Zxid
					}
					if s.replica.Zxid() < zxid {
						t.Errorf("the replica is at zxid %d, behind a reply's %d", s.replica.Zxid(), zxid)
					}
				})
			})
		}
	}
}

// Who is told that a znode is absent does not see it afterwards, although it has
// come and gone again since the request was planned.
func TestAbsenceIsNotTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		slow := server.Open("", func(c mem.Call) mem.Fault {
			switch c.Method {
			case mem.Emit:
				if c.Rev > 3 {
					return mem.Fault{Before: 5 * time.Second}
				}
			case mem.Commit:
				return mem.Fault{Before: time.Second}
			}
			return mem.Fault{}
		})
		s, other := start(t, slow, commit.Options{}), start(t, server.Open("", nil), commit.Options{})
		told := s.submit("told", tree.Delete{Path: "/a", Version: -1})
		other.do(create("/a"))
		synctest.Wait() // revision 3 has come
		other.do(tree.Delete{Path: "/a", Version: -1})
		<-told.done
		if !errors.Is(told.Result.Err, tree.ErrNoNode) {
			t.Fatalf("%v, %v", told.Result.Err, told.Err)
		}
		s.replica.View(func(v *replica.View) {
			if v.Node("/a") != nil {
				t.Error("a znode that was said to be gone is there")
			}
		})
	})
}

// An error is true of the latest state, not of what the replica happens to show.
func TestErrorsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		s := start(t, server.Open("", func(c mem.Call) mem.Fault {
			if c.Method == mem.Emit {
				return mem.Fault{Before: 50 * time.Millisecond}
			}
			return mem.Fault{}
		}), commit.Options{})
		other := start(t, server.Open("", nil), commit.Options{})
		if out := other.do(create("/a")); out.Err != nil {
			t.Fatal(out.Err)
		}
		if out := s.do(tree.Delete{Path: "/a", Version: -1}); out.Err != nil || out.Result.Err != nil {
			t.Errorf("delete of what another shim has made: %+v", out)
		}
		if out := s.do(tree.Delete{Path: "/a", Version: -1}); out.Err != nil || !errors.Is(out.Result.Err, tree.ErrNoNode) {
			t.Errorf("delete of what is gone: %+v", out)
		} else if out.Zxid != s.replica.Zxid() {
			t.Errorf("zxid %d in the error's reply, want the last, %d", out.Zxid, s.replica.Zxid())
		}
		if got := s.Stats().Conflicts; got != 1 {
			t.Errorf("%d conflicts, want 1", got)
		}
	})
}

func TestBatchesKeepTheStoresLimits(t *testing.T) {
	for _, limits := range []store.Limits{{Ops: 8}, {Compares: 8}, {Bytes: 800}} {
		t.Run(fmt.Sprintf("%+v", limits), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{Limits: limits})
				seed(t, server)
				s := start(t, server.Open("", nil), commit.Options{MaxBatch: 50})
				var replies []*reply
				for i := range 100 {
					replies = append(replies, s.submit("", create(znode.Path(fmt.Sprintf("/a%d", i)))))
				}
				synctest.Wait()
				for i, r := range replies {
					if r.times != 1 || r.Err != nil || r.Result.Err != nil {
						t.Fatalf("write %d: %+v", i, r)
					}
				}
				if got := s.Stats().Batches; got < 5 {
					t.Errorf("%d batches", got)
				}
			})
		})
	}
	t.Run("too large alone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := mem.NewServer(mem.Options{Limits: store.Limits{Bytes: 2000}})
			seed(t, server)
			s := start(t, server.Open("", nil), commit.Options{})
			op := create("/a")
			op.Data = make([]byte, 3000)
			if out := s.do(op); out.Err != nil || !errors.Is(out.Result.Err, tree.ErrTooLarge) {
				t.Errorf("%+v", out)
			}
			if out := s.do(create("/b")); out.Err != nil || out.Result.Err != nil {
				t.Errorf("the next: %+v", out)
			}
		})
	})
}

// strict takes less than its Limits say.
type strict struct {
	*mem.Store
	ops int
}

func (s strict) Commit(ctx context.Context, txn store.Txn) (store.Revision, error) {
	if len(txn.Ops) > s.ops {
		return 0, store.ErrTooLarge
	}
	return s.Store.Commit(ctx, txn)
}

func TestStoreThatTakesLess(t *testing.T) {
	for _, c := range []struct {
		ops  int
		want error
	}{{6, nil}, {1, tree.ErrTooLarge}} {
		t.Run(fmt.Sprint(c.ops), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				seed(t, server)
				s := start(t, strict{server.Open("", nil), c.ops}, commit.Options{})
				for i := range 20 {
					r := s.submit("", create(znode.Path(fmt.Sprintf("/a%d", i))))
					defer func() {
						if r.times != 1 || r.Err != nil || !errors.Is(r.Result.Err, c.want) {
							t.Errorf("write %d: %+v", i, r)
						}
					}()
				}
				synctest.Wait()
			})
		})
	}
}

func TestPlainTypes(t *testing.T) {
	for _, plain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server := mem.NewServer(mem.Options{})
			seed(t, server)
			s := start(t, server.Open("", nil), commit.Options{PlainTypes: plain})
			out := s.do(tree.Create{Path: "/ttl", ACL: znode.OpenACL, Mode: znode.ModePersistentTTL, TTL: 1000, Kind: tree.KindTTL})
			if refused := errors.Is(out.Result.Err, tree.ErrUnimplemented); out.Err != nil || refused != plain {
				t.Errorf("PlainTypes %v: %+v", plain, out)
			}
		})
	}
}
