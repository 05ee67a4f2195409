package tree_test

import (
	"reflect"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// plan adds requests of alice's to a new batch.
func (w *world) plan(ops ...tree.Op) (*tree.Batch, []tree.Result) {
	w.t.Helper()
	list := make([]tree.Request, len(ops))
	for i, op := range ops {
		list[i] = w.request(op)
	}
	return planAll(w.view(), list)
}

func compared(b *tree.Batch) map[store.Key]bool {
	keys := map[store.Key]bool{}
	for _, c := range b.Txn().Compares {
		keys[c.Key] = true
	}
	return keys
}

// TestComparesOfOps shows which keys each outcome depends on, the session's
// aside.
func TestComparesOfOps(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"), create("/a/b"), create("/leaf"), withACL(create("/c"), closed), create("/p"),
		create("/p/x0000000001"), createMode("/e", znode.ModeEphemeral), createMode("/a/e", znode.ModeEphemeral))
	tests := []struct {
		name string
		op   tree.Op
		want []store.Key
	}{
		{"create", create("/a/n"), []store.Key{"z/a", "c/a", "z/a/n"}},
		{"create at the top", create("/n"), []store.Key{"z/", "c/", "z/n"}},
		{"create sequential", createMode("/a/n", znode.ModePersistentSequential), []store.Key{"z/a", "c/a", "z/a/n0000000002"}},
		{"create sequential that exists", createMode("/p/x", znode.ModePersistentSequential), []store.Key{"z/p", "c/p", "z/p/x0000000001"}},
		{"create existing", create("/a/b"), []store.Key{"z/a", "z/a/b"}},
		{"create without parent", create("/none/x"), []store.Key{"z/none"}},
		{"create where no key can be", create("none/x"), nil},
		{"create forbidden", create("/c/x"), []store.Key{"z/c"}},
		{"create under ephemeral", create("/e/x"), []store.Key{"z/e", "z/e/x"}},
		{"create mode 9", createMode("/x", 9), nil},
		{"delete", tree.Delete{Path: "/a/b"}, []store.Key{"z/a", "c/a", "z/a/b", "c/a/b"}},
		{"delete not empty", tree.Delete{Path: "/a"}, []store.Key{"z/", "z/a", "c/a"}},
		{"delete wrong version", tree.Delete{Path: "/a", Version: 4}, []store.Key{"z/", "z/a"}},
		{"delete special", tree.Delete{Path: "/"}, nil},
		{"setData", tree.SetData{Path: "/a"}, []store.Key{"z/a", "c/a"}},
		{"setData of a leaf", tree.SetData{Path: "/leaf"}, []store.Key{"z/leaf", "c/leaf"}},
		{"setData wrong version", tree.SetData{Path: "/a", Version: 1}, []store.Key{"z/a"}},
		{"setData of an ephemeral znode", tree.SetData{Path: "/e"}, []store.Key{"z/e"}},
		{"delete of an ephemeral znode", tree.Delete{Path: "/a/e"}, []store.Key{"z/a", "c/a", "z/a/e"}},
		{"setACL", tree.SetACL{Path: "/a", ACL: znode.OpenACL}, []store.Key{"z/a", "c/a"}},
		{"setACL wrong version", tree.SetACL{Path: "/a", ACL: znode.OpenACL, Version: 1}, []store.Key{"z/a"}},
		{"check", tree.Check{Path: "/a"}, []store.Key{"z/a"}},
		{"deleteContainer", tree.DeleteContainer{Path: "/leaf"}, []store.Key{"z/leaf", "c/leaf", "z/", "c/"}},
		{"failed multi", tree.Multi{Ops: []tree.Op{create("/n"), tree.Check{Path: "/a", Version: 1}, create("/m")}},
			[]store.Key{"z/", "c/", "z/n", "z/a"}},
		{"close", tree.CloseSession{ID: session}, []store.Key{"z/e", "c/", "z/a/e", "c/a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, _ := w.plan(test.op)
			want := map[store.Key]bool{store.Key(record.SessionKey(session)): true}
			for _, key := range test.want {
				want[key] = true
			}
			if got := compared(b); !reflect.DeepEqual(got, want) {
				t.Errorf("compares %v, want %v", got, want)
			}
			if !w.holds(b.Txn().Compares) {
				t.Errorf("%v do not hold", b.Txn().Compares)
			}
		})
	}
}

func TestFolding(t *testing.T) {
	w := newWorld(t)
	w.do(create("/old"))
	tests := []struct {
		name    string
		ops     []tree.Op
		keys    []store.Key // written; -key is deleted
		journal int
	}{
		{"one", []tree.Op{create("/a")}, []store.Key{"z/a", "c/"}, 1},
		{"one that failed before", []tree.Op{create("/none/x"), create("/a")}, []store.Key{"z/a", "c/", "j"}, 1},
		{"one that fails after", []tree.Op{create("/a"), create("/a")}, []store.Key{"z/a", "c/"}, 1},
		{"two", []tree.Op{create("/a"), create("/b")}, []store.Key{"z/a", "z/b", "c/", "j"}, 2},
		{"two without events", []tree.Op{tree.SetACL{Path: "/old", ACL: closed}, tree.SetACL{Path: "/", ACL: closed, Version: -1}},
			[]store.Key{"z/old", "z/"}, 0},
		{"one after another without events", []tree.Op{tree.SetACL{Path: "/", ACL: closed, Version: -1}, tree.SetData{Path: "/old"}},
			[]store.Key{"z/", "z/old", "j"}, 1},
		{"made and gone", []tree.Op{create("/a"), tree.Delete{Path: "/a"}}, []store.Key{"c/", "j"}, 2},
		{"family made and gone", []tree.Op{create("/a"), create("/a/b"), tree.Delete{Path: "/a/b"}, tree.Delete{Path: "/a"}},
			[]store.Key{"c/", "j"}, 4},
		{"gone and made", []tree.Op{tree.Delete{Path: "/old"}, create("/old")}, []store.Key{"z/old", "c/", "j"}, 2},
		{"set often", []tree.Op{tree.SetData{Path: "/old", Version: -1}, tree.SetData{Path: "/old", Version: -1}},
			[]store.Key{"z/old", "j"}, 2},
		{"multi", []tree.Op{tree.Multi{Ops: []tree.Op{create("/a"), create("/a/b"), tree.SetData{Path: "/old"}}}},
			[]store.Key{"z/a", "z/a/b", "z/old", "c/", "c/a"}, 3},
		{"multi that sets twice", []tree.Op{tree.Multi{Ops: []tree.Op{tree.SetData{Path: "/old"}, tree.SetData{Path: "/old", Version: 1}}}},
			[]store.Key{"z/old", "j"}, 2},
		{"failed multi", []tree.Op{tree.Multi{Ops: []tree.Op{create("/a"), create("/a")}}}, nil, 0},
		{"delete of a parent that was", []tree.Op{tree.Delete{Path: "/old"}}, []store.Key{"-z/old", "c/"}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, _ := w.plan(test.ops...)
			var keys []store.Key
			for _, op := range b.Txn().Ops {
				if op.Delete {
					op.Key = "-" + op.Key
				}
				keys = append(keys, op.Key)
			}
			if !reflect.DeepEqual(keys, test.keys) {
				t.Errorf("writes %v, want %v", keys, test.keys)
			}
			if n := len(b.Journal()); n != test.journal {
				t.Errorf("%d events, want %d", n, test.journal)
			}
			if b.Len() != len(test.ops) {
				t.Errorf("length %d, want %d", b.Len(), len(test.ops))
			}
		})
	}
}

// TestCounterGoesWithItsZnode: deleting a znode deletes its counter, and one
// that is made again starts over.
func TestCounterGoesWithItsZnode(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"), create("/a/b"), tree.Delete{Path: "/a/b"})
	if n := w.node("/a"); n.Creates != 1 || n.Children != 0 || n.CounterRev == 0 {
		t.Fatalf("%+v", n)
	}
	b, _ := w.plan(tree.Delete{Path: "/a"}, create("/a"))
	w.commit(b.Txn())
	if n := w.node("/a"); n.CounterRev != 0 || n.Stat().Cversion != 0 || n.Pzxid != n.Czxid {
		t.Errorf("the znode made again: %+v", n)
	}
	w.do(create("/a/b"), tree.Delete{Path: "/a/b"}, tree.Delete{Path: "/a"})
	if _, ok := w.keys["c/a"]; ok {
		t.Error("the counter is still there")
	}
}

func TestPositions(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"))
	b := tree.NewBatch(w.view(), plenty)
	for i := range znode.MaxPosition + 1 {
		if _, ok := b.Add(w.request(tree.SetData{Path: "/a", Version: -1})); !ok {
			t.Fatalf("request %d does not fit", i)
		}
	}
	txn := b.Txn()
	if _, ok := b.Add(w.request(tree.Check{Path: "/a"})); ok {
		t.Error("one too many fits")
	}
	if !reflect.DeepEqual(b.Txn(), txn) || b.Len() != znode.MaxPosition+1 {
		t.Error("the one too many changed something")
	}
	j := b.Journal()
	if last := j[len(j)-1]; len(j) != znode.MaxPosition+1 || last.Pos != znode.MaxPosition {
		t.Errorf("%d events, the last one at %d", len(j), last.Pos)
	}
	rev := w.commit(txn)
	if got, want := w.node("/a").Mzxid, znode.LastZxid(zxidBase, int64(rev)); got != want {
		t.Errorf("mzxid %d, want %d", got, want)
	}
}

func size(txn store.Txn) store.Limits {
	l := store.Limits{Ops: len(txn.Ops), Compares: len(txn.Compares)}
	for _, c := range txn.Compares {
		l.Bytes += len(c.Key)
	}
	for _, op := range txn.Ops {
		l.Bytes += len(op.Key) + len(op.Value)
	}
	return l
}

// TestLimits: a request that takes exactly what the store allows fits, and one
// that takes one more of anything does not.
func TestLimits(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"), create("/b"), createMode("/e", znode.ModeEphemeral))
	for name, op := range map[string]tree.Op{
		"create":  createMode("/a/n", znode.ModeEphemeralSequential),
		"delete":  tree.Delete{Path: "/b"},
		"setData": tree.SetData{Path: "/a", Data: make([]byte, 1000)},
		"setACL":  tree.SetACL{Path: "/a", ACL: closed},
		"multi":   tree.Multi{Ops: []tree.Op{create("/n"), create("/n/n"), tree.Delete{Path: "/b"}}},
		"close":   tree.CloseSession{ID: session},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := w.plan(op)
			exact := size(b.Txn())
			for _, test := range []struct {
				name                 string
				ops, compares, bytes int
				want                 error
			}{
				{"exact", 0, 0, 0, nil},
				{"too many ops", -1, 0, 0, tree.ErrTooLarge},
				{"too many compares", 0, -1, 0, tree.ErrTooLarge},
				{"too many bytes", 0, 0, -1, tree.ErrTooLarge},
			} {
				limits := store.Limits{Ops: exact.Ops + test.ops, Compares: exact.Compares + test.compares, Bytes: exact.Bytes + test.bytes}
				b := tree.NewBatch(w.view(), limits)
				result, ok := b.Add(w.request(op))
				if !ok || result.Err != test.want {
					t.Errorf("%s: %v %v", test.name, ok, result.Err)
				}
				if txn := b.Txn(); test.want != nil && len(txn.Ops)+len(txn.Compares) > 0 {
					t.Errorf("%s: it left %+v", test.name, txn)
				}
				if b.Len() != 1 {
					t.Errorf("%s: length %d", test.name, b.Len())
				}
			}

			b = tree.NewBatch(w.view(), exact)
			if _, ok := b.Add(w.request(tree.Check{Path: "/zookeeper", Version: -1})); !ok {
				t.Fatal("a check does not fit")
			}
			before := b.Txn()
			if _, ok := b.Add(w.request(op)); ok {
				t.Fatal("both fit")
			}
			if !reflect.DeepEqual(b.Txn(), before) || b.Len() != 1 || b.Journal() != nil {
				t.Error("the refused request left something")
			}
			if result, ok := b.Add(w.request(tree.Check{Path: "/zookeeper", Version: 3})); !ok || result.Err != tree.ErrBadVersion {
				t.Errorf("a small request behind the refused one: %v %v", ok, result.Err)
			}
		})
	}
}

// TestRefused: what a refused request compared is compared again when a later
// request needs it, and nothing else of it counts.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"))
	limits := store.Limits{Ops: 10, Compares: 10, Bytes: 1000}
	tooMuch := w.request(tree.SetData{Path: "/a", Data: make([]byte, 1000)})
	b := tree.NewBatch(w.view(), limits)
	if result, ok := b.Add(w.request(create("/b"))); !ok || result.Err != nil {
		t.Fatalf("%v %v", result.Err, ok)
	}
	before := b.Txn()
	if _, ok := b.Add(tooMuch); ok {
		t.Fatal("too much fits")
	}
	if got := b.Txn(); !reflect.DeepEqual(got, before) {
		t.Errorf("the refused request left %+v, it was %+v", got, before)
	}
	if _, ok := b.Add(w.request(tree.Check{Path: "/a"})); !ok || !compared(b)["z/a"] {
		t.Errorf("%v, compares %v", ok, compared(b))
	}

	meta := internal(tree.PutMeta{})
	exact := tree.NewBatch(w.view(), plenty)
	exact.Add(w.request(create("/b")))
	b = tree.NewBatch(w.view(), size(exact.Txn()))
	if _, ok := b.Add(w.request(create("/b"))); !ok {
		t.Fatal("what is exact does not fit")
	}
	for range 3 {
		if _, ok := b.Add(meta); ok {
			t.Fatal("more than what is exact fits")
		}
	}
	if result, ok := b.Add(w.request(create("/b"))); !ok || result.Err != tree.ErrNodeExists {
		t.Errorf("behind the refused meta: %v %v", result.Err, ok)
	}
}
