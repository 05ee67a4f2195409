package session_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/znode"
)

// Whenever the owner dies, the lease outlives the timeout of a client that was
// heard a moment before, but not by much.
func TestLeaseIsTheBackstop(t *testing.T) {
	for number := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(number, 1))
			server := newServer(t, mem.Options{})
			latency := time.Duration(r.Int64N(int64(900 * time.Millisecond)))
			s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
				if c.Method == mem.Renew {
					return mem.Fault{Before: latency}
				}
				return mem.Fault{}
			}))
			timeout := minTimeout + time.Duration(r.IntN(86_000))*time.Millisecond
			got, _ := s.open(timeout)
			if err := s.ephemeral(got, "/e"); err != nil {
				t.Fatal(err)
			}
			for range r.IntN(4) {
				pass(time.Duration(r.Int64N(int64(timeout))))
				s.Touch(got.ID)
			}
			died := time.Now()
			s.stop()
			pass(timeout - time.Since(died))
			if stored(t, server, got.ID) == nil {
				t.Fatalf("timeout %v: the lease ended before", timeout)
			}
			pass(min(timeout/6, 3*time.Second) + 3*time.Second)
			if stored(t, server, got.ID) != nil || znodes(t, server) != born {
				t.Fatalf("timeout %v: the lease lives on %v after the owner's death", timeout, time.Since(died))
			}
		})
	}
}

// A session resumed in the last moment of its lease lives on.
func TestResumeRenewsTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		a, b := start(t, "a", server.Open("", nil)), start(t, "b", server.Open("", nil))
		was, _ := a.open(minTimeout)
		a.stop()
		pass(minTimeout)
		got := b.resume(was)
		b.stop() // at once
		pass(minTimeout)
		if stored(t, server, got.ID) == nil {
			t.Error("the lease ended too early")
		}
		pass(minTimeout)
		if stored(t, server, got.ID) != nil {
			t.Error("the lease did not end")
		}
	})
}

// The restarted process gets its sessions back, and those that nobody resumes
// end by their leases.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		kept, _ := s.open(10 * time.Second)
		lost, _ := s.open(10 * time.Second)
		s.stop()
		pass(time.Second)
		s = start(t, "here", server.Open("", nil))
		if s.Len() != 0 {
			t.Errorf("%d sessions right after the start", s.Len())
		}
		got := s.resume(kept)
		if got.Epoch <= kept.Epoch {
			t.Error("what the former process may still have under way is not fenced")
		}
		c := s.bind(got)
		for range 5 {
			pass(5 * time.Second)
			s.Touch(got.ID)
		}
		c.check(t, nil)
		if stored(t, server, kept.ID) == nil || stored(t, server, lost.ID) != nil {
			t.Error("want the one that was resumed and not the other")
		}
	})
}

// A session whose lease has ended in spite of the renewals is dead, even before
// the watch tells.
func TestRenewalFindsEndedLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		var deaf atomic.Bool
		s := start(t, "here", server.Open("", func(c mem.Call) mem.Fault {
			if c.Method == mem.Emit && deaf.Load() {
				return mem.Fault{Before: time.Hour}
			}
			return mem.Fault{}
		}))
		got, c := s.open(30 * time.Second)
		_, other := s.open(30 * time.Second)
		deaf.Store(true)
		server.Expire(store.LeaseID(got.ID))
		pass(4 * time.Second)
		c.check(t, session.ErrExpired)
		other.check(t, nil)
		if s.Len() != 1 {
			t.Errorf("%d sessions", s.Len())
		}
		if _, err := s.Resume(t.Context(), got.ID, got.Password[:], got.Timeout); !errors.Is(err, session.ErrExpired) {
			t.Errorf("resumed: %v", err)
		}
	})
}

// No renewal is forgotten, whatever the mix of timeouts: sessions that are heard
// just in time never end.
func TestManyTimeoutsForALongTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, mem.Options{})
		s := start(t, "here", server.Open("", nil))
		var all []znode.SessionID
		end := time.Now().Add(30 * time.Minute)
		for timeout := minTimeout; timeout <= maxTimeout; timeout += 7 * time.Second {
			got, _ := s.open(timeout)
			all = append(all, got.ID)
			go func() {
				for time.Now().Before(end) {
					s.Touch(got.ID)
					time.Sleep(timeout - time.Millisecond)
				}
			}()
		}
		pass(time.Until(end) - time.Second)
		slices.Sort(all)
		var leases []znode.SessionID
		for _, id := range server.Leases() {
			leases = append(leases, znode.SessionID(id))
		}
		if !slices.Equal(leases, all) || s.Len() != len(all) {
			t.Errorf("%d sessions and leases %x, want %x", s.Len(), leases, all)
		}
		pass(2 * maxTimeout)
		if n := s.Len(); n != 0 {
			t.Errorf("%d sessions are left when nobody is heard any more", n)
		}
	})
}
