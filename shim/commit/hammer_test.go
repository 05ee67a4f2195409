package commit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
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

// Two shims number the children of one znode: the numbers are dense, and in the
// order in which the creates followed each other.
func TestSequenceOfTwoShims(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { sequence(t, seed) }) })
	}
}

type numbered struct {
	number            int
	zxid              znode.Zxid
	asked, acked      time.Time
	shim, placeInShim int
}

func sequence(t *testing.T, number uint64) {
	const perShim = 60
	server := mem.NewServer(mem.Options{})
	seed(t, server)
	var mu sync.Mutex
	var all []numbered
	var clients sync.WaitGroup
	for i := range 2 {
		r := &random{Rand: rand.New(rand.NewPCG(number, uint64(i)))}
		s := start(t, server.Open("", func(c mem.Call) mem.Fault {
			return mem.Fault{Before: r.upTo(3 * time.Millisecond), After: r.upTo(3 * time.Millisecond)}
		}), commit.Options{Quiet: quiet(number)})
		for k := range perShim {
			clients.Add(1)
			n := numbered{asked: time.Now(), shim: i, placeInShim: k}
			err := s.Submit(t.Context(), &commit.Write{Request: session{}.request(sequential("/n")), Done: func(o commit.Outcome) {
				defer clients.Done()
				if o.Err != nil || o.Result.Err != nil {
					t.Errorf("%+v", o)
					return
				}
				n.acked, n.zxid = time.Now(), o.Zxid
				n.number, _ = strconv.Atoi(string(o.Result.Path[len("/n"):]))
				mu.Lock()
				defer mu.Unlock()
				all = append(all, n)
			}})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(r.upTo(2 * time.Millisecond))
		}
	}
	clients.Wait()
	slices.SortFunc(all, func(a, b numbered) int { return a.number - b.number })
	for i, n := range all {
		if n.number != i {
			t.Fatalf("number %d in place %d", n.number, i)
		}
		for _, later := range all[i+1:] {
			switch {
			case later.zxid <= n.zxid:
				t.Fatalf("number %d has zxid %d, %d has %d", n.number, n.zxid, later.number, later.zxid)
			case later.acked.Before(n.asked):
				t.Fatalf("number %d was answered before %d was asked for", later.number, n.number)
			case later.shim == n.shim && later.placeInShim < n.placeInShim:
				t.Fatalf("numbers %d and %d of shim %d are not in the order of Submit", n.number, later.number, n.shim)
			}
		}
	}
	if len(all) != 2*perShim {
		t.Fatalf("%d numbers, want %d", len(all), 2*perShim)
	}
}

// quiet makes every other run one of committers that take the store for
// themselves at once.
func quiet(number uint64) int {
	if number%2 == 0 {
		return 1
	}
	return 1 << 20
}

// random is safe for concurrent use.
type random struct {
	mu sync.Mutex
	*rand.Rand
}

func (r *random) upTo(d time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Duration(r.Int64N(int64(d) + 1))
}

func (r *random) in(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.IntN(n)
}

// Whatever the store does: what was acknowledged is there, what was refused is
// not, what is in doubt is there or not for good once its session was moved, and
// nothing is there without what the client wrote before it.
func TestNothingIsLostOrDoneTwice(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { hammer(t, seed) }) })
	}
}

// fate is what a client knows of one of its creates.
type fate struct {
	path     znode.Path
	epoch    int64
	err      error
	zxid     znode.Zxid
	atMove   bool // it existed when the session was moved after it was lost
	answered bool
}

func hammer(t *testing.T, number uint64) {
	const perClient = 60
	server := mem.NewServer(mem.Options{})
	seed(t, server)
	var clients sync.WaitGroup
	fates := make([][]*fate, 6)
	calm := make(chan struct{})
	for i := range 1 + int(number%3+1)/2 { // every third time alone
		r := &random{Rand: rand.New(rand.NewPCG(number, uint64(i)))}
		s := start(t, server.Open("", func(c mem.Call) mem.Fault {
			f := mem.Fault{Before: r.upTo(3 * time.Millisecond), After: r.upTo(3 * time.Millisecond), Delay: r.upTo(100 * time.Millisecond)}
			select {
			case <-calm:
				return f
			default:
			}
			if r.in(6) == 0 {
				f.Outcome = mem.Outcome(1 + r.in(int(mem.Late)))
			}
			if r.in(40) == 0 {
				f.Before = 50 * time.Millisecond // beyond the time limit
			}
			return f
		}), commit.Options{Timeout: 30 * time.Millisecond, MaxBatch: 20, Quiet: quiet(number)})
		for k := range 3 {
			id := 3*i + k
			clients.Go(func() { fates[id] = client(t, server, s, r, znode.SessionID(id+1), perClient) })
		}
	}
	clients.Wait()
	close(calm)
	time.Sleep(time.Second) // what is late has happened now
	found := paths(t, server, "/")
	acked := 0
	for id, list := range fates {
		lost := map[int64]bool{} // epochs in which a write was not done
		zxid := znode.Zxid(0)
		for _, f := range list {
			n, exists := found[f.path]
			delete(found, f.path)
			switch {
			case !f.answered:
				t.Errorf("%s was not answered", f.path)
			case f.err == nil:
				acked++
				if !exists || n.Version != 0 {
					t.Errorf("%s was acknowledged; exists: %v, version %d", f.path, exists, n.Version)
				}
				if f.zxid <= zxid {
					t.Errorf("%s: zxid %d behind %d", f.path, f.zxid, zxid)
				}
				zxid = f.zxid
			case !errors.Is(f.err, store.ErrUnknown):
				if exists {
					t.Errorf("%s was refused with %v, but exists", f.path, f.err)
				}
			case exists != f.atMove:
				t.Errorf("%s was in doubt; at the move of its session it existed: %v, now: %v", f.path, f.atMove, exists)
			}
			if exists && lost[f.epoch] {
				t.Errorf("%s exists, but not what session %d wrote before it", f.path, id)
			}
			if !exists {
				lost[f.epoch] = true
			}
		}
	}
	delete(found, znode.ZooKeeper)
	for p := range found {
		t.Errorf("%s exists, who made it?", p)
	}
	if acked < 50 {
		t.Errorf("%d writes were acknowledged: too few to prove anything", acked)
	}
}

// client creates znodes, several at a time, and moves its session when it must.
func client(t *testing.T, server *mem.Server, s *shim, r *random, id znode.SessionID, n int) []*fate {
	who := s.open(id)
	var all []*fate
	for len(all) < n {
		var burst sync.WaitGroup
		from := len(all)
		for range 1 + r.in(5) {
			f := &fate{path: znode.Path(fmt.Sprintf("/s%d-%03d", id, len(all))), epoch: who.epoch}
			all = append(all, f)
			burst.Add(1)
			err := s.Submit(context.Background(), &commit.Write{Request: who.request(create(f.path)), Done: func(o commit.Outcome) {
				defer burst.Done()
				f.answered, f.zxid = !f.answered, o.Zxid
				f.err = errors.Join(o.Err, o.Result.Err)
			}})
			if err != nil {
				t.Error(err)
				return all
			}
		}
		burst.Wait()
		if !s.Cut(id) {
			continue
		}
		who = s.move(who)
		found := paths(t, server, "/")
		for _, f := range all[from:] {
			_, f.atMove = found[f.path]
		}
	}
	return all
}

// A compare-and-set loop by two shims loses no increment.
func TestCountersOfTwoShims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mem.NewServer(mem.Options{})
		seed(t, server)
		var clients sync.WaitGroup
		const rounds, perShim = 30, 3
		for i := range 2 {
			r := &random{Rand: rand.New(rand.NewPCG(7, uint64(i)))}
			s := start(t, server.Open("", func(c mem.Call) mem.Fault {
				return mem.Fault{Before: r.upTo(2 * time.Millisecond), After: r.upTo(2 * time.Millisecond)}
			}), commit.Options{Quiet: 1})
			for range perShim {
				clients.Go(func() {
					for done := 0; done < rounds; {
						version := int32(-1)
						s.replica.View(func(v *replica.View) { version = v.Node("/zookeeper/quota").Version })
						out := s.do(tree.SetData{Path: "/zookeeper/quota", Version: version})
						switch {
						case out.Err == nil && out.Result.Err == nil:
							if out.Result.Stat.Version != version+1 {
								t.Errorf("version %d after %d", out.Result.Stat.Version, version)
							}
							done++
						case !errors.Is(out.Result.Err, tree.ErrBadVersion):
							t.Errorf("%+v", out)
							return
						}
					}
				})
			}
		}
		clients.Wait()
		if got := paths(t, server, "/zookeeper")["/zookeeper/quota"].Version; got != 2*perShim*rounds {
			t.Errorf("version %d, want %d", got, 2*perShim*rounds)
		}
	})
}
