package commit_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// writer returns who has the store for itself, by its own word.
func writer(t *testing.T, server *mem.Server) string {
	t.Helper()
	var w record.Writer
	_, err := server.Open("", nil).Load(t.Context(), func(kv store.KV) (err error) {
		if kv.Key == record.WriterKey {
			w, err = record.DecodeWriter(kv.Value)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.ID
}

// compares counts what a store is asked to compare.
func compares(n *atomic.Int64, also func(mem.Call) mem.Fault) func(mem.Call) mem.Fault {
	return func(c mem.Call) mem.Fault {
		if c.Method == mem.Commit {
			n.Store(int64(len(c.Txn.Compares)))
		}
		return also(c)
	}
}

func fine(mem.Call) mem.Fault { return mem.Fault{} }

func (s *shim) must(op tree.Op) commit.Outcome {
	s.t.Helper()
	out := s.do(op)
	if err := errors.Join(out.Err, out.Result.Err); err != nil {
		s.t.Fatalf("%+v: %v", op, err)
	}
	return out
}

// Who writes alone compares one key; when another comes they compare all keys
// until it is quiet again, and neither misses what the other did.
func TestSoleWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		var last atomic.Int64
		slow := func(c mem.Call) mem.Fault {
			if c.Method == mem.Emit {
				return mem.Fault{Before: 50 * time.Millisecond}
			}
			return mem.Fault{}
		}
		ann := start(t, server.Open("", compares(&last, slow)), commit.Options{Quiet: 3})
		bob := start(t, server.Open("", slow), commit.Options{Quiet: 3})
		ann.must(create("/a"))
		if got := last.Load(); got < 3 {
			t.Errorf("%d compares at first, want the writer, the znode and its parent at least", got)
		}
		for range 4 {
			ann.must(tree.SetData{Path: "/a", Version: -1})
		}
		if got := last.Load(); got != 1 || writer(t, server) == "" {
			t.Errorf("%d compares, and %q writes alone, want 1 and somebody", got, writer(t, server))
		}
		pass(time.Second)

		// The other one's first write comes between.
		bob.must(tree.SetData{Path: "/a", Version: 4})
		if got := writer(t, server); got != "" {
			t.Errorf("%q still writes alone", got)
		}
		if out := ann.do(tree.SetData{Path: "/a", Version: 4}); !errors.Is(out.Result.Err, tree.ErrBadVersion) {
			t.Errorf("a write on what the other has changed: %+v", out)
		}
		if got := ann.must(tree.SetData{Path: "/a", Version: -1}).Result.Stat.Version; got != 6 {
			t.Errorf("version %d, want 6", got)
		}
		if got := last.Load(); got < 2 {
			t.Errorf("%d compares beside another, want all", got)
		}
		for range 5 {
			pass(time.Second)
			bob.must(tree.SetData{Path: "/a", Version: -1})
		}
		pass(time.Second)
		if writer(t, server) == "" {
			t.Error("nobody writes alone when it is quiet again")
		}
		if got := ann.must(tree.SetData{Path: "/a", Version: 11}).Result.Stat.Version; got != 12 {
			t.Errorf("version %d, want 12", got)
		}
	})
}

// A lease may take a session and its znodes away from who writes alone.
func TestSoleWriterMindsLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		late := func(c mem.Call) mem.Fault {
			if c.Method == mem.Emit {
				return mem.Fault{Before: time.Second}
			}
			return mem.Fault{}
		}
		s := start(t, server.Open("", late), commit.Options{Quiet: 1})
		who := s.open(1)
		other := s.open(2)
		if r := s.submitFor(who, "", tree.Create{Path: "/e", ACL: znode.OpenACL, Mode: znode.ModeEphemeral}); true {
			<-r.done
		}
		s.must(create("/a"))
		server.Expire(store.LeaseID(who.id))
		gone := s.submitFor(who, "", tree.SetData{Path: "/a", Version: -1})
		again := s.submitFor(other, "", tree.Create{Path: "/e", ACL: znode.OpenACL, Mode: znode.ModeEphemeral})
		<-gone.done
		<-again.done
		if !errors.Is(gone.Result.Err, tree.ErrSessionExpired) || gone.Err != nil {
			t.Errorf("a write of a session that has expired: %+v", gone)
		}
		if again.Err != nil || again.Result.Err != nil {
			t.Errorf("a create where the lease took the znode: %+v", again)
		}
	})
}

// What is in doubt is never done behind later writes.
func TestSoleWriterInDoubt(t *testing.T) {
	for _, quiet := range []int{1, 1 << 20} {
		t.Run(fmt.Sprint(quiet), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				seed(t, server)
				f := &faults{}
				s := start(t, server.Open("", f.hook), commit.Options{Quiet: quiet})
				s.must(create("/a"))
				for range 3 {
					s.must(tree.SetData{Path: "/a", Version: -1})
				}
				f.commit.Store(&mem.Fault{Outcome: mem.Late, Delay: 5 * time.Second})
				lost := s.submit("", tree.SetData{Path: "/a", Data: []byte("lost"), Version: -1})
				<-lost.done
				f.commit.Store(nil)
				if !errors.Is(lost.Err, store.ErrUnknown) {
					t.Fatalf("%+v", lost)
				}
				s.must(tree.SetData{Path: "/a", Data: []byte("last"), Version: -1})
				pass(time.Minute)
				if got := paths(t, server, "/")["/a"]; string(got.Data) != "last" {
					t.Errorf("the data is %q", got.Data)
				}
				s.must(tree.SetData{Path: "/a", Version: 4})
			})
		})
	}
}

// What comes while a batch is under way is planned on its outcome.
func TestPlansOnWhatIsUnderWay(t *testing.T) {
	for _, foreign := range []bool{false, true} {
		t.Run(fmt.Sprint(foreign), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				seed(t, server)
				var commits atomic.Int64
				s := start(t, server.Open("", func(c mem.Call) mem.Fault {
					if c.Method == mem.Commit {
						commits.Add(1)
						return mem.Fault{Before: 5 * time.Millisecond}
					}
					return mem.Fault{}
				}), commit.Options{})
				var replies []*reply
				add := func(op tree.Op) { replies = append(replies, s.submit("", op)) }
				add(create("/p"))
				synctest.Wait()
				if foreign { // then the outcome is not the one foretold
					server.Foreign(2)
				}
				for i := range 40 {
					add(create(znode.Path(fmt.Sprintf("/p/%d", i))))
					add(tree.SetData{Path: "/p", Version: int32(i)})
				}
				add(sequential("/p/s"))
				pass(time.Second)
				for i, r := range replies {
					if r.times != 1 || r.Err != nil || r.Result.Err != nil {
						t.Fatalf("write %d: %+v", i, r)
					}
					if i > 0 && r.Zxid <= replies[i-1].Zxid {
						t.Errorf("write %d: zxid %d behind %d", i, r.Zxid, replies[i-1].Zxid)
					}
				}
				if got := replies[len(replies)-1].Result.Path; got != "/p/s0000000040" {
					t.Errorf("sequential name %s", got)
				}
				if st := replies[len(replies)-2].Result.Stat; st.Czxid != replies[0].Zxid || st.NumChildren != 40 || st.Version != 40 {
					t.Errorf("%+v, created by %d", st, replies[0].Zxid)
				}
				if got := commits.Load(); got != 2 {
					t.Errorf("%d commits, want 2", got)
				}
			})
		})
	}
}
