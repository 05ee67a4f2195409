package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hquorum/hquorum/shim/store"
)

func testOrder(t *testing.T, r *room) {
	first := commit(t, r.store, put("m", "0"), put("n", "0"))
	f := follow(t, r.store, first+1)
	commit(t, r.store, put("c", "1"), del("m"), put("a", "1"), del("n"), put("b", "1"))
	last := commit(t, r.store, del("b"), put("m", "2"))
	same(t, told(f.reach(last)), "c=1 -m a=1 -n b=1\n-b m=2")
	// History is told like the present.
	_ = f.stop()
	same(t, told(follow(t, r.store, first).reach(last)), "m=0 n=0\nc=1 -m a=1 -n b=1\n-b m=2")
}

func testWatchPast(t *testing.T, r *room) {
	var revs []store.Revision
	for i := range 5 {
		revs = append(revs, commit(t, r.store, put("k", fmt.Sprint(i))))
	}
	for i := range revs {
		f := follow(t, r.store, revs[i])
		for j, c := range f.reach(revs[4]) {
			if c.Revision != revs[i+j] || tell(c) != fmt.Sprintf("k=%d", i+j) {
				t.Errorf("from %d: %d %s", revs[i], c.Revision, tell(c))
			}
		}
		_ = f.stop()
	}
	f := follow(t, r.store, revs[4]+1)
	last := commit(t, r.store, put("k", "last"))
	same(t, told(f.reach(last)), "k=last")
}

func testWatchResumed(t *testing.T, r *room) {
	from := commit(t, r.store, put("k", "first"))
	got := ""
	for i := range 10 {
		f := follow(t, r.store, from)
		during := commit(t, r.store, put("k", fmt.Sprint("during ", i)))
		got += told(f.reach(during)) + "\n"
		if err := f.stop(); !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled watch ended with %v", err)
		}
		commit(t, r.store, put("k", fmt.Sprint("between ", i)))
		from = during + 1
	}
	want := "k=first\n"
	for i := range 10 {
		want += fmt.Sprintf("k=during %d\n", i)
		if i < 9 {
			want += fmt.Sprintf("k=between %d\n", i)
		}
	}
	same(t, got, want)
}

func testWatchEnds(t *testing.T, r *room) {
	enough := errors.New("enough")
	from := commit(t, r.store, put("k", "1"))
	commit(t, r.store, put("k", "2"))
	calls := 0
	err := r.store.Watch(limit(t), from, func(store.Change) error {
		calls++
		return enough
	})
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%d calls, then %v", calls, err)
	}
}

func testSync(t *testing.T, r *room) {
	other := r.another(t)
	foreign := r.open(t, r.prefix[:len(r.prefix)-1]+"-foreign/")
	_, start := load(t, other)
	f := follow(t, other, start+1)
	for i := range 20 {
		// Half of the time what there is to catch up with is not ours to see.
		writer := r.store
		if i%2 == 1 {
			writer = foreign
		}
		committed := commit(t, writer, put("k", fmt.Sprint(i)))
		rev, err := other.Sync(limit(t))
		if err != nil || rev < committed {
			t.Fatalf("sync: %d and %v after a commit at %d", rev, err, committed)
		}
		if got := f.reach(rev); len(got) != i/2+1 {
			t.Fatalf("at %d the watch has told of %d changes, want %d", rev, len(got), i/2+1)
		}
	}
	_ = f.stop()

	// A Watch that starts after the Sync owes the revision as well.
	commit(t, foreign, put("k", "more"))
	rev, err := other.Sync(limit(t))
	if err != nil {
		t.Fatal(err)
	}
	follow(t, other, start+1).reach(rev)
}

func testPrefix(t *testing.T, r *room) {
	bare := r.prefix[:len(r.prefix)-1]
	first := commit(t, r.store, put("own", "1"))
	f := follow(t, r.store, first)
	for _, prefix := range []string{bare, bare + "0", bare + ".", bare + "-", "/" + r.prefix, bare[:len(bare)-1] + "/"} {
		foreign := r.open(t, prefix)
		commit(t, foreign, put("own", "foreign"), put(" ", ""), put("\xff", ""))
	}
	sub := r.open(t, r.prefix+"sub/")
	commit(t, sub, put("own", "below"))
	last := commit(t, r.store, put("z", "1"))
	same(t, told(f.reach(last)), "own=1\nsub/own=below\nz=1")
	holds(t, r.store, map[string]string{"own": "1", "sub/own": "below", "z": "1"})
	holds(t, sub, map[string]string{"own": "below"})
}

func testCompaction(t *testing.T, r *room) {
	var revs []store.Revision
	for i := range 4 {
		revs = append(revs, commit(t, r.store, put("k", fmt.Sprint(i)), put("gone", "soon")))
	}
	end := commit(t, r.store, del("gone"))
	running := follow(t, r.store, revs[0])
	running.reach(end)
	r.subject.Compact(t, revs[3])
	other := r.another(t)
	for _, from := range []store.Revision{1, revs[0], revs[2], revs[3]} {
		err := other.Watch(limit(t), from, func(c store.Change) error {
			if len(c.Events) > 0 {
				return fmt.Errorf("told of %d %s", c.Revision, tell(c))
			}
			return nil
		})
		if !errors.Is(err, store.ErrCompacted) {
			t.Errorf("watch from %d, compacted up to %d: %v", from, revs[3], err)
		}
	}
	f := follow(t, other, revs[3]+1)
	same(t, told(f.reach(end)), "-gone")
	_ = f.stop()

	// Compacted at the very revision that deleted: it is told or refused, never
	// left out.
	r.subject.Compact(t, end)
	err := other.Watch(limit(t), end, func(c store.Change) error {
		return fmt.Errorf("told of %d %s", c.Revision, tell(c))
	})
	if !errors.Is(err, store.ErrCompacted) {
		t.Errorf("watch from %d, compacted up to it: %v", end, err)
	}
	all, rev := load(t, other)
	if string(all["k"].Value) != "3" || len(all) != 1 {
		t.Errorf("after compaction: %v", all)
	}
	f = follow(t, other, rev+1)
	last := commit(t, other, put("k", "last"))
	same(t, told(f.reach(last)), "k=last")
	// A watch that was not behind has noticed nothing.
	changes := running.reach(last)
	same(t, tell(changes[len(changes)-1]), "k=last")
}
