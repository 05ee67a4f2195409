package replica_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// world is a fake store that remembers every change.
type world struct {
	t       testing.TB
	rev     store.Revision
	keys    map[store.Key]store.KV
	changes []store.Change
}

// newWorld holds the built-in znodes, at revision 1.
func newWorld(t testing.TB, base znode.Zxid) *world {
	w := &world{t: t, keys: map[store.Key]store.KV{}}
	var ops []store.Op
	for _, born := range record.Birth() {
		ops = append(ops, put(record.NodeKey(born.Path), born.Node.Append(nil)))
		if born.Counter != nil {
			ops = append(ops, put(record.CounterKey(born.Path), born.Counter.Append(nil)))
		}
	}
	ops = append(ops, put(record.MetaKey, record.Meta{Base: base}.Append(nil)))
	w.write(ops...)
	return w
}

func put(key string, value []byte) store.Op { return store.Op{Key: store.Key(key), Value: value} }

func del(key string) store.Op { return store.Op{Key: store.Key(key), Delete: true} }

// write applies ops in one revision.
func (w *world) write(ops ...store.Op) store.Change {
	w.rev++
	c := store.Change{Revision: w.rev}
	for _, op := range ops {
		if op.Delete {
			delete(w.keys, op.Key)
		} else {
			w.keys[op.Key] = store.KV{Key: op.Key, Value: op.Value, ModRevision: w.rev, Lease: op.Lease}
		}
		c.Events = append(c.Events, store.Event(op))
	}
	w.changes = append(w.changes, c)
	return c
}

// expire ends a lease, in one revision, as the store does.
func (w *world) expire(lease znode.SessionID) store.Change {
	var ops []store.Op
	for _, key := range slices.Sorted(maps.Keys(w.keys)) {
		if w.keys[key].Lease == store.LeaseID(lease) {
			ops = append(ops, store.Op{Key: key, Delete: true})
		}
	}
	return w.write(ops...)
}

// load is what Replica.Load asks for.
func (w *world) load(each func(store.KV) error) (store.Revision, error) {
	for _, key := range slices.Sorted(maps.Keys(w.keys)) {
		if err := each(w.keys[key]); err != nil {
			return 0, err
		}
	}
	return w.rev, nil
}

// plan makes one batch of requests against what r shows; Own.Done is left to
// the caller.
func plan(r *replica.Replica, requests ...tree.Request) (store.Txn, *replica.Own, []tree.Result) {
	var (
		txn     store.Txn
		own     *replica.Own
		results []tree.Result
	)
	r.View(func(v *replica.View) {
		b := tree.NewBatch(v, store.Limits{Ops: 1 << 20, Compares: 1 << 20, Bytes: 1 << 30})
		for _, q := range requests {
			result, _ := b.Add(q)
			results = append(results, result)
		}
		txn, own = b.Txn(), &replica.Own{Journal: b.Journal(), Requests: b.Len()}
	})
	return txn, own, results
}

// do plans requests of the shim itself, which must succeed, and stores them.
func (w *world) do(r *replica.Replica, ops ...tree.Op) (store.Change, *replica.Own) {
	w.t.Helper()
	txn, own, results := plan(r, internal(ops...)...)
	for _, result := range results {
		if result.Err != nil {
			w.t.Fatalf("%#v: %v", result.Op, result.Err)
		}
	}
	return w.write(txn.Ops...), own
}

func internal(ops ...tree.Op) []tree.Request {
	requests := make([]tree.Request, len(ops))
	for i, op := range ops {
		requests[i] = tree.Request{Internal: true, Op: op, Now: 1000}
	}
	return requests
}

func create(p znode.Path) tree.Op {
	return tree.Create{Path: p, Data: []byte(p), ACL: znode.OpenACL}
}

// createFor makes an ephemeral znode: a Request, because it needs a session.
func createFor(id znode.SessionID, p znode.Path) tree.Request {
	return tree.Request{Session: id, Identity: anyone{}, Op: tree.Create{
		Path: p, ACL: znode.OpenACL, Mode: znode.ModeEphemeral,
	}}
}

type anyone struct{}

func (anyone) Allow([]znode.ACL, znode.Perms) bool      { return true }
func (anyone) Fix(acl []znode.ACL) ([]znode.ACL, error) { return acl, nil }
func open(id znode.SessionID) tree.Op                   { return tree.OpenSession{ID: id} }
func setData(p znode.Path, data string) tree.Op {
	return tree.SetData{Path: p, Data: []byte(data), Version: -1}
}
func remove(p znode.Path) tree.Op  { return tree.Delete{Path: p, Version: -1} }
func multi(ops ...tree.Op) tree.Op { return tree.Multi{Ops: ops} }
func at(base znode.Zxid, rev store.Revision, p int) znode.Zxid {
	return znode.PendingZxid(p).Resolve(base, int64(rev))
}

// probe is a replica whose hooks write a diary.
type probe struct {
	*replica.Replica
	log     bytes.Buffer
	diary   []string
	events  []fired
	repairs map[znode.Path]znode.Zxid
}

type fired struct {
	typ       znode.EventType
	path      znode.Path
	zxid      znode.Zxid
	acl, pacl string
}

var names = map[znode.EventType]string{
	znode.EventCreated: "created", znode.EventDeleted: "deleted",
	znode.EventDataChanged: "changed", znode.EventChildrenChanged: "children",
}

func newProbe() *probe {
	p := &probe{repairs: map[znode.Path]znode.Zxid{}}
	p.Replica = replica.New(zerolog.New(io.Writer(&p.log)), replica.Hooks{
		Event: func(typ znode.EventType, path znode.Path, zxid znode.Zxid, acl, parentACL []znode.ACL) {
			p.diary = append(p.diary, names[typ]+" "+string(path))
			p.events = append(p.events, fired{typ, path, zxid, fmt.Sprint(acl), fmt.Sprint(parentACL)})
		},
		Session: func(id znode.SessionID, rec *tree.Session) {
			what := "put"
			if rec == nil {
				what = "gone"
			}
			p.diary = append(p.diary, fmt.Sprintf("session %d %s", id, what))
		},
		Repair: func(path znode.Path, pzxid znode.Zxid) { p.repairs[path] = pzxid },
	})
	return p
}

// loaded returns a probe that has loaded w.
func loaded(t testing.TB, w *world) *probe {
	t.Helper()
	p := newProbe()
	if err := p.Load(w.load); err != nil {
		t.Fatal(err)
	}
	return p
}

// done makes own write into the diary, and returns it.
func (p *probe) done(own *replica.Own) *replica.Own {
	own.Done = func(pos int, _ bool) { p.diary = append(p.diary, fmt.Sprint("done ", pos)) }
	return own
}

// expect compares the diary since the last call.
func (p *probe) expect(t testing.TB, want ...string) {
	t.Helper()
	if !slices.Equal(p.diary, want) {
		t.Errorf("diary\n  %q, want\n  %q", p.diary, want)
	}
	p.diary, p.events = nil, nil
}

func (p *probe) node(path znode.Path) *tree.Node {
	var n *tree.Node
	p.View(func(v *replica.View) { n = v.Node(path) })
	return n
}

func (p *probe) children(path znode.Path) []string {
	var names []string
	p.View(func(v *replica.View) { names = v.Children(path) })
	return names
}

// dump describes the whole tree as a View shows it, one line a fact.
func (p *probe) dump() []string {
	var out []string
	p.View(func(v *replica.View) {
		var walk func(path znode.Path)
		walk = func(path znode.Path) {
			n := v.Node(path)
			out = append(out, fmt.Sprintf("%s %q %v %+v rev %d %d all %d", path, n.Data, n.ACL, n.Stat(), n.Rev, n.CounterRev, v.AllChildrenNumber(path)))
			for _, name := range v.Children(path) {
				walk(path.Child(name))
			}
		}
		walk(znode.Root)
		for id, s := range v.Sessions() {
			out = append(out, fmt.Sprintf("session %d %+v", id, *s))
		}
		for _, id := range v.EphemeralOwners() {
			out = append(out, fmt.Sprintf("ephemerals %d %v", id, v.Ephemerals(id)))
		}
		for path := range v.Containers() {
			out = append(out, "container "+string(path))
		}
		for path := range v.TTLs() {
			out = append(out, "ttl "+string(path))
		}
		out = append(out, fmt.Sprintf("counts %d %d %d %d", v.NodeCount(), v.EphemeralCount(), v.SessionCount(), v.DataSize()))
	})
	slices.SortStableFunc(out, cmp.Compare[string])
	return out
}

// same fails unless two probes show the same tree.
func same(t testing.TB, what string, a, b *probe) {
	t.Helper()
	da, db := a.dump(), b.dump()
	for i := range max(len(da), len(db)) {
		var la, lb string
		if i < len(da) {
			la = da[i]
		}
		if i < len(db) {
			lb = db[i]
		}
		if la != lb {
			t.Fatalf("%s: the trees differ\n  %s\n  %s", what, la, lb)
		}
	}
}
