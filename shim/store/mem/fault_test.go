package mem_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
)

var background = context.Background()

func puts(key string) store.Txn { return store.Txn{Ops: []store.Op{{Key: store.Key(key)}}} }

// keys returns what the server holds, past any hook.
func keys(t *testing.T, server *mem.Server) string {
	t.Helper()
	var all []string
	if _, err := server.Open("/", nil).Load(background, func(kv store.KV) error {
		all = append(all, string(kv.Key))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// hook returns one that answers with fault for method only.
func hook(method mem.Method, fault mem.Fault) mem.Hook {
	return func(c mem.Call) mem.Fault {
		if c.Method == method {
			return fault
		}
		return mem.Fault{}
	}
}

func TestOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		fault     mem.Fault
		want      error
		now, soon string // what is there when Commit has returned, and later
	}{
		"answered":     {mem.Fault{}, nil, "k", "k"},
		"slow":         {mem.Fault{Before: time.Second, After: time.Second}, nil, "k", "k"},
		"unavailable":  {mem.Fault{Outcome: mem.Unavailable}, store.ErrUnavailable, "", ""},
		"lost request": {mem.Fault{Outcome: mem.LostRequest}, store.ErrUnknown, "", ""},
		"lost answer":  {mem.Fault{Outcome: mem.LostAnswer}, store.ErrUnknown, "k", "k"},
		"late":         {mem.Fault{Outcome: mem.Late, Delay: time.Second}, store.ErrUnknown, "", "k"},
		"too slow":     {mem.Fault{Before: time.Minute}, store.ErrUnknown, "", "k"},
		"answer slow":  {mem.Fault{After: time.Minute}, store.ErrUnknown, "k", "k"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				ctx, cancel := context.WithTimeout(background, 10*time.Second)
				defer cancel()
				_, err := server.Open("/", hook(mem.Commit, c.fault)).Commit(ctx, puts("k"))
				if !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if got := keys(t, server); got != c.now {
					t.Errorf("at once %q, want %q", got, c.now)
				}
				time.Sleep(time.Hour)
				if got := keys(t, server); got != c.soon {
					t.Errorf("later %q, want %q", got, c.soon)
				}
			})
		})
	}
}

// TestLateConflict: a transaction that takes effect late does so only if its
// compares still hold then.
func TestLateConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		late := puts("late")
		late.Compares = []store.Compare{{Key: "guard"}}
		slow := server.Open("/", hook(mem.Commit, mem.Fault{Outcome: mem.Late, Delay: time.Second}))
		if _, err := slow.Commit(background, late); !errors.Is(err, store.ErrUnknown) {
			t.Fatal(err)
		}
		if _, err := server.Open("/", nil).Commit(background, puts("guard")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := keys(t, server); got != "guard" {
			t.Errorf("%q", got)
		}
	})
}

// TestReordered: two concurrent Commits take effect in one order and are
// answered in the other.
func TestReordered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		s := server.Open("/", func(c mem.Call) mem.Fault {
			if c.Txn.Ops[0].Key == "first" {
				return mem.Fault{After: 2 * time.Second}
			}
			return mem.Fault{Before: time.Second}
		})
		var mu sync.Mutex
		var answered []string
		revs := map[string]store.Revision{}
		var both sync.WaitGroup
		for _, key := range []string{"first", "second"} {
			both.Go(func() {
				rev, err := s.Commit(background, puts(key))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				answered, revs[key] = append(answered, key), rev
			})
		}
		both.Wait()
		if !slices.Equal(answered, []string{"second", "first"}) || revs["first"] >= revs["second"] {
			t.Errorf("answered %v, revisions %v", answered, revs)
		}
	})
}

// TestOtherCalls: what loses the answer of a Commit makes other calls
// unavailable, after they have taken effect.
func TestOtherCalls(t *testing.T) {
	server := mem.NewServer(mem.Options{})
	s := server.Open("/", func(mem.Call) mem.Fault { return mem.Fault{Outcome: mem.LostAnswer} })
	if _, err := s.Grant(background, 1, time.Hour); !errors.Is(err, store.ErrUnavailable) || len(server.Leases()) != 1 {
		t.Errorf("grant: %v, leases %v", err, server.Leases())
	}
	if err := s.Revoke(background, 1); !errors.Is(err, store.ErrUnavailable) || len(server.Leases()) != 0 {
		t.Errorf("revoke: %v, leases %v", err, server.Leases())
	}
	if _, err := s.Commit(background, store.Txn{Compares: []store.Compare{{Key: "k"}}}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("read-only commit: %v", err)
	}
}

// TestExpiry: the running Watch tells of an expired lease at its time, and a
// restart starts every lease's time again.
func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{MinTTL: 5 * time.Second})
		s := server.Open("/", nil)
		start := time.Now()
		if ttl, err := s.Grant(background, 1, time.Second); err != nil || ttl != 5*time.Second {
			t.Fatalf("%s and %v", ttl, err)
		}
		first, err := s.Commit(background, store.Txn{Ops: []store.Op{{Key: "b", Lease: 1}, {Key: "a", Lease: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		server.Restart()
		err = s.Watch(background, first+1, func(c store.Change) error {
			if len(c.Events) != 2 || c.Events[0].Key != "a" || !c.Events[0].Delete {
				t.Errorf("told of %v", c)
			}
			return errors.New(time.Since(start).String())
		})
		if err.Error() != "8s" {
			t.Errorf("expired after %v, want 8s", err)
		}
	})
}

func TestOwnClock(t *testing.T) {
	now := time.Unix(0, 0)
	server := mem.NewServer(mem.Options{Now: func() time.Time { return now }})
	s := server.Open("/", nil)
	if _, err := s.Grant(background, 1, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{9 * time.Second, 1}, {time.Second, 0}} {
		now = now.Add(step.after)
		server.Tick()
		if got := len(server.Leases()); got != step.left {
			t.Errorf("at %s: %d leases, want %d", now, got, step.left)
		}
	}
}

// TestStreams: how a Watch can break, and that it can be resumed after.
func TestStreams(t *testing.T) {
	for name, c := range map[string]struct {
		hook mem.Hook
		act  func(*mem.Server)
		undo func(*mem.Server)
	}{
		"broken":  {nil, (*mem.Server).BreakStreams, nil},
		"restart": {nil, (*mem.Server).Restart, nil},
		"down":    {nil, func(s *mem.Server) { s.SetDown(true) }, func(s *mem.Server) { s.SetDown(false) }},
		"by the hook": {
			hook(mem.Emit, mem.Fault{Outcome: mem.LostRequest}),
			func(s *mem.Server) { _, _ = s.Open("/", nil).Commit(background, puts("k")) }, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := mem.NewServer(mem.Options{})
				s := server.Open("/", c.hook)
				ended := make(chan error)
				go func() {
					ended <- s.Watch(background, 2, func(change store.Change) error {
						return fmt.Errorf("told of %v", change)
					})
				}()
				synctest.Wait()
				c.act(server)
				if err := <-ended; !errors.Is(err, store.ErrUnavailable) {
					t.Errorf("ended with %v, want ErrUnavailable", err)
				}
				if c.undo != nil {
					if _, err := s.Commit(background, puts("refused")); !errors.Is(err, store.ErrUnavailable) {
						t.Errorf("commit: %v, want ErrUnavailable", err)
					}
					c.undo(server)
				}
				rev, err := server.Open("/", nil).Commit(background, puts("after"))
				if err != nil {
					t.Fatal(err)
				}
				resumed := server.Open("/", nil)
				err = resumed.Watch(background, rev, func(change store.Change) error {
					return errors.New(string(change.Events[0].Key))
				})
				if err.Error() != "after" {
					t.Errorf("resumed with %v", err)
				}
			})
		})
	}
}

func TestForeignIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		s := server.Open("/", nil)
		told := make(chan store.Change, 1)
		ctx, cancel := context.WithCancel(background)
		ended := make(chan error)
		go func() { ended <- s.Watch(ctx, 2, func(c store.Change) error { told <- c; return nil }) }()
		server.Foreign(7)
		synctest.Wait()
		if len(told) != 0 {
			t.Errorf("told of %v unasked", <-told)
		}
		rev, err := s.Sync(background)
		if c := <-told; err != nil || rev != 8 || c.Revision != rev || c.Events != nil {
			t.Errorf("sync: %d and %v, told of %v", rev, err, c)
		}
		cancel()
		<-ended
	})
}

func TestFull(t *testing.T) {
	server := mem.NewServer(mem.Options{})
	s := server.Open("/", nil)
	if _, err := s.Commit(background, puts("k")); err != nil {
		t.Fatal(err)
	}
	server.SetFull(true)
	if _, err := s.Commit(background, puts("more")); !errors.Is(err, store.ErrNoSpace) {
		t.Errorf("put: %v", err)
	}
	if _, err := s.Grant(background, 1, time.Hour); !errors.Is(err, store.ErrNoSpace) {
		t.Errorf("grant: %v", err)
	}
	if _, err := s.Commit(background, store.Txn{Ops: []store.Op{{Key: "k", Delete: true}}}); err != nil {
		t.Errorf("delete: %v", err)
	}
}

// TestSeeded: the same seed makes the same history.
func TestSeeded(t *testing.T) {
	history := func(seed uint64) string {
		var out strings.Builder
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			server := mem.NewServer(mem.Options{})
			s := server.Open("/", func(c mem.Call) mem.Fault {
				return mem.Fault{
					Outcome: mem.Outcome(random.IntN(5)), Before: time.Duration(random.IntN(3)) * time.Second,
					Delay: time.Duration(random.IntN(20)) * time.Second,
				}
			})
			for i := range 200 {
				switch random.IntN(4) {
				case 0:
					ttl, err := s.Grant(background, store.LeaseID(i), time.Duration(random.IntN(9))*time.Second)
					fmt.Fprintln(&out, ttl, err)
				default:
					txn := puts(fmt.Sprint(random.IntN(9)))
					if leases := server.Leases(); len(leases) > 0 {
						txn.Ops[0].Lease = leases[random.IntN(len(leases))]
					}
					rev, err := s.Commit(background, txn)
					fmt.Fprintln(&out, rev, err)
				}
			}
			fmt.Fprintln(&out, server.Revision(), keys(t, server))
		})
		return out.String()
	}
	one := history(1)
	if one != history(1) {
		t.Error("one seed made two histories")
	}
	if one == history(2) {
		t.Error("two seeds made one history")
	}
}
