package tree_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// source makes random requests that often hit each other. It keeps track of
// epochs loosely, so that some requests come from moved or closed sessions.
type source struct {
	*rand.Rand
	now    int64
	open   map[znode.SessionID]bool
	epochs map[znode.SessionID]int64
}

func newSource(seed uint64) *source {
	return &source{Rand: rand.New(rand.NewPCG(seed, 1)), open: map[znode.SessionID]bool{}, epochs: map[znode.SessionID]int64{}}
}

func pick[T any](r *source, from ...T) T { return from[r.IntN(len(from))] }

func (r *source) path() znode.Path {
	if r.IntN(20) == 0 {
		return pick[znode.Path](r, "", "/", "x", "x/y", "//", "//a", "/a/", "/a//b", "/a/..", "/a\x00", "/b/\x01",
			znode.ZooKeeper, znode.Quota, znode.Config, znode.Config+"/x", "/a/b/c")
	}
	p := znode.Root.Child(pick(r, "a", "b"))
	if r.IntN(2) == 0 {
		p = p.Child(pick(r, "", "a", "a0000000000", "b", "b0000000001"))
	}
	return p
}

func (r *source) data() []byte { return pick(r, nil, []byte{}, []byte("x"), []byte("longer data")) }

func (r *source) version() int32 { return pick[int32](r, -1, -1, -1, 0, 1, 2) }

func (r *source) acl() []znode.ACL {
	switch r.IntN(30) {
	case 0:
		return nil
	case 1:
		return bad
	case 2:
		return only("bob", znode.All)
	case 3:
		return only("alice", znode.Perms(r.IntN(32)))
	}
	return znode.OpenACL
}

func (r *source) op(multi bool) tree.Op {
	switch n := r.IntN(100); {
	case n < 40:
		c := tree.Create{Path: r.path(), Data: r.data(), ACL: r.acl(), Mode: pick[znode.CreateMode](r, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7),
			Kind: pick(r, tree.KindCreate, tree.KindCreate, tree.KindCreate2, tree.KindContainer, tree.KindTTL)}
		if c.Kind == tree.KindTTL || c.Mode.TTL() {
			c.Kind, c.Mode, c.TTL = tree.KindTTL, pick[znode.CreateMode](r, 5, 5, 5, 6, 6, 0, 4), pick[int64](r, 5, 6, 7, 0)
		}
		return c
	case n < 65:
		return tree.Delete{Path: r.path(), Version: r.version()}
	case n < 85:
		return tree.SetData{Path: r.path(), Data: r.data(), Version: r.version()}
	case n < 92:
		return tree.Check{Path: r.path(), Version: r.version()}
	case multi:
		return tree.Create{Path: r.path(), Data: r.data(), ACL: znode.OpenACL}
	case n < 97:
		return tree.SetACL{Path: r.path(), ACL: r.acl(), Version: r.version()}
	}
	return tree.DeleteContainer{Path: r.path()}
}

func (r *source) request() tree.Request {
	r.now++
	id := pick[znode.SessionID](r, 1, 2, 3)
	req := tree.Request{Session: id, Epoch: r.epochs[id], Identity: pick(r, alice, alice, user("bob")), Now: r.now}
	if r.IntN(20) == 0 {
		req.Epoch--
	}
	switch n := r.IntN(100); {
	case n < 2 || !r.open[id] && n < 80:
		r.open[id] = true
		req.Internal = true
		req.Op = tree.OpenSession{ID: id, Session: record.Session{Timeout: 1, Shim: "s", Epoch: r.epochs[id]}}
	case n < 4:
		req.Internal = true
		req.Op = tree.MoveSession{ID: id, Shim: pick(r, "s", "t"), Timeout: 2}
		r.epochs[id]++
	case n < 7:
		r.open[id] = false
		req.Internal = r.IntN(2) == 0
		req.Op = tree.CloseSession{ID: id}
	case n < 24:
		m := tree.Multi{Ops: make([]tree.Op, r.IntN(5))}
		for i := range m.Ops {
			m.Ops[i] = r.op(true)
		}
		req.Op = m
	default:
		req.Op = r.op(false)
	}
	return req
}

// run drives requests through batches against a kv and remembers which request
// each zxid belongs to.
type runner struct {
	*kv
	number  map[znode.Zxid]znode.Zxid
	count   znode.Zxid
	results []tree.Result
	events  []modelEvent
}

func newRunner(t testing.TB) *runner {
	return &runner{kv: newKV(t), number: map[znode.Zxid]znode.Zxid{0: 0}}
}

func (r *runner) translate(z znode.Zxid) znode.Zxid {
	n, ok := r.number[z]
	if !ok {
		r.t.Fatalf("zxid %d of no request", z)
	}
	return n
}

// flush commits a batch and collects what came of it.
func (r *runner) flush(b *tree.Batch, results []tree.Result) {
	r.t.Helper()
	before, txn, journal := r.view(), b.Txn(), b.Journal()
	rev := r.commit(txn)
	for pos := range b.Len() {
		r.count++
		if len(txn.Ops) > 0 { // otherwise rev is not this batch's
			r.number[znode.PendingZxid(pos).Resolve(zxidBase, int64(rev))] = r.count
		}
	}
	for _, result := range results {
		result.Resolve(zxidBase, rev)
		r.results = append(r.results, result)
	}
	after := r.view()
	if len(txn.Ops) > 0 {
		r.foretold(b.After(before, zxidBase, rev), before, after)
	}
	for _, e := range r.stored(txn, before, journal) {
		acl := e.ACL
		switch {
		case acl != nil:
		case e.Type == znode.EventDeleted:
			acl = before.nodes[e.Path].ACL
		default:
			acl = after.nodes[e.Path].ACL
		}
		r.events = append(r.events, modelEvent{r.count - znode.Zxid(b.Len()-e.Pos-1), e.Type, e.Path, fmt.Sprint(acl)})
	}
}

// foretold checks that a batch's After shows what is there after it.
func (r *runner) foretold(after *tree.After, was, is *view) {
	r.t.Helper()
	paths := map[znode.Path]bool{}
	for _, v := range []*view{was, is} {
		for p := range v.nodes {
			paths[p] = true
		}
	}
	for p := range paths {
		if got, want := after.Node(p), is.Node(p); !reflect.DeepEqual(got, want) {
			r.t.Fatalf("foretold %s as %+v, it is %+v", p, got, want)
		}
	}
	for id := znode.SessionID(1); id < 5; id++ {
		if got, want := after.Session(id), is.Session(id); !reflect.DeepEqual(got, want) {
			r.t.Fatalf("foretold session %d as %+v, it is %+v", id, got, want)
		}
		if got, want := after.Ephemerals(id), is.Ephemerals(id); !slices.Equal(got, want) {
			r.t.Fatalf("foretold the ephemerals of %d as %v, they are %v", id, got, want)
		}
	}
}

// stored returns the events as another shim sees them in the transaction: from
// the stored journal or, without one, from the keys. They must be the batch's.
func (r *runner) stored(txn store.Txn, before *view, journal record.Journal) record.Journal {
	var derived record.Journal
	for _, op := range txn.Ops {
		kind, p, _ := record.ParseKey(string(op.Key))
		switch {
		case kind == record.KindJournal:
			j, err := record.DecodeJournal(op.Value)
			if err != nil {
				r.t.Fatal(err)
			}
			if !reflect.DeepEqual(j, journal) {
				r.t.Fatalf("stored %v, journal %v", j, journal)
			}
			return j
		case kind != record.KindNode:
		case op.Delete:
			derived = append(derived, record.Entry{Type: znode.EventDeleted, Path: p})
		default:
			n, err := record.DecodeNode(op.Value)
			if err != nil {
				r.t.Fatal(err)
			}
			if before.nodes[p] == nil {
				derived = append(derived, record.Entry{Type: znode.EventCreated, Path: p})
			} else if n.Mzxid.Pending() {
				derived = append(derived, record.Entry{Type: znode.EventDataChanged, Path: p})
			}
		}
	}
	if len(derived)+len(journal) > 0 && !reflect.DeepEqual(derived, journal) {
		r.t.Fatalf("derived %v, journal %v", derived, journal)
	}
	return journal
}

// run plans all requests in batches of at most size, and of what limits allow.
func (r *runner) run(requests []tree.Request, size func() int, limits store.Limits) {
	r.t.Helper()
	b := tree.NewBatch(r.view(), limits)
	for ; len(requests) > 0; b.Reset(r.view()) {
		var results []tree.Result
		for n := size(); n > 0 && len(requests) > 0; n-- {
			txn, journal := b.Txn().Clone(), slices.Clone(b.Journal())
			result, ok := b.Add(requests[0])
			if !ok {
				if b.Len() == 0 {
					r.t.Fatal("an empty batch refuses a request")
				}
				if !reflect.DeepEqual(txn, b.Txn()) || !reflect.DeepEqual(journal, b.Journal()) {
					r.t.Fatalf("the refused %#v changed the batch", requests[0].Op)
				}
				break
			}
			results = append(results, result)
			requests = requests[1:]
		}
		checkLimits(r.t, b.Txn(), limits)
		r.flush(b, results)
	}
}

func checkLimits(t testing.TB, txn store.Txn, limits store.Limits) {
	t.Helper()
	size := 0
	for _, c := range txn.Compares {
		size += len(c.Key)
	}
	for _, op := range txn.Ops {
		size += len(op.Key) + len(op.Value)
	}
	if len(txn.Ops) > limits.Ops || len(txn.Compares) > limits.Compares || size > limits.Bytes {
		t.Fatalf("%d ops, %d compares, %d bytes exceed %+v", len(txn.Ops), len(txn.Compares), size, limits)
	}
}

// check compares what came of the requests with a model.
func (r *runner) check(m *model, want []tree.Result) {
	r.t.Helper()
	if len(r.results) != len(want) {
		r.t.Fatalf("%d results, want %d", len(r.results), len(want))
	}
	for i, got := range r.results {
		if err := r.sameResult(got, want[i]); err != nil {
			r.t.Fatalf("request %d, %#v: %v", i, got.Op, err)
		}
	}
	if err := m.diff(r.view(), r.translate); err != nil {
		r.t.Fatal(err)
	}
	if !slices.Equal(r.events, m.events) {
		r.t.Fatalf("events\n%v, want\n%v", r.events, m.events)
	}
}

func (r *runner) sameResult(got, want tree.Result) error {
	if got.Err != want.Err {
		return fmt.Errorf("error %v, want %v", got.Err, want.Err)
	}
	if len(got.Multi) != len(want.Multi) {
		return fmt.Errorf("%d results, want %d", len(got.Multi), len(want.Multi))
	}
	for i := range got.Multi {
		if err := r.sameResult(got.Multi[i], want.Multi[i]); err != nil {
			return fmt.Errorf("op %d: %w", i, err)
		}
	}
	if got.Epoch != want.Epoch {
		return fmt.Errorf("epoch %d, want %d", got.Epoch, want.Epoch)
	}
	if got.Err != nil {
		return nil
	}
	if stat := translate(got.Stat, r.translate); stat != want.Stat {
		return fmt.Errorf("stat %+v, want %+v", stat, want.Stat)
	}
	if want.Path != "" && got.Path != want.Path {
		return fmt.Errorf("path %q, want %q", got.Path, want.Path)
	}
	return nil
}

// TestModel runs random requests through batches of all sizes: results, state
// and events must be the model's, wherever the batches end.
func TestModel(t *testing.T) {
	const requests = 150
	for seed := range uint64(30) {
		src := newSource(seed)
		list := make([]tree.Request, requests)
		m := newModel()
		want := make([]tree.Result, requests)
		for i := range list {
			list[i] = src.request()
			want[i] = m.do(list[i])
		}
		for _, batch := range []struct {
			name   string
			size   func() int
			limits store.Limits
		}{
			{"one by one", func() int { return 1 }, plenty},
			{"all at once", func() int { return requests }, plenty},
			{"mixed", func() int { return 1 + src.IntN(20) }, plenty},
			{"tight", func() int { return requests }, store.Limits{Ops: 14, Compares: 24, Bytes: 900}},
		} {
			t.Run(fmt.Sprintf("%d %s", seed, batch.name), func(t *testing.T) {
				r := newRunner(t)
				r.run(list, batch.size, batch.limits)
				r.check(m, want)
			})
		}
	}
}

// TestCompares plans a batch, lets somebody else change the store, and plans
// again: as long as the compares hold, the same must come of it.
func TestCompares(t *testing.T) {
	held, failed := 0, 0
	for seed := range uint64(1000) {
		src := newSource(seed)
		r := newRunner(t)
		many := func() int { return 30 }
		requests := func(n int) []tree.Request {
			list := make([]tree.Request, n)
			for i := range list {
				list[i] = src.request()
			}
			return list
		}
		r.run(requests(60), many, plenty)

		list := requests(1 + src.IntN(4))
		first, results := planAll(r.view(), list)
		r.run(requests(1+src.IntN(2)), many, plenty)
		if src.IntN(2) == 0 {
			rewriteNode(src, r.kv)
		}
		if !r.holds(first.Txn().Compares) {
			failed++
			continue
		}
		held++
		again, sameResults := planAll(r.view(), list)
		if !reflect.DeepEqual(results, sameResults) {
			t.Fatalf("seed %d: results\n%+v, were\n%+v", seed, sameResults, results)
		}
		if !reflect.DeepEqual(first.Txn(), again.Txn()) || !reflect.DeepEqual(first.Journal(), again.Journal()) {
			t.Fatalf("seed %d: transaction\n%+v, was\n%+v", seed, again.Txn(), first.Txn())
		}
	}
	if held < 100 || failed < 100 {
		t.Errorf("the compares held %d times and failed %d times: this proves little", held, failed)
	}
}

func planAll(v *view, list []tree.Request) (*tree.Batch, []tree.Result) {
	b := tree.NewBatch(v, plenty)
	var results []tree.Result
	for _, r := range list {
		result, _ := b.Add(r)
		results = append(results, result)
	}
	return b, results
}

// rewriteNode changes everything about one stored znode but its owner.
func rewriteNode(src *source, s *kv) {
	v := s.view()
	paths := make([]znode.Path, 0, len(v.nodes))
	for p := range v.nodes {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	p := pick(src, paths...)
	n := v.nodes[p].Node
	n.Data, n.ACL, n.Mtime = []byte("changed"), closed, n.Mtime+1
	n.Version += 7
	n.Aversion += 7
	s.rev++
	key := store.Key(record.NodeKey(p))
	kv := s.keys[key]
	kv.Value, kv.ModRevision = n.Append(nil), s.rev
	s.keys[key] = kv
}
