package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/store"
)

func testValues(t *testing.T, r *room) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	want := map[string]string{
		"empty": "", "every byte": string(every), "zero": "\x00", "text": "value", "not utf-8": "\xff\xfe\x80",
		"a MiB": strings.Repeat("x", min(1<<20, r.store.Limits().Bytes-5)),
	}
	_, start := load(t, r.store)
	f := follow(t, r.store, start+1)
	var last store.Revision
	for key, value := range want {
		last = commit(t, r.store, put(key, value))
	}
	last = max(last, commit(t, r.store, store.Op{Key: "null"}))
	want["null"] = ""
	holds(t, r.store, want)
	for _, c := range f.reach(last) {
		if e := c.Events[0]; e.Delete || string(e.Value) != want[string(e.Key)] {
			t.Errorf("told of %q with %d bytes", e.Key, len(e.Value))
		}
	}
	// What was handed out does not change any more, and neither does what is
	// kept when it is changed.
	value := []byte("mine")
	commit(t, r.store, store.Op{Key: "mine", Value: value})
	copy(value, "your")
	all, _ := load(t, r.store)
	same(t, string(all["mine"].Value), "mine")
	copy(all["mine"].Value, "your")
	again, _ := load(t, r.store)
	same(t, string(again["mine"].Value), "mine")
}

func testKeys(t *testing.T, r *room) {
	keys := []string{
		"z/", "z/hbase", "z/hbase/rs/host%2C16020%2C1700000000000", "z/a b", "z/ü/漢字/😀", "z/new\nline", "z/nul\x00inside", "z/\x01",
		"z/\xff\xfe", "z/*?[]{}\\\"'", "z/a", "z/a/b", "z/a-b", "z/a.b", "z/a0", "c/hbase", "s/00ffffffffffffff", "j", "z/" + strings.Repeat("long/", 200),
	}
	want := map[string]string{}
	var ops []store.Op
	for i, key := range keys {
		want[key] = fmt.Sprint(i)
		ops = append(ops, put(key, fmt.Sprint(i)))
	}
	first := commit(t, r.store, ops...)
	holds(t, r.store, want)
	events := follow(t, r.store, first).reach(first)[0].Events
	for i, e := range events {
		if string(e.Key) != keys[i] {
			t.Errorf("event %d is of %q, want %q", i, e.Key, keys[i])
		}
	}
	before := store.Key("")
	_, err := r.store.Load(limit(t), func(kv store.KV) error {
		if kv.Key <= before {
			t.Errorf("%q after %q", kv.Key, before)
		}
		before = kv.Key
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// testLoad: more keys than a page, and changed while they are read.
func testLoad(t *testing.T, r *room) {
	const keys = 10500
	chunk := min(1000, r.store.Limits().Ops)
	name := func(i int) string { return fmt.Sprintf("z/%06d", i) }
	for i := 0; i < keys; {
		var ops []store.Op
		for ; i < keys && len(ops) < chunk; i++ {
			ops = append(ops, put(name(i), "old"))
		}
		commit(t, r.store, ops...)
	}
	other, n := r.another(t), 0
	var changed store.Revision
	rev, err := r.store.Load(limit(t), func(kv store.KV) error {
		if n == 0 {
			changed = commit(t, other, put(name(keys-1), "new"), del(name(keys-2)), put(name(keys), "new"))
		}
		if string(kv.Key) != name(n) || string(kv.Value) != "old" {
			return fmt.Errorf("key %d is %q with %q", n, kv.Key, kv.Value)
		}
		n++
		return nil
	})
	if err != nil || n != keys || rev >= changed {
		t.Errorf("%d keys at %d, before the change at %d, then %v", n, rev, changed, err)
	}
	if all, again := load(t, r.store); again < changed || len(all) != keys || string(all[store.Key(name(keys))].Value) != "new" {
		t.Errorf("afterwards: %d keys at %d", len(all), again)
	}
}

func testLoadStops(t *testing.T, r *room) {
	commit(t, r.store, put("a", ""), put("b", ""))
	enough, n := errors.New("enough"), 0
	_, err := r.store.Load(limit(t), func(store.KV) error {
		n++
		return enough
	})
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("%d keys, then %v", n, err)
	}
}

func testLimits(t *testing.T, r *room) {
	limits := r.store.Limits()
	if limits != r.store.Limits() || limits.Ops < 128 || limits.Compares < 128 || limits.Bytes < 1<<20 {
		t.Fatalf("limits %+v", limits)
	}
	var ops []store.Op
	for i := range limits.Ops + 1 {
		ops = append(ops, put(fmt.Sprintf("%08d", i), ""))
	}
	compares := make([]store.Compare, limits.Compares+1)
	for name, txn := range map[string]store.Txn{
		"ops":      {Ops: ops},
		"compares": {Compares: compares, Ops: ops[:1]},
		"bytes":    {Ops: []store.Op{put("k", strings.Repeat("x", limits.Bytes))}},
	} {
		if _, err := r.store.Commit(limit(t), txn); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
	}
	holds(t, r.store, nil)
	commit(t, r.store, put("k", strings.Repeat("x", limits.Bytes-1)))
}

// testFullSize: a Txn with as many ops, compares and bytes as there may be is
// still one Txn.
func testFullSize(t *testing.T, r *room) {
	limits := r.store.Limits()
	name := func(i int) string { return fmt.Sprintf("%08d", i) }
	txn := func(value string, rev store.Revision) store.Txn {
		var txn store.Txn
		for i := range limits.Ops {
			txn.Ops = append(txn.Ops, put(name(i), value))
		}
		for i := range limits.Compares {
			txn.Compares = append(txn.Compares, at(name(i), rev))
		}
		return txn
	}
	largest := (limits.Bytes-8*limits.Compares)/limits.Ops - 8
	first, err := r.store.Commit(limit(t), txn(strings.Repeat("a", largest), 0))
	if err != nil {
		t.Fatal(err)
	}
	f := follow(t, r.store, first)
	second, err := r.store.Commit(limit(t), txn("b", first))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		// One compare does not hold, wherever it stands.
		bad := txn("c", second)
		bad.Compares[i*(limits.Compares-1)/3].ModRevision = first
		if rev, err := r.store.Commit(limit(t), bad); !errors.Is(err, store.ErrConflict) || rev < second {
			t.Fatalf("a compare off: revision %d and %v", rev, err)
		}
	}
	dead := txn("c", second)
	dead.Ops[limits.Ops-1].Lease = leaseID(t)
	if _, err := r.store.Commit(limit(t), dead); !errors.Is(err, store.ErrLeaseGone) {
		t.Fatalf("a dead lease: %v", err)
	}
	check := store.Txn{Compares: txn("", second).Compares}
	if rev, err := r.store.Commit(limit(t), check); err != nil || rev < second {
		t.Fatalf("compares alone: revision %d and %v", rev, err)
	}
	check.Compares[limits.Compares-1].ModRevision = first
	if rev, err := r.store.Commit(limit(t), check); !errors.Is(err, store.ErrConflict) || rev < second {
		t.Fatalf("compares alone, the last off: revision %d and %v", rev, err)
	}
	last := commit(t, r.store, put("last", ""))
	changes := f.reach(last)
	if len(changes) != 3 || changes[0].Revision != first || changes[1].Revision != second {
		t.Fatalf("%d changes", len(changes))
	}
	for _, c := range changes[:2] {
		if len(c.Events) != limits.Ops {
			t.Fatalf("a change of %d events, want %d", len(c.Events), limits.Ops)
		}
		for i, e := range c.Events {
			if string(e.Key) != name(i) {
				t.Fatalf("event %d is of %q", i, e.Key)
			}
		}
	}
}
