package commit_test

import (
	"context"
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

// faults is a hook whose fault for commits can be set.
type faults struct{ commit atomic.Pointer[mem.Fault] }

func (f *faults) hook(c mem.Call) mem.Fault {
	if next := f.commit.Load(); c.Method == mem.Commit && next != nil {
		return *next
	}
	return mem.Fault{}
}

// A write without an answer takes the later ones of its session with it, until
// the session is moved, and whatever becomes of it later is fenced then.
func TestUnansweredWriteCutsTheSession(t *testing.T) {
	for name, c := range map[string]struct {
		fault   mem.Fault
		full    bool
		want    error
		applied bool
	}{
		"not applied":   {fault: mem.Fault{Outcome: mem.LostRequest}, want: store.ErrUnknown},
		"applied":       {fault: mem.Fault{Outcome: mem.LostAnswer}, want: store.ErrUnknown, applied: true},
		"applied later": {fault: mem.Fault{Outcome: mem.Late, Delay: 5 * time.Second}, want: store.ErrUnknown},
		"hanging":       {fault: mem.Fault{Before: time.Minute}, want: store.ErrUnknown},
		"unavailable":   {fault: mem.Fault{Outcome: mem.Unavailable}, want: store.ErrUnavailable},
		"full":          {full: true, want: store.ErrNoSpace},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				seed(t, server)
				f := &faults{}
				s := start(t, server.Open("", f.hook), commit.Options{MaxBatch: 1})
				ann, bob := s.open(1), s.open(2)
				f.commit.Store(&c.fault)
				server.SetFull(c.full)
				lost := s.submitFor(ann, "lost", create("/lost"))
				behind := s.submitFor(ann, "behind", create("/behind"))
				farther := s.submitFor(ann, "farther", create("/farther")) // beyond the next batch
				<-lost.done
				f.commit.Store(nil)
				server.SetFull(false)
				late := s.submitFor(ann, "late", create("/late"))
				other := s.submitFor(bob, "other", create("/other"))
				pass(time.Millisecond)
				if !errors.Is(lost.Err, c.want) {
					t.Errorf("the write: %v, want %v", lost.Err, c.want)
				}
				for _, r := range []*reply{behind, farther, late} {
					if !errors.Is(r.Err, commit.ErrCut) || errors.Is(r.Err, store.ErrUnknown) {
						t.Errorf("a write behind it: %+v", r)
					}
				}
				if other.Err != nil || other.Result.Err != nil {
					t.Errorf("another session's: %+v", other)
				}
				if !s.Cut(ann.id) || s.Cut(bob.id) {
					t.Errorf("cut: %v and %v", s.Cut(ann.id), s.Cut(bob.id))
				}

				ann = s.move(ann)
				if s.Cut(ann.id) {
					t.Error("still cut after the move")
				}
				if r := s.submitFor(ann, "again", create("/again")); true {
					synctest.Wait()
					if r.Err != nil || r.Result.Err != nil {
						t.Errorf("after the move: %+v", r)
					}
				}
				pass(2 * time.Minute)
				found := paths(t, server, "/")
				for p, want := range map[znode.Path]bool{
					"/lost": c.applied, "/behind": false, "/farther": false, "/late": false, "/other": true, "/again": true,
				} {
					if _, got := found[p]; got != want {
						t.Errorf("%s exists: %v, want %v", p, got, want)
					}
				}
				for _, r := range []*reply{lost, behind, farther, late, other} {
					if r.times != 1 {
						t.Errorf("answered %d times: %+v", r.times, r)
					}
				}
			})
		})
	}
}

func TestShortOutageIsSatOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		s := start(t, server.Open("", nil), commit.Options{})
		server.SetDown(true)
		r := s.submit("", create("/a"))
		pass(200 * time.Millisecond)
		server.SetDown(false)
		pass(time.Second)
		if r.Err != nil || r.Result.Err != nil {
			t.Errorf("%+v", r)
		}
	})
}

// The loss of an answer that only confirms an error leaves nothing in doubt.
func TestLostConfirmationIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		f := &faults{}
		s := start(t, server.Open("", f.hook), commit.Options{})
		f.commit.Store(&mem.Fault{Outcome: mem.LostAnswer})
		r := s.submit("", tree.Delete{Path: "/none", Version: -1})
		synctest.Wait()
		f.commit.Store(nil)
		pass(time.Second)
		if r.Err != nil || !errors.Is(r.Result.Err, tree.ErrNoNode) {
			t.Errorf("%+v", r)
		}
	})
}

func TestEndedLeaseFailsItsSessionAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		s := start(t, server.Open("", nil), commit.Options{})
		ann, bob := s.open(1), s.open(2)
		block := s.submit("", create("/first")) // the others go together
		ephemeral := tree.Create{Path: "/ann", ACL: znode.OpenACL, Mode: znode.ModeEphemeral}
		server.Expire(store.LeaseID(ann.id))
		annR := s.submitFor(ann, "", ephemeral)
		never := s.submit("", tree.OpenSession{ID: 3, Session: record.Session{}}) // has no lease at all
		ephemeral.Path = "/bob"
		bobR := s.submitFor(bob, "", ephemeral)
		synctest.Wait()
		if block.Err != nil || bobR.Err != nil || bobR.Result.Err != nil {
			t.Errorf("others: %+v, %+v", block, bobR)
		}
		for _, r := range []*reply{annR, never} {
			if r.times != 1 || r.Err != nil || !errors.Is(r.Result.Err, tree.ErrSessionExpired) {
				t.Errorf("without lease: %+v", r)
			}
		}
	})
}

// meddler changes the root's counter before every Commit of an op on it.
type meddler struct {
	*mem.Store
	n     int
	until int
}

func (m *meddler) Commit(ctx context.Context, txn store.Txn) (store.Revision, error) {
	if m.n++; m.n <= m.until {
		key := store.Key(record.CounterKey("/"))
		_, err := m.Store.Commit(ctx, store.Txn{Ops: []store.Op{{Key: key, Value: record.Counter{Creates: int32(m.n), Children: 1}.Append(nil)}}})
		if err != nil {
			return 0, err
		}
	}
	return m.Store.Commit(ctx, txn)
}

func TestConflictsAreBounded(t *testing.T) {
	for _, c := range []struct {
		meddling int
		want     error
	}{{10, nil}, {1 << 20, commit.ErrConflictStorm}} {
		t.Run(fmt.Sprint(c.meddling), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				seed(t, server)
				s := start(t, &meddler{Store: server.Open("", nil), until: c.meddling}, commit.Options{})
				var replies []*reply
				for i := range 10 {
					replies = append(replies, s.submit("", create(znode.Path(fmt.Sprintf("/a%d", i)))))
				}
				synctest.Wait()
				for i, r := range replies {
					if r.times != 1 || !errors.Is(r.Err, c.want) || r.Err == nil && r.Result.Err != nil {
						t.Errorf("write %d: %+v", i, r)
					}
				}
			})
		})
	}
}

// The stream breaks and what it missed is compacted: what was committed
// meanwhile is answered when the tree has been loaded again.
func TestReloadAnswersWhatWasCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		var deaf atomic.Bool
		s := start(t, server.Open("", func(c mem.Call) mem.Fault {
			if (c.Method == mem.Emit || c.Method == mem.Load) && deaf.Load() {
				return mem.Fault{Outcome: mem.Unavailable}
			}
			return mem.Fault{}
		}), commit.Options{})
		other := start(t, server.Open("", nil), commit.Options{})
		deaf.Store(true)
		if out := other.do(create("/zookeeper/b")); out.Err != nil {
			t.Fatal(out.Err)
		}
		r := s.submit("a", create("/a")) // has nothing to do with it
		pass(time.Second)
		select {
		case <-r.done:
			t.Fatalf("answered before the replica knows what came before: %+v", r)
		default:
		}
		server.Compact(server.Revision())
		deaf.Store(false)
		pass(time.Second)
		if r.times != 1 || r.Err != nil || r.Result.Err != nil {
			t.Errorf("%+v", r)
		}
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		f := &faults{}
		f.commit.Store(&mem.Fault{Before: time.Hour})
		s := start(t, server.Open("", f.hook), commit.Options{Timeout: time.Minute})
		replies := []*reply{s.submit("", create("/first"))}
		synctest.Wait()
		for i := range commit.QueueSize {
			replies = append(replies, s.submit("", create(znode.Path(fmt.Sprintf("/a%d", i)))))
		}
		blocked, ended := make(chan error, 1), make(chan error, 1)
		go func() { blocked <- s.Submit(context.Background(), &commit.Write{}) }()
		ctx, cancel := context.WithCancel(context.Background())
		go func() { ended <- s.Submit(ctx, &commit.Write{}) }()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Submit whose context ended: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-blocked; !errors.Is(err, commit.ErrClosed) {
			t.Errorf("Submit to a full queue: %v", err)
		}
		if err := s.Submit(context.Background(), &commit.Write{}); !errors.Is(err, commit.ErrClosed) {
			t.Errorf("Submit after Close: %v", err)
		}
		for i, r := range replies {
			want := commit.ErrClosed
			if i == 0 {
				want = store.ErrUnknown
			}
			if r.times != 1 || !errors.Is(r.Err, want) {
				t.Fatalf("write %d: %+v, want %v once", i, r, want)
			}
		}
	})
}

func TestDoGivesUpWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		f := &faults{}
		f.commit.Store(&mem.Fault{Before: time.Second})
		s := start(t, server.Open("", f.hook), commit.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if out := s.Do(ctx, session{}.request(create("/a"))); !errors.Is(out.Err, store.ErrUnknown) {
			t.Errorf("%+v", out)
		}
	})
}
