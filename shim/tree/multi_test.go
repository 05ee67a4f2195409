package tree_test

import (
	"testing"

	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestMultiFailure(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"), create("/q"))
	w.now = 5
	seq := createMode("/q/n", znode.ModePersistentSequential)
	// An earlier request of the batch must survive the rollback, and a later one
	// must not see what was rolled back.
	b, results := w.plan(
		seq,
		tree.SetData{Path: "/a", Data: []byte("kept")},
		tree.Multi{Ops: []tree.Op{
			seq,
			tree.SetData{Path: "/a", Data: []byte("lost"), Version: 1},
			create("/a/b"),
			tree.Delete{Path: "/q", Version: -1},
			create("/never"),
			tree.Check{Path: "/a", Version: -1},
		}},
		seq,
		create("/a/b"),
	)
	if results[3].Path != "/q/n0000000001" || results[4].Err != nil {
		t.Errorf("behind the multi: %+v", results[3:])
	}
	multi := results[2]
	if multi.Err != tree.ErrNotEmpty {
		t.Errorf("the multi: %v", multi.Err)
	}
	want := []error{nil, nil, nil, tree.ErrNotEmpty, tree.ErrRuntimeInconsistency, tree.ErrRuntimeInconsistency}
	for i, r := range multi.Multi {
		if r.Err != want[i] {
			t.Errorf("op %d: %v, want %v", i, r.Err, want[i])
		}
		if r.Op == nil {
			t.Errorf("op %d has no Op", i)
		}
	}
	w.commit(b.Txn())
	if n := w.node("/a"); string(n.Data) != "kept" || n.Version != 1 || n.Children != 1 {
		t.Errorf("/a: %+v", n)
	}
	if n := w.node("/q"); n.Creates != 2 {
		t.Errorf("/q: %+v", n)
	}
	if events := b.Journal(); len(events) != 4 || events[2].Pos != 3 {
		t.Errorf("events: %v", events)
	}
}

func TestMultiSuccess(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"))
	result := w.must(w.request(tree.Multi{Ops: []tree.Op{
		tree.Check{Path: "/a", Version: 0},
		createKind("/a/b", tree.KindCreate2, 0, 0),
		tree.SetData{Path: "/a", Version: 0},
		tree.Delete{Path: "/a/b"},
		tree.SetData{Path: "/a", Version: 1},
	}}))
	first, last := result.Multi[2].Stat, result.Multi[4].Stat
	if first.NumChildren != 1 || first.Cversion != 1 || last.NumChildren != 0 || last.Cversion != 2 || last.Version != 2 {
		t.Errorf("the Stats are not of their moments: %+v, %+v", first, last)
	}
	if zxid := last.Mzxid; result.Multi[1].Stat.Czxid != zxid || first.Mzxid != zxid || last.Pzxid != zxid || zxid.Pending() {
		t.Errorf("the ops have several zxids: %+v", result.Multi)
	}
	if empty := w.run(tree.Request{Session: 99, Identity: alice, Op: tree.Multi{}}); empty.Err != nil {
		t.Errorf("an empty multi asks for no session: %v", empty.Err)
	}
}

// TestMultiKinds: in a multi the mode tells the kind where it can (class Op).
func TestMultiKinds(t *testing.T) {
	const cont = znode.ModeContainer
	for _, test := range []struct {
		name   string
		create tree.Create
		kind   tree.CreateKind
		owner  znode.OwnerKind
		want   error
	}{
		{"create", createMode("/n", 0), tree.KindCreate, znode.Persistent, nil},
		{"create2", createKind("/n", tree.KindCreate2, 0, 0), tree.KindCreate2, znode.Persistent, nil},
		{"create with container mode", createMode("/n", cont), tree.KindContainer, znode.Container, nil},
		{"createTTL with container mode", createKind("/n", tree.KindTTL, cont, 9), tree.KindContainer, znode.Container, nil},
		{"createTTL with ephemeral mode", createKind("/n", tree.KindTTL, znode.ModeEphemeral, 9), tree.KindCreate, znode.Ephemeral, nil},
		{"createTTL with a bad mode", createKind("/n", tree.KindTTL, 9, 9), tree.KindCreate, 0, tree.ErrBadArguments},
		{"createContainer with persistent mode", createKind("/n", tree.KindContainer, 0, 0), tree.KindContainer, znode.Container, nil},
		{"createTTL", createKind("/n", tree.KindTTL, znode.ModePersistentTTL, 9), tree.KindTTL, znode.TTL, nil},
		{"createTTL without TTL", createKind("/n", tree.KindTTL, znode.ModePersistentTTL, 0), tree.KindTTL, 0, tree.ErrBadArguments},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			result := w.run(w.request(tree.Multi{Ops: []tree.Op{test.create}}))
			if result.Err != test.want {
				t.Fatalf("%v, want %v", result.Err, test.want)
			}
			if kind := result.Multi[0].Op.(tree.Create).Kind; kind != test.kind {
				t.Errorf("kind %v, want %v", kind, test.kind)
			}
			if test.want == nil && w.node("/n").Owner.Kind() != test.owner {
				t.Errorf("owner %x", w.node("/n").Owner)
			}
		})
	}
}

func TestMultiRefusesOtherOps(t *testing.T) {
	w := newWorld(t)
	for _, op := range []tree.Op{
		tree.SetACL{Path: "/", ACL: znode.OpenACL, Version: -1},
		tree.DeleteContainer{Path: "/a"},
		tree.Multi{},
		tree.CloseSession{ID: session},
	} {
		if err := w.run(w.request(tree.Multi{Ops: []tree.Op{op}})).Err; err != tree.ErrUnimplemented {
			t.Errorf("%T: %v", op, err)
		}
	}
}
