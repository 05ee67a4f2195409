package session_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestOpen(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{
		-time.Second:     minTimeout,
		0:                minTimeout,
		minTimeout:       minTimeout,
		30 * time.Second: 30 * time.Second,
		time.Hour:        maxTimeout,
	} {
		synctest.Test(t, func(t *testing.T) {
			server := newServer(t, mem.Options{})
			s := start(t, "here", server.Open("", nil))
			got, err := s.Open(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			rec := stored(t, server, got.ID)
			if rec == nil {
				t.Fatal("not stored")
			}
			if got.Timeout != want || time.Duration(rec.Timeout)*time.Millisecond != want {
				t.Errorf("asked for %v: timeout %v, %d ms stored, want %v", asked, got.Timeout, rec.Timeout, want)
			}
			if rec.Shim != "here" || rec.Password != got.Password || rec.Epoch != got.Epoch {
				t.Errorf("%+v stored for %+v", rec, got)
			}
			if err := s.ephemeral(got, "/e"); err != nil {
				t.Errorf("it cannot write: %v", err)
			}
			if s.Len() != 1 {
				t.Errorf("Len is %d", s.Len())
			}
		})
	}
}

func TestIDsAndPasswordsDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		var mu sync.Mutex
		ids, passwords := map[znode.SessionID]bool{}, map[[16]byte]bool{}
		var clients sync.WaitGroup
		for range 3 { // of three processes
			s := start(t, "here", server.Open("", nil))
			for range 10 {
				clients.Go(func() {
					for range 30 {
						got, err := s.Open(t.Context(), minTimeout)
						if err != nil {
							t.Error(err)
						}
						if got.ID <= 0 || znode.Owner(got.ID).Kind() != znode.Ephemeral {
							t.Errorf("id %x", got.ID)
						}
						mu.Lock()
						ids[got.ID], passwords[got.Password] = true, true
						mu.Unlock()
					}
				})
			}
		}
		clients.Wait()
		if len(ids) != 900 || len(passwords) != 900 {
			t.Errorf("%d ids and %d passwords, want 900", len(ids), len(passwords))
		}
	})
}

// taken has leases of the first ids already.
type taken struct {
	*mem.Store
	n int
}

func (s *taken) Grant(ctx context.Context, id store.LeaseID, ttl time.Duration) (time.Duration, error) {
	if s.n--; s.n >= 0 {
		return 0, store.ErrLeaseExists
	}
	return s.Store.Grant(ctx, id, ttl)
}

// Processes that start in the same millisecond do not use each other's ids again
// when their sessions and leases are gone.
func TestIDsOfTwins(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		st := server.Open("", nil)
		ids := map[znode.SessionID]bool{}
		const shims = 100
		for range shims {
			s := start(t, "here", server.Open("", nil))
			got, err := s.Open(t.Context(), minTimeout)
			if err != nil {
				t.Fatal(err)
			}
			ids[got.ID] = true
			if err := st.Revoke(t.Context(), store.LeaseID(got.ID)); err != nil {
				t.Fatal(err)
			}
		}
		if len(ids) != shims {
			t.Errorf("%d ids for %d sessions", len(ids), shims)
		}
	})
}

func TestTakenIDs(t *testing.T) {
	for n, want := range map[int]error{3: nil, 1000: store.ErrLeaseExists} {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, "here", &taken{newServer(t, mem.Options{}).Open("", nil), n})
			if _, err := s.Open(t.Context(), minTimeout); !errors.Is(err, want) {
				t.Errorf("%d ids taken: %v, want %v", n, err, want)
			}
		})
	}
}

func TestOpenThatFailsLeavesNothing(t *testing.T) {
	for name, fault := range map[string]mem.Fault{
		"not applied": {Outcome: mem.LostRequest},
		"applied":     {Outcome: mem.LostAnswer},
		"later":       {Outcome: mem.Late, Delay: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t, mem.Options{})
				s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
					if c.Method == mem.Commit {
						return fault
					}
					return mem.Fault{}
				}))
				if _, err := s.Open(t.Context(), minTimeout); !errors.Is(err, store.ErrUnknown) {
					t.Errorf("%v, want ErrUnknown", err)
				}
				pass(5 * time.Second)
				if leases := server.Leases(); len(leases) != 0 {
					t.Errorf("leases %x are left", leases)
				}
				if n := s.Len(); n != 0 {
					t.Errorf("%d sessions are left", n)
				}
			})
		})
	}
}

func TestResumeHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		first, old := s.open(30 * time.Second)
		rev := server.Revision()
		pass(29 * time.Second)
		got := s.resume(first)
		if got != first {
			t.Errorf("%+v, want %+v", got, first)
		}
		if server.Revision() != rev {
			t.Error("the store was written to")
		}
		old.check(t, nil) // not before the new one is ready
		c := s.bind(got)
		old.check(t, session.ErrMoved)
		s.Unbind(got.ID, old)
		pass(29 * time.Second) // the resumption counted as a word
		c.check(t, nil)
		pass(2 * time.Second)
		c.check(t, session.ErrExpired)
	})
}

func TestResumeTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		was, _ := s.open(30 * time.Second)
		for _, c := range []struct{ asked, want time.Duration }{
			{60 * time.Second, 30 * time.Second}, // the lease does not last
			{20 * time.Second, 20 * time.Second},
			{time.Second, minTimeout},
		} {
			got, err := s.Resume(t.Context(), was.ID, was.Password[:], c.asked)
			if err != nil || got.Timeout != c.want {
				t.Errorf("asked for %v: %v, %v", c.asked, got.Timeout, err)
			}
			if rec := stored(t, server, was.ID); time.Duration(rec.Timeout)*time.Millisecond != c.want || rec.Epoch != got.Epoch {
				t.Errorf("asked for %v: %+v stored, %+v returned", c.asked, rec, got)
			}
		}
		pass(minTimeout + time.Millisecond)
		if stored(t, server, was.ID) != nil {
			t.Error("the shorter timeout does not count")
		}
	})
}

func TestResumeRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		was, _ := s.open(minTimeout)
		wrong := was.Password
		wrong[15] ^= 1
		for name, c := range map[string]struct {
			id       znode.SessionID
			password []byte
		}{
			"wrong password": {was.ID, wrong[:]},
			"no password":    {was.ID, nil},
			"short password": {was.ID, was.Password[:15]},
			"long password":  {was.ID, append(was.Password[:], 0)},
			"unknown id":     {was.ID + 1, was.Password[:]},
		} {
			if _, err := s.Resume(t.Context(), c.id, c.password, minTimeout); !errors.Is(err, session.ErrExpired) {
				t.Errorf("%s: %v", name, err)
			}
		}
		pass(minTimeout + time.Second)
		if _, err := s.Resume(t.Context(), was.ID, was.Password[:], minTimeout); !errors.Is(err, session.ErrExpired) {
			t.Errorf("expired: %v", err)
		}
	})
}

func TestResumeDoesNotTakeTroubleForExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		a, b := start(t, "a", server.Open("", nil)), start(t, "b", server.Open("", nil))
		was, _ := a.open(30 * time.Second)
		synctest.Wait()
		server.SetDown(true)
		for _, id := range []znode.SessionID{was.ID, was.ID + 1} {
			_, err := b.Resume(t.Context(), id, was.Password[:], 30*time.Second)
			if err == nil || errors.Is(err, session.ErrExpired) {
				t.Errorf("%v", err)
			}
		}
		server.SetDown(false)
		pass(time.Second)
		b.resume(was)
	})
}

// The former owner of a session, its connection, and its lagging replica can do
// nothing to it.
func TestMove(t *testing.T) {
	for _, lag := range []time.Duration{0, 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			server := newServer(t, mem.Options{})
			deaf := make(chan struct{})
			a := start(t, "a", server.Open("", func(c mem.Call) mem.Fault {
				select {
				case <-deaf:
					if c.Method == mem.Emit {
						return mem.Fault{Before: lag}
					}
				default:
				}
				return mem.Fault{}
			}))
			b := start(t, "b", server.Open("", nil))
			was, old := a.open(10 * time.Second)
			if err := a.ephemeral(was, "/e"); err != nil {
				t.Fatal(err)
			}
			pass(8 * time.Second)
			close(deaf)
			got := b.resume(was) // though b has not heard of it
			c := b.bind(got)
			if got.Epoch <= was.Epoch || got.ID != was.ID || got.Password != was.Password {
				t.Errorf("%+v after %+v", got, was)
			}
			if rec := stored(t, server, got.ID); rec.Shim != "b" || rec.Epoch != got.Epoch {
				t.Errorf("%+v stored", rec)
			}
			if err := a.ephemeral(was, "/late"); !errors.Is(err, tree.ErrSessionMoved) {
				t.Errorf("a write by the former connection: %v", err)
			}
			if err := b.ephemeral(got, "/new"); err != nil {
				t.Error(err)
			}
			pass(5 * time.Second) // 13 s after a has heard of it, 5 after b has
			old.check(t, session.ErrMoved)
			c.check(t, nil)
			if a.Len() != 0 || b.Len() != 1 {
				t.Errorf("%d and %d sessions", a.Len(), b.Len())
			}
			if n := znodes(t, server); n != born+2 {
				t.Errorf("%d znodes, want %d", n, born+2)
			}
			if err := a.Bind(was, old); err == nil {
				t.Error("the former owner takes a connection")
			}
			pass(5 * time.Second)
			c.check(t, session.ErrExpired)
			if n := znodes(t, server); n != born {
				t.Errorf("%d znodes, want %d", n, born)
			}
		})
	}
}

// There and back again: the first owner's memory of its session is worth
// nothing.
func TestMoveBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		a, b := start(t, "a", server.Open("", nil)), start(t, "b", server.Open("", nil))
		was, first := a.open(10 * time.Second)
		second := b.resume(was)
		onB := b.bind(second)
		synctest.Wait() // a hears of it
		third := a.resume(was)
		c := a.bind(third)
		synctest.Wait()
		first.check(t, session.ErrMoved)
		onB.check(t, session.ErrMoved)
		c.check(t, nil)
		if third.Epoch <= second.Epoch {
			t.Errorf("epoch %d after %d", third.Epoch, second.Epoch)
		}
		if err := b.ephemeral(second, "/e"); !errors.Is(err, tree.ErrSessionMoved) {
			t.Errorf("a write of the epoch before: %v", err)
		}
		if err := a.ephemeral(third, "/e"); err != nil {
			t.Error(err)
		}
	})
}

// A former owner that does not know yet that it is one must not welcome the
// client: it would ping here, and expire there.
func TestResumeAtTheFormerOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		var deaf atomic.Bool
		a := start(t, "a", server.Open("", func(c mem.Call) mem.Fault {
			if c.Method == mem.Emit && deaf.Load() {
				return mem.Fault{Before: 2 * time.Second}
			}
			return mem.Fault{}
		}))
		b := start(t, "b", server.Open("", nil))
		was, _ := a.open(10 * time.Second)
		pass(time.Second)
		deaf.Store(true)
		moved := b.resume(was)
		back := a.resume(moved)
		if back.Epoch <= moved.Epoch {
			t.Errorf("epoch %d at the former owner, %d at the owner", back.Epoch, moved.Epoch)
		}
		if rec := stored(t, server, was.ID); rec.Shim != "a" || rec.Epoch != back.Epoch {
			t.Errorf("%+v stored, %+v returned", rec, back)
		}
	})
}

// A session that had a write in doubt is fenced even where it was.
func TestResumeAfterDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		doubt := make(chan mem.Fault, 1)
		s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
			if c.Method == mem.Commit {
				select {
				case f := <-doubt:
					return f
				default:
				}
			}
			return mem.Fault{}
		}))
		was, old := s.open(minTimeout)
		doubt <- mem.Fault{Outcome: mem.Late, Delay: time.Second}
		if err := s.ephemeral(was, "/lost"); !errors.Is(err, store.ErrUnknown) {
			t.Fatal(err)
		}
		got := s.resume(was)
		old.check(t, session.ErrMoved)
		if got.Epoch <= was.Epoch {
			t.Errorf("epoch %d after %d", got.Epoch, was.Epoch)
		}
		pass(2 * time.Second)
		if n := znodes(t, server); n != born {
			t.Error("the write took effect after the session was resumed")
		}
		if err := s.ephemeral(got, "/e"); err != nil {
			t.Error(err)
		}
		if err := s.Bind(was, old); !errors.Is(err, session.ErrMoved) {
			t.Errorf("Bind with the former epoch: %v", err)
		}
	})
}

func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "here", newServer(t, mem.Options{}).Open("", nil))
		first, c := s.open(minTimeout)
		pass(time.Second)
		second, _ := s.open(minTimeout)
		s.Unbind(first.ID, c)
		s.Unbind(second.ID, c) // has another
		got := map[znode.SessionID]session.Info{}
		s.Each(func(i session.Info) { got[i.ID] = i; s.Touch(i.ID) })
		want := map[znode.SessionID]session.Info{
			first.ID:  {Session: first, Heard: time.Second},
			second.ID: {Session: second, Connected: true},
		}
		if len(got) != 2 || got[first.ID] != want[first.ID] || got[second.ID] != want[second.ID] {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

// A shim that learns only from a reload that it had become the owner, and that
// another has become it since, welcomes nobody.
func TestResumeThatWasOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		var deaf atomic.Bool
		a := start(t, "a", server.Open("", func(c mem.Call) mem.Fault {
			if deaf.Load() && (c.Method == mem.Emit || c.Method == mem.Load) {
				return mem.Fault{Outcome: mem.Unavailable}
			}
			return mem.Fault{}
		}))
		b := start(t, "b", server.Open("", nil))
		s, _ := b.open(maxTimeout)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		deaf.Store(true)
		b.open(maxTimeout) // what a lacks before its own move
		var err error
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, err = a.Resume(t.Context(), s.ID, s.Password[:], s.Timeout)
		}()
		synctest.Wait()
		b.resume(s)
		server.Compact(server.Revision())
		deaf.Store(false)
		<-done
		if !errors.Is(err, session.ErrMoved) || a.Len() != 0 || b.Len() != 2 {
			t.Errorf("%v; a has %d sessions, b %d", err, a.Len(), b.Len())
		}
	})
}
