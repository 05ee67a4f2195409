package tree_test

import (
	"reflect"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func internal(op tree.Op) tree.Request { return tree.Request{Internal: true, Op: op} }

func TestOpenSession(t *testing.T) {
	w := newWorld(t)
	r := record.Session{Timeout: 4000, Password: [16]byte{1, 2}, Shim: "one", Epoch: 3}
	w.must(internal(tree.OpenSession{ID: 9, Session: r}))
	if got := w.view().Session(9); got == nil || got.Session != r {
		t.Errorf("stored %+v", got)
	}
	if err := w.run(internal(tree.OpenSession{ID: 9, Session: r})).Err; err != tree.ErrSessionExists {
		t.Errorf("opened again: %v", err)
	}
}

func TestMoveSession(t *testing.T) {
	w := newWorld(t)
	w.must(internal(tree.OpenSession{ID: 9, Session: record.Session{Timeout: 4000, Password: [16]byte{1}, Shim: "one", Epoch: 3}}))
	b := tree.NewBatch(w.view(), plenty)
	add := func(r tree.Request) tree.Result {
		t.Helper()
		result, ok := b.Add(r)
		if !ok {
			t.Fatal("does not fit")
		}
		return result
	}
	old := tree.Request{Session: 9, Epoch: 3, Identity: alice, Op: create("/a")}
	moved := tree.Request{Session: 9, Epoch: 4, Identity: alice, Op: create("/b")}
	if err := add(old).Err; err != nil {
		t.Errorf("before the move: %v", err)
	}
	if err := add(moved).Err; err != tree.ErrSessionMoved {
		t.Errorf("too early: %v", err)
	}
	if result := add(internal(tree.MoveSession{ID: 9, Shim: "two", Timeout: 5000})); result.Err != nil || result.Epoch != 4 {
		t.Errorf("the move: %+v", result)
	}
	if err := add(old).Err; err != tree.ErrSessionMoved {
		t.Errorf("the old connection: %v", err)
	}
	if err := add(moved).Err; err != nil {
		t.Errorf("the new connection: %v", err)
	}
	if err := add(internal(tree.CloseSession{ID: 9})).Err; err != tree.ErrSessionMoved {
		t.Errorf("expiry by the old owner: %v", err)
	}
	w.commit(b.Txn())
	want := record.Session{Timeout: 5000, Password: [16]byte{1}, Shim: "two", Epoch: 4}
	if got := w.view().Session(9); got.Session != want {
		t.Errorf("stored %+v, want %+v", got.Session, want)
	}
	if err := w.run(internal(tree.MoveSession{ID: 10})).Err; err != tree.ErrSessionExpired {
		t.Errorf("of no session: %v", err)
	}
}

func TestCloseSession(t *testing.T) {
	w := newWorld(t)
	ephemeral := func(id znode.SessionID, p znode.Path) tree.Request {
		r := w.request(createMode(p, znode.ModeEphemeral))
		r.Session = id
		return r
	}
	w.do(create("/p"))
	w.must(ephemeral(session, "/p/b"))
	w.must(ephemeral(session, "/gone"))
	w.must(ephemeral(session, "/again"))
	w.must(ephemeral(other, "/p/other"))

	b := tree.NewBatch(w.view(), plenty)
	add := func(r tree.Request) {
		t.Helper()
		if result, ok := b.Add(r); !ok || result.Err != nil {
			t.Fatalf("%#v: %v %v", r.Op, result.Err, ok)
		}
	}
	add(w.request(tree.Delete{Path: "/gone"}))
	add(w.request(tree.Delete{Path: "/again"}))
	add(ephemeral(session, "/again"))
	add(ephemeral(session, "/p/a"))
	closing := internal(tree.CloseSession{ID: session})
	closing.Epoch = 1
	add(closing)
	if result, _ := b.Add(closing); result.Err != tree.ErrSessionExpired {
		t.Errorf("closed again: %v", result.Err)
	}
	if result, _ := b.Add(w.request(create("/n"))); result.Err != tree.ErrSessionExpired {
		t.Errorf("a request behind the close: %v", result.Err)
	}
	var deleted []znode.Path
	for _, e := range b.Journal() {
		if e.Pos == 4 {
			if e.Type != znode.EventDeleted {
				t.Errorf("event %+v", e)
			}
			deleted = append(deleted, e.Path)
		}
	}
	if want := []znode.Path{"/again", "/p/a", "/p/b"}; !reflect.DeepEqual(deleted, want) {
		t.Errorf("deleted %v, want %v", deleted, want)
	}
	rev := w.commit(b.Txn())
	v := w.view()
	if v.Session(session) != nil || len(v.Ephemerals(session)) != 0 {
		t.Error("something of the session is left")
	}
	if got := v.Ephemerals(other); !reflect.DeepEqual(got, []znode.Path{"/p/other"}) {
		t.Errorf("the other session has %v", got)
	}
	want := znode.PendingZxid(4).Resolve(zxidBase, int64(rev))
	if n := w.node("/p"); n.Children != 1 || n.Creates != 3 || n.Pzxid != want {
		t.Errorf("the parent: %+v, want pzxid %d", n, want)
	}
}

// TestEphemeralKeepsItsLease: whoever writes an ephemeral znode leaves it with
// its session's lease.
func TestEphemeralKeepsItsLease(t *testing.T) {
	w := newWorld(t)
	w.do(createMode("/e", znode.ModeEphemeral))
	for _, op := range []tree.Op{tree.SetData{Path: "/e"}, tree.SetACL{Path: "/e", ACL: znode.OpenACL}} {
		r := w.request(op)
		r.Session = other
		w.must(r)
		if lease := w.keys["z/e"].Lease; lease != store.LeaseID(session) {
			t.Errorf("%T: lease %x", op, lease)
		}
	}
}

func TestPutMeta(t *testing.T) {
	w := newWorld(t)
	b := tree.NewBatch(w.view(), plenty)
	put := internal(tree.PutMeta{Meta: record.Meta{Base: 5, Cluster: 6, Time: 7}})
	if result, ok := b.Add(put); !ok || result.Err != nil {
		t.Fatalf("%v %v", result.Err, ok)
	}
	if _, ok := b.Add(put); ok {
		t.Error("two fit into one batch")
	}
	rev := w.commit(b.Txn())
	if m, err := record.DecodeMeta(w.keys[record.MetaKey].Value); err != nil || m != put.Op.(tree.PutMeta).Meta {
		t.Errorf("stored %+v %v", m, err)
	}
	again := tree.NewBatch(w.view(), plenty)
	again.Add(put)
	if w.holds(again.Txn().Compares) {
		t.Error("it does not compare the revision")
	}
	again = tree.NewBatch(w.view(), plenty)
	again.Add(internal(tree.PutMeta{Rev: rev}))
	if !w.holds(again.Txn().Compares) {
		t.Error("it compares something else")
	}
	small := tree.NewBatch(w.view(), store.Limits{Ops: 1, Compares: 1, Bytes: 15})
	if result, _ := small.Add(put); result.Err != tree.ErrTooLarge || len(small.Txn().Ops) > 0 {
		t.Errorf("%v, left %+v", result.Err, small.Txn())
	}
}

func TestRepairCounter(t *testing.T) {
	w := newWorld(t)
	w.do(create("/a"), createMode("/a/e", znode.ModeEphemeral), createMode("/a/f", znode.ModeEphemeral), create("/leaf"))
	pzxid := w.node("/a").Pzxid
	repair := func(p znode.Path, z znode.Zxid) *tree.Batch {
		v := w.view()
		if n := v.nodes["/a"]; n != nil {
			n.Children = 1 // as a replica counts after a lost lease
		}
		b := tree.NewBatch(v, plenty)
		if result, _ := b.Add(internal(tree.RepairCounter{Path: p, Pzxid: z})); result.Err != nil {
			t.Errorf("%s: %v", p, result.Err)
		}
		return b
	}
	w.commit(repair("/a", pzxid+5).Txn())
	if n := w.node("/a"); n.Children != 1 || n.Creates != 2 || n.Pzxid != pzxid+5 {
		t.Errorf("repaired: %+v", n)
	}
	w.commit(repair("/a", pzxid).Txn())
	if n := w.node("/a"); n.Pzxid != pzxid+5 {
		t.Errorf("pzxid went back to %d", n.Pzxid)
	}
	for _, p := range []znode.Path{"/none", "/leaf", ""} {
		if txn := repair(p, 1).Txn(); len(txn.Ops) > 0 {
			t.Errorf("%q: %+v", p, txn.Ops)
		}
	}
	if journal := repair("/a", 1).Journal(); journal != nil {
		t.Errorf("events %v", journal)
	}
}

func TestInternal(t *testing.T) {
	w := newWorld(t)
	w.do(withACL(create("/c"), closed))
	w.must(internal(create("/c/x")))
	w.must(internal(tree.SetData{Path: "/c"}))
	if err := w.run(internal(tree.DeleteContainer{Path: "/c/x"})).Err; err != tree.ErrBadVersion {
		t.Errorf("reaping a persistent znode: %v", err)
	}
	w.must(internal(tree.Delete{Path: "/c/x", Version: -1}))
	w.must(internal(createKind("/ttl", tree.KindTTL, znode.ModePersistentTTL, 10)))
	w.must(internal(createKind("/cont", tree.KindContainer, znode.ModeContainer, 0)))
	reap := func(p znode.Path, now int64) error {
		return w.run(tree.Request{Internal: true, Now: now, Op: tree.DeleteContainer{Path: p}}).Err
	}
	if err := reap("/ttl", 10); err != tree.ErrBadVersion {
		t.Errorf("a TTL znode in its time: %v", err)
	}
	if err := reap("/ttl", 11); err != nil {
		t.Errorf("a TTL znode behind its time: %v", err)
	}
	if err := reap("/cont", 11); err != tree.ErrBadVersion {
		t.Errorf("a container that never had a child: %v", err)
	}
	w.must(internal(create("/cont/x")))
	w.must(internal(tree.Delete{Path: "/cont/x", Version: -1}))
	if err := reap("/cont", 11); err != nil {
		t.Errorf("a container that had a child: %v", err)
	}
	if err := w.run(internal(createMode("/e", znode.ModeEphemeral))).Err; err != tree.ErrBadArguments {
		t.Errorf("an ephemeral znode of nobody's: %v", err)
	}
	if err := w.run(internal(nil)).Err; err != tree.ErrUnimplemented {
		t.Errorf("nothing: %v", err)
	}
	b := tree.NewBatch(w.view(), plenty)
	b.Add(internal(tree.SetData{Path: "/c", Version: -1}))
	if compared(b)[store.Key(record.SessionKey(0))] {
		t.Error("it compares a session")
	}
}
