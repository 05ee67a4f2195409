package session_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestExpiryIsNeitherEarlyNorLate(t *testing.T) {
	for number := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(number, 0))
			server := newServer(t, mem.Options{})
			s := start(t, "here", server.Open("", nil))
			timeout := minTimeout + time.Duration(r.IntN(60_000))*time.Millisecond
			got, c := s.open(timeout)
			for i := range 3 {
				if err := s.ephemeral(got, znode.Path(fmt.Sprintf("/e%d", i))); err != nil {
					t.Fatal(err)
				}
			}
			for range 5 {
				pass(time.Duration(r.Int64N(int64(timeout))))
				s.Touch(got.ID)
			}
			heard, rev := time.Now(), server.Revision()
			if r.IntN(2) == 0 {
				s.Unbind(got.ID, c) // makes no difference
			}
			pass(timeout - time.Nanosecond)
			if stored(t, server, got.ID) == nil {
				t.Fatal("expired too early")
			}
			pass(time.Nanosecond)
			if stored(t, server, got.ID) != nil {
				t.Fatalf("not expired %v after the last word", time.Since(heard))
			}
			if n, revs := znodes(t, server), server.Revision()-rev; n != born || revs != 1 {
				t.Errorf("%d znodes after %d transactions, want %d after 1", n, revs, born)
			}
			if s.Len() != 0 {
				t.Errorf("%d sessions are left", s.Len())
			}
			pass(time.Second)
			if leases := server.Leases(); len(leases) != 0 {
				t.Errorf("leases %x are left", leases)
			}
		})
	}
}

func TestExpiryTellsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "here", newServer(t, mem.Options{}).Open("", nil))
		opened := time.Now()
		_, c := s.open(minTimeout)
		pass(time.Minute)
		c.check(t, session.ErrExpired)
		if after := c.at.Sub(opened); after != minTimeout {
			t.Errorf("kicked after %v, want %v", after, minTimeout)
		}
	})
}

func TestBusyConnectionDoesNotExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		got, c := s.open(minTimeout)
		c.setBusy(true)
		pass(10 * minTimeout)
		c.setBusy(false)
		s.Touch(got.ID)
		pass(minTimeout - time.Nanosecond)
		if stored(t, server, got.ID) == nil {
			t.Fatal("expired too early")
		}
		pass(time.Nanosecond)
		if stored(t, server, got.ID) != nil {
			t.Fatal("not expired")
		}
	})
}

// Time in which the store does not answer does not count.
func TestOutageDoesNotCount(t *testing.T) {
	for _, outage := range []time.Duration{5 * time.Second, time.Minute} {
		t.Run(outage.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const timeout, heardBefore = 6 * time.Second, 2 * time.Second
				server := newServer(t, mem.Options{})
				s := start(t, "here", server.Open("", nil))
				silent, _ := s.open(timeout)
				alive, c := s.open(timeout)
				pass(heardBefore)
				server.SetDown(true)
				pass(outage)
				server.SetDown(false)
				back := time.Now()
				pass(time.Second) // the next renewal finds out
				if s.Touch(alive.ID); stored(t, server, silent.ID) == nil {
					t.Fatal("expired by the outage")
				}
				pass(timeout - heardBefore - time.Second - time.Millisecond)
				if stored(t, server, silent.ID) == nil {
					t.Errorf("expired %v after the outage, %v after its last word", time.Since(back), heardBefore+time.Since(back))
				}
				pass(2 * time.Second) // when it began and ended is known by the second
				if stored(t, server, silent.ID) != nil {
					t.Errorf("not expired %v after the outage", time.Since(back))
				}
				c.check(t, nil)
				if stored(t, server, alive.ID) == nil {
					t.Error("the other, which was heard after the outage, expired")
				}
			})
		})
	}
}

// An expiry that the store leaves in doubt is asked for again, and one that it
// has not taken leaves the session to its client.
func TestExpiryIsTriedAgain(t *testing.T) {
	for name, fault := range map[string]mem.Fault{
		"not applied": {Outcome: mem.LostRequest},
		"applied":     {Outcome: mem.LostAnswer},
		"later":       {Outcome: mem.Late, Delay: 500 * time.Millisecond},
		"refused":     {Outcome: mem.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t, mem.Options{})
				var broken atomic.Bool
				s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
					if c.Method == mem.Commit && broken.Load() {
						return fault
					}
					return mem.Fault{}
				}))
				got, c := s.open(minTimeout)
				if err := s.ephemeral(got, "/e"); err != nil {
					t.Fatal(err)
				}
				broken.Store(true)
				pass(minTimeout + 100*time.Millisecond)
				broken.Store(false)
				pass(3 * time.Second)
				if stored(t, server, got.ID) != nil || znodes(t, server) != born || s.Len() != 0 {
					t.Errorf("still there: %d znodes, %d sessions", znodes(t, server), s.Len())
				}
				c.check(t, session.ErrExpired)
			})
		})
	}
}

func TestMassExpiryIsFewTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 3000
		server := newServer(t, mem.Options{})
		var commits, renewals atomic.Int32
		s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
			switch c.Method {
			case mem.Commit:
				commits.Add(1)
				return mem.Fault{Before: time.Millisecond}
			case mem.Renew:
				renewals.Add(1)
			}
			return mem.Fault{}
		}))
		opened := make(chan struct{})
		for i := range n {
			go func() {
				defer func() { opened <- struct{}{} }()
				got, err := s.Open(t.Context(), 10*time.Second)
				if err != nil {
					t.Error(err)
				}
				if err := s.ephemeral(got, znode.Path(fmt.Sprintf("/e%d", i))); err != nil {
					t.Error(err)
				}
			}()
		}
		for range n {
			<-opened
		}
		commits.Store(0)
		renewals.Store(0)
		pass(9 * time.Second)
		if got := znodes(t, server); got != born+n {
			t.Fatalf("%d znodes, want %d", got, born+n)
		}
		if got := renewals.Load(); got > 20 {
			t.Errorf("%d calls of Renew in 9 s", got)
		}
		pass(time.Second + 100*time.Millisecond)
		if got := znodes(t, server); got != born || s.Len() != 0 {
			t.Errorf("%d znodes and %d sessions are left", got, s.Len())
		}
		if got := commits.Load(); got > 30 {
			t.Errorf("%d transactions for %d sessions", got, n)
		}
		if got := len(server.Leases()); got < n-100 {
			t.Errorf("only %d leases are left so soon", got)
		}
		pass(time.Minute)
		if got := len(server.Leases()); got != 0 {
			t.Errorf("%d leases are left", got)
		}
	})
}

func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		got, c := s.open(minTimeout)
		write := tree.Request{
			Session: got.ID, Epoch: got.Epoch, Identity: anyone{},
			Op: tree.Create{Path: "/e", ACL: znode.OpenACL, Mode: znode.ModeEphemeral},
		}
		var order []string
		if err := s.committer.Submit(t.Context(), &commit.Write{Request: write, Done: func(o commit.Outcome) {
			order = append(order, fmt.Sprint("write ", errors.Join(o.Err, o.Result.Err)))
		}}); err != nil {
			t.Fatal(err)
		}
		if err := s.End(t.Context(), got, func(o commit.Outcome) {
			order = append(order, fmt.Sprint("end ", errors.Join(o.Err, o.Result.Err)))
		}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := []string{"write <nil>", "end <nil>"}; !slices.Equal(order, want) {
			t.Errorf("%q, want %q", order, want)
		}
		if stored(t, server, got.ID) != nil || znodes(t, server) != born {
			t.Error("something is left")
		}
		c.check(t, nil)
		out := make(chan commit.Outcome, 1)
		if err := s.End(t.Context(), got, func(o commit.Outcome) { out <- o }); err != nil {
			t.Fatal(err)
		}
		if o := <-out; o.Err != nil || !errors.Is(o.Result.Err, tree.ErrSessionExpired) {
			t.Errorf("the second time: %+v", o)
		}
		if _, err := s.Resume(t.Context(), got.ID, got.Password[:], minTimeout); !errors.Is(err, session.ErrExpired) {
			t.Errorf("resumed after the end: %v", err)
		}
	})
}

// A farewell that the store does not take leaves the session as it was.
func TestEndThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		var broken atomic.Bool
		s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
			if c.Method == mem.Commit && broken.Load() {
				return mem.Fault{Outcome: mem.LostRequest}
			}
			return mem.Fault{}
		}))
		got, c := s.open(minTimeout)
		broken.Store(true)
		out := make(chan commit.Outcome, 1)
		if err := s.End(t.Context(), got, func(o commit.Outcome) { out <- o }); err != nil {
			t.Fatal(err)
		}
		if o := <-out; !errors.Is(o.Err, store.ErrUnknown) {
			t.Errorf("%+v", o)
		}
		broken.Store(false)
		again := s.resume(got)
		if again.Epoch <= got.Epoch {
			t.Error("what became of the farewell is not fenced")
		}
		c.check(t, session.ErrMoved)
		c = s.bind(again)
		pass(minTimeout)
		c.check(t, session.ErrExpired)
	})
}

// What is too much for a transaction goes with the lease.
func TestEndOfManyEphemerals(t *testing.T) {
	for _, farewell := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server := newServer(t, mem.Options{Limits: store.Limits{Ops: 16}})
			s := start(t, "here", server.Open("", nil))
			got, c := s.open(minTimeout)
			for i := range 40 {
				if err := s.ephemeral(got, znode.Path(fmt.Sprintf("/e%d", i))); err != nil {
					t.Fatal(err)
				}
			}
			if farewell {
				if err := s.End(t.Context(), got, func(commit.Outcome) {}); err != nil {
					t.Fatal(err)
				}
				pass(100 * time.Millisecond)
			} else {
				pass(minTimeout + 100*time.Millisecond)
			}
			if znodes(t, server) != born || stored(t, server, got.ID) != nil || s.Len() != 0 {
				t.Errorf("%d znodes and %d sessions are left", znodes(t, server)-born, s.Len())
			}
			c.check(t, session.ErrExpired)
		})
	}
}
