package tree_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

const zxidBase = 1000

var plenty = store.Limits{Ops: 1 << 20, Compares: 1 << 20, Bytes: 1 << 30}

// kv is a fake store: a map of keys, revisions, and the lease of each key.
type kv struct {
	t    testing.TB
	rev  store.Revision
	keys map[store.Key]store.KV
}

func newKV(t testing.TB) *kv {
	s := &kv{t: t, rev: 1, keys: map[store.Key]store.KV{}}
	put := func(key string, value []byte) {
		s.keys[store.Key(key)] = store.KV{Key: store.Key(key), Value: value, ModRevision: s.rev}
	}
	for _, born := range record.Birth() {
		put(record.NodeKey(born.Path), born.Node.Append(nil))
		if born.Counter != nil {
			put(record.CounterKey(born.Path), born.Counter.Append(nil))
		}
	}
	return s
}

func (s *kv) clone() *kv {
	return &kv{t: s.t, rev: s.rev, keys: maps.Clone(s.keys)}
}

// holds reports whether all compares hold.
func (s *kv) holds(compares []store.Compare) bool {
	for _, c := range compares {
		if s.keys[c.Key].ModRevision != c.ModRevision {
			return false
		}
	}
	return true
}

// commit applies txn, checking what every store checks.
func (s *kv) commit(txn store.Txn) store.Revision {
	s.t.Helper()
	if !s.holds(txn.Compares) {
		s.t.Fatalf("conflict: %v", txn.Compares)
	}
	seen := map[store.Key]bool{}
	for _, c := range txn.Compares {
		if seen[c.Key] {
			s.t.Fatalf("key %q is compared twice", c.Key)
		}
		seen[c.Key] = true
	}
	if len(txn.Ops) == 0 {
		return s.rev
	}
	s.rev++
	written := map[store.Key]bool{}
	for _, op := range txn.Ops {
		if written[op.Key] {
			s.t.Fatalf("key %q occurs twice", op.Key)
		}
		written[op.Key] = true
		if op.Delete {
			if _, ok := s.keys[op.Key]; !ok {
				s.t.Fatalf("delete of %q, which does not exist", op.Key)
			}
			delete(s.keys, op.Key)
			continue
		}
		s.keys[op.Key] = store.KV{Key: op.Key, Value: op.Value, ModRevision: s.rev, Lease: op.Lease}
	}
	return s.rev
}

// view decodes the whole store.
func (s *kv) view() *view {
	s.t.Helper()
	v := &view{nodes: map[znode.Path]*tree.Node{}, sessions: map[znode.SessionID]*tree.Session{}}
	for key, kv := range s.keys {
		if kind, p, _ := record.ParseKey(string(key)); kind == record.KindNode {
			n, err := record.DecodeNode(kv.Value)
			if err != nil {
				s.t.Fatalf("%q: %v", key, err)
			}
			n.Czxid = n.Czxid.Resolve(zxidBase, int64(kv.ModRevision))
			n.Mzxid = n.Mzxid.Resolve(zxidBase, int64(kv.ModRevision))
			v.nodes[p] = &tree.Node{Node: n, Rev: kv.ModRevision, Pzxid: n.Czxid}
		}
	}
	for key, kv := range s.keys {
		switch kind, p, id := record.ParseKey(string(key)); kind {
		case record.KindCounter:
			c, err := record.DecodeCounter(kv.Value)
			if err != nil {
				s.t.Fatalf("%q: %v", key, err)
			}
			n := v.nodes[p]
			if n == nil {
				s.t.Fatalf("%q has no znode", key)
				return nil
			}
			n.Creates, n.Children, n.CounterRev = c.Creates, c.Children, kv.ModRevision
			n.Pzxid = c.Pzxid.Resolve(zxidBase, int64(kv.ModRevision))
		case record.KindSession:
			r, err := record.DecodeSession(kv.Value)
			if err != nil {
				s.t.Fatalf("%q: %v", key, err)
			}
			if kv.Lease != store.LeaseID(id) {
				s.t.Fatalf("%q has lease %x", key, kv.Lease)
			}
			v.sessions[id] = &tree.Session{Session: r, Rev: kv.ModRevision}
		}
	}
	for p, n := range v.nodes {
		lease := s.keys[store.Key(record.NodeKey(p))].Lease
		want := store.LeaseID(0)
		if n.Owner.Kind() == znode.Ephemeral {
			want = store.LeaseID(n.Owner)
		}
		if lease != want {
			s.t.Fatalf("%s has lease %x, want %x", p, lease, want)
		}
	}
	return v
}

type view struct {
	nodes    map[znode.Path]*tree.Node
	sessions map[znode.SessionID]*tree.Session
}

func (v *view) Node(p znode.Path) *tree.Node             { return v.nodes[p] }
func (v *view) Session(id znode.SessionID) *tree.Session { return v.sessions[id] }
func (v *view) Ephemerals(id znode.SessionID) []znode.Path {
	var paths []znode.Path
	for p, n := range v.nodes {
		if n.Owner == znode.Owner(id) {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

// user is an identity by name: an ACL entry of scheme "user" grants its
// permissions to the one of that name. Scheme "bad" is not a valid ACL.
type user string

var errFix = errors.New("fix")

func (u user) Allow(acl []znode.ACL, perms znode.Perms) bool {
	for _, a := range acl {
		if a.Perms&perms != 0 && (a.ID == znode.Anyone || a.ID == znode.ID{Scheme: "user", ID: string(u)}) {
			return true
		}
	}
	return false
}

func (u user) Fix(acl []znode.ACL) ([]znode.ACL, error) {
	if len(acl) == 0 {
		return nil, errFix
	}
	for _, a := range acl {
		if a.ID.Scheme == "bad" {
			return nil, errFix
		}
	}
	return acl, nil
}

func only(name string, perms znode.Perms) []znode.ACL {
	return []znode.ACL{{Perms: perms, ID: znode.ID{Scheme: "user", ID: name}}}
}

// world drives batches against a kv, one client session open.
type world struct {
	*kv
	now int64
}

const (
	alice   user            = "alice"
	session znode.SessionID = 0x1000000000000001
	other   znode.SessionID = 0x1000000000000002
)

func newWorld(t testing.TB) *world {
	w := &world{kv: newKV(t), now: 1}
	for _, id := range []znode.SessionID{session, other} {
		w.must(tree.Request{Internal: true, Op: tree.OpenSession{ID: id, Session: record.Session{Timeout: 30000, Epoch: 1}}})
	}
	return w
}

// request is one of alice's.
func (w *world) request(op tree.Op) tree.Request {
	return tree.Request{Session: session, Epoch: 1, Identity: alice, Now: w.now, Op: op}
}

func (w *world) run(r tree.Request) tree.Result {
	w.t.Helper()
	b := tree.NewBatch(w.view(), plenty)
	result, ok := b.Add(r)
	if !ok {
		w.t.Fatal("does not fit")
	}
	result.Resolve(zxidBase, w.commit(b.Txn()))
	return result
}

func (w *world) must(r tree.Request) tree.Result {
	w.t.Helper()
	result := w.run(r)
	if result.Err != nil {
		w.t.Fatalf("%#v: %v", r.Op, result.Err)
	}
	return result
}

// do runs ops of alice's one after the other; all must succeed.
func (w *world) do(ops ...tree.Op) {
	w.t.Helper()
	for _, op := range ops {
		w.must(w.request(op))
	}
}

func (w *world) node(p znode.Path) *tree.Node {
	w.t.Helper()
	n := w.view().Node(p)
	if n == nil {
		w.t.Fatalf("%s does not exist", p)
	}
	return n
}

func create(p znode.Path) tree.Create {
	return tree.Create{Path: p, ACL: znode.OpenACL, Data: []byte(p)}
}

func createMode(p znode.Path, m znode.CreateMode) tree.Create {
	c := create(p)
	c.Mode = m
	return c
}

func createKind(p znode.Path, k tree.CreateKind, m znode.CreateMode, ttl int64) tree.Create {
	c := createMode(p, m)
	c.Kind, c.TTL = k, ttl
	return c
}

func withACL(c tree.Create, acl []znode.ACL) tree.Create {
	c.ACL = acl
	return c
}
