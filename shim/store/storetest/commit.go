package storetest

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/hquorum/hquorum/shim/store"
)

func testCompares(t *testing.T, r *room) {
	old := commit(t, r.store, put("key", "old"), put("deleted", "x"))
	now := commit(t, r.store, put("key", "now"), del("deleted"))
	for name, c := range map[string]struct {
		compares []store.Compare
		want     error
	}{
		"none":                   {nil, nil},
		"current":                {[]store.Compare{at("key", now)}, nil},
		"absent is 0":            {[]store.Compare{at("never", 0)}, nil},
		"deleted is 0":           {[]store.Compare{at("deleted", 0)}, nil},
		"all hold":               {[]store.Compare{at("key", now), at("never", 0), at("deleted", 0)}, nil},
		"past":                   {[]store.Compare{at("key", old)}, store.ErrConflict},
		"future":                 {[]store.Compare{at("key", now+1)}, store.ErrConflict},
		"exists":                 {[]store.Compare{at("key", 0)}, store.ErrConflict},
		"absent is not 1":        {[]store.Compare{at("never", 1)}, store.ErrConflict},
		"deleted is not its old": {[]store.Compare{at("deleted", old)}, store.ErrConflict},
		"deleted is not its end": {[]store.Compare{at("deleted", now)}, store.ErrConflict},
		"last of three fails":    {[]store.Compare{at("key", now), at("never", 0), at("deleted", old)}, store.ErrConflict},
	} {
		mark := "mark " + name
		rev, err := r.store.Commit(limit(t), store.Txn{Compares: c.compares, Ops: []store.Op{put(mark, "set")}})
		if !errors.Is(err, c.want) || rev < now {
			t.Errorf("%s: revision %d and %v, want %v", name, rev, err, c.want)
		}
		all, _ := load(t, r.store)
		if _, set := all[store.Key(mark)]; set != (c.want == nil) {
			t.Errorf("%s: applied is %v", name, set)
		}
	}
	// A compare is of the state before: an op of the same Txn does not meet it.
	if _, err := r.store.Commit(limit(t), store.Txn{Compares: []store.Compare{at("key", now)}, Ops: []store.Op{put("key", "new")}}); err != nil {
		t.Errorf("compare and put of one key: %v", err)
	}
}

func testConflict(t *testing.T, r *room) {
	first := commit(t, r.store, put("a", "1"), put("b", "1"))
	f := follow(t, r.store, first)
	f.reach(first)
	other := r.open(t, r.prefix[:len(r.prefix)-1]+"-foreign/")
	commit(t, other, put("a", "foreign")) // the revision moves, silently
	rev, err := r.store.Commit(limit(t), store.Txn{
		Compares: []store.Compare{at("a", first), at("b", first-1)},
		Ops:      []store.Op{put("a", "2"), del("b"), put("c", "2")},
	})
	if !errors.Is(err, store.ErrConflict) || rev < first {
		t.Fatalf("revision %d and %v, want ErrConflict at %d or later", rev, err, first)
	}
	same(t, told(f.reach(rev)), "a=1 b=1")
	holds(t, r.store, map[string]string{"a": "1", "b": "1"})
}

func testReadOnly(t *testing.T, r *room) {
	first := commit(t, r.store, put("a", "1"))
	f := follow(t, r.store, first)
	for range 3 {
		rev, err := r.another(t).Commit(limit(t), store.Txn{Compares: []store.Compare{at("a", first), at("b", 0)}})
		if err != nil || rev < first {
			t.Fatalf("revision %d and %v, want %d or later", rev, err, first)
		}
	}
	rev, err := r.store.Commit(limit(t), store.Txn{Compares: []store.Compare{at("a", first), at("b", first)}})
	if !errors.Is(err, store.ErrConflict) || rev < first {
		t.Fatalf("revision %d and %v, want ErrConflict", rev, err)
	}
	rev, err = r.store.Commit(limit(t), store.Txn{})
	if err != nil || rev < first {
		t.Fatalf("empty: revision %d and %v", rev, err)
	}
	last := commit(t, r.store, put("z", "last"))
	same(t, told(f.reach(last)), "a=1\nz=last")
}

func testRevisions(t *testing.T, r *room) {
	var before store.Revision
	for i := range 20 {
		rev := commit(t, r.store, put("a", strconv.Itoa(i)), put("b", strconv.Itoa(i)), put("c"+strconv.Itoa(i), ""))
		if rev <= before {
			t.Fatalf("revision %d after %d", rev, before)
		}
		all, loaded := load(t, r.store)
		if loaded < rev {
			t.Fatalf("loaded at %d after a commit at %d", loaded, rev)
		}
		for _, key := range []store.Key{"a", "b", store.Key("c" + strconv.Itoa(i))} {
			if all[key].ModRevision != rev {
				t.Errorf("%s was modified at %d, want %d", key, all[key].ModRevision, rev)
			}
		}
		before = rev
	}
}

func testNothing(t *testing.T, r *room) {
	first := commit(t, r.store, put("a", "1"))
	f := follow(t, r.store, first)
	rev := commit(t, r.store, del("absent"), del("neither"))
	if rev < first {
		t.Errorf("deleting nothing: revision %d after %d", rev, first)
	}
	commit(t, r.store, del("absent"), put("b", "1"), del("neither"))
	last := commit(t, r.store, put("z", "last"))
	same(t, told(f.reach(last)), "a=1\nb=1\nz=last")
}

func testInvalid(t *testing.T, r *room) {
	for name, ops := range map[string][]store.Op{
		"put twice":    {put("a", "1"), put("b", "1"), put("a", "2")},
		"put, delete":  {put("a", "1"), del("a")},
		"delete, put":  {del("a"), put("a", "1")},
		"delete twice": {del("a"), del("a")},
	} {
		if _, err := r.store.Commit(limit(t), store.Txn{Ops: ops}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	holds(t, r.store, nil)
}

// testContention: two processes raise one counter; no raise is lost, and both
// see the same history.
func testContention(t *testing.T, r *room) {
	const each = 30
	other := r.another(t)
	first := commit(t, r.store, put("n", "0"))
	here, there := follow(t, r.store, first), follow(t, other, first)
	var both sync.WaitGroup
	for _, s := range []store.Store{r.store, other, r.store, other} {
		both.Add(1)
		go func() {
			defer both.Done()
			for done := 0; done < each; {
				all, _ := load(t, s)
				n, _ := strconv.Atoi(string(all["n"].Value))
				_, err := s.Commit(limit(t), store.Txn{
					Compares: []store.Compare{at("n", all["n"].ModRevision)}, Ops: []store.Op{put("n", strconv.Itoa(n+1))},
				})
				switch {
				case err == nil:
					done++
				case !errors.Is(err, store.ErrConflict):
					t.Errorf("commit: %v", err)
					return
				}
			}
		}()
	}
	both.Wait()
	holds(t, r.store, map[string]string{"n": strconv.Itoa(4 * each)})
	_, last := load(t, r.store)
	for _, s := range []store.Store{r.store, other} {
		if _, err := s.Sync(limit(t)); err != nil {
			t.Fatal(err)
		}
	}
	a, b := here.reach(last), there.reach(last)
	same(t, told(a), told(b))
	for i, c := range a {
		if want := strconv.Itoa(i); string(c.Events[0].Value) != want {
			t.Fatalf("change %d is %s", i, tell(c))
		}
	}
	if len(a) != 4*each+1 {
		t.Errorf("%d changes, want %d", len(a), 4*each+1)
	}
}
