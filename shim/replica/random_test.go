package replica_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// life makes random batches of everything that a tree may go through.
type life struct {
	rnd  *rand.Rand
	w    *world
	view *probe // has seen everything
	now  int64
}

const sessions = 3

func (l *life) path() znode.Path {
	p := znode.Root
	for range 1 + l.rnd.IntN(3) {
		p = p.Child(string(rune('a' + l.rnd.IntN(4))))
	}
	return p
}

func (l *life) op() tree.Op {
	p := l.path()
	switch l.rnd.IntN(12) {
	case 0, 1, 2:
		return tree.Create{Path: p, Data: l.data(), ACL: l.acl()}
	case 3:
		return tree.Create{Path: p, ACL: l.acl(), Mode: znode.ModeEphemeral}
	case 4:
		return tree.Create{Path: p, ACL: l.acl(), Mode: znode.ModeContainer, Kind: tree.KindContainer}
	case 5:
		return tree.Create{Path: p, ACL: l.acl(), Mode: znode.ModePersistentTTL, Kind: tree.KindTTL, TTL: 100}
	case 6, 7, 8:
		return remove(p)
	case 9:
		return tree.SetACL{Path: p, ACL: l.acl(), Version: -1}
	default:
		return tree.SetData{Path: p, Data: l.data(), Version: -1}
	}
}

func (l *life) data() []byte {
	if l.rnd.IntN(4) == 0 {
		return nil
	}
	return make([]byte, l.rnd.IntN(5))
}

func (l *life) acl() []znode.ACL {
	if l.rnd.IntN(2) == 0 {
		return znode.OpenACL
	}
	return []znode.ACL{{Perms: znode.Read, ID: znode.ID{Scheme: "ip", ID: string(rune('0' + l.rnd.IntN(3)))}}}
}

// request is any request, which may well fail.
func (l *life) request() tree.Request {
	l.now++
	id := znode.SessionID(1 + l.rnd.IntN(sessions))
	q := tree.Request{Session: id, Identity: anyone{}, Now: l.now, Op: l.op()}
	switch l.rnd.IntN(14) {
	case 0, 1:
		q.Internal, q.Op = true, open(id)
	case 2:
		q.Op = tree.CloseSession{ID: id}
	case 3, 4, 5:
		ops := []tree.Op{l.op(), l.op(), l.op()}[:1+l.rnd.IntN(3)]
		if l.rnd.IntN(2) == 0 {
			p := l.path()
			ops = append(ops, create(p), remove(p))
		}
		q.Op = tree.Multi{Ops: slices.DeleteFunc(ops, func(op tree.Op) bool {
			_, acl := op.(tree.SetACL)
			return acl
		})}
	}
	return q
}

// step changes the store at most once, and the view that has seen everything.
func (l *life) step() {
	if l.rnd.IntN(15) == 0 {
		id := znode.SessionID(1 + l.rnd.IntN(sessions))
		if l.view.session(id) == nil {
			return
		}
		l.view.Apply(l.w.expire(id), nil)
		return
	}
	if len(l.view.repairs) > 0 && l.rnd.IntN(3) == 0 {
		l.repair()
		return
	}
	requests := make([]tree.Request, 1+l.rnd.IntN(4))
	for i := range requests {
		requests[i] = l.request()
	}
	txn, own, _ := plan(l.view.Replica, requests...)
	if len(txn.Ops) == 0 {
		return
	}
	l.view.Apply(l.w.write(txn.Ops...), l.view.done(own))
}

// repair stores all counters that are known to be wrong.
func (l *life) repair() {
	var requests []tree.Request
	for p, z := range l.view.repairs {
		requests = append(requests, internal(tree.RepairCounter{Path: p, Pzxid: z})...)
	}
	clear(l.view.repairs)
	if txn, own, _ := plan(l.view.Replica, requests...); len(txn.Ops) > 0 {
		l.view.Apply(l.w.write(txn.Ops...), own)
	}
}

func (p *probe) session(id znode.SessionID) *tree.Session {
	var s *tree.Session
	p.View(func(v *replica.View) { s = v.Session(id) })
	return s
}

func newLife(t *testing.T, seed uint64) *life {
	w := newWorld(t, base)
	return &life{rnd: rand.New(rand.NewPCG(seed, 7)), w: w, view: loaded(t, w)}
}

// TestOwnAndForeignAreEqual: one replica makes all changes, another one sees
// them in the stream, a third one loads the result.
func TestOwnAndForeignAreEqual(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			l := newLife(t, seed)
			foreign := loaded(t, l.w)
			for range 150 {
				seen := len(l.w.changes)
				l.step()
				for _, c := range l.w.changes[seen:] {
					foreign.Apply(c, nil)
				}
				if !slices.Equal(l.view.events, foreign.events) {
					t.Fatalf("revision %d: events differ\n  %v\n  %v", l.w.rev, l.view.events, foreign.events)
				}
				l.view.events, foreign.events = nil, nil
				if l.view.Zxid() != foreign.Zxid() {
					t.Fatalf("revision %d: zxids %#x and %#x", l.w.rev, l.view.Zxid(), foreign.Zxid())
				}
			}
			same(t, "own and foreign", l.view, foreign)
			l.repair()
			q := loaded(t, l.w)
			same(t, "own and loaded", l.view, q)
			if q.Zxid() < l.view.Zxid() || len(q.repairs) > 0 {
				t.Errorf("loaded: zxid %#x, before %#x; repairs %v", q.Zxid(), l.view.Zxid(), q.repairs)
			}
		})
	}
}

// TestReload: a replica misses changes and loads again.
func TestReload(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			l := newLife(t, seed)
			for range 60 {
				l.step()
			}
			l.repair()
			late := loaded(t, l.w)
			before := late.states()
			l.view.events, l.view.diary = nil, nil
			for range 1 + l.rnd.IntN(12) {
				l.step()
			}
			l.repair()
			zxid := late.Zxid()
			if err := late.Load(l.w.load); err != nil {
				t.Fatal(err)
			}
			same(t, "loaded again", late, l.view)
			if late.Zxid() < zxid || late.Zxid() < l.view.Zxid() {
				t.Errorf("zxid %#x after %#x, of a store at %#x", late.Zxid(), zxid, l.view.Zxid())
			}
			sound(t, late, before, l.view.events)
			complete(t, late.events, before, late.states(), l.view.events)
		})
	}
}

func (p *probe) states() map[znode.Path]tree.Node {
	all := map[znode.Path]tree.Node{}
	p.View(func(v *replica.View) {
		var walk func(path znode.Path)
		walk = func(path znode.Path) {
			all[path] = *v.Node(path)
			for _, name := range v.Children(path) {
				walk(path.Child(name))
			}
		}
		walk(znode.Root)
	})
	return all
}

// told is what a watcher may hear of: children's events are their parents' too.
func told(events []fired) map[fired]bool {
	all := map[fired]bool{}
	for _, e := range events {
		all[fired{typ: e.typ, path: e.path}] = true
		if e.typ == znode.EventCreated || e.typ == znode.EventDeleted {
			all[fired{typ: znode.EventChildrenChanged, path: e.path.Parent()}] = true
		}
	}
	return all
}

// sound fails if an event did not happen, or not in a possible order.
func sound(t *testing.T, late *probe, before map[znode.Path]tree.Node, history []fired) {
	t.Helper()
	happened := told(history)
	alive := map[znode.Path]bool{}
	for p := range before {
		alive[p] = true
	}
	for i, e := range late.events {
		if !happened[fired{typ: e.typ, path: e.path}] {
			t.Errorf("%s %s did not happen", names[e.typ], e.path)
		}
		if e.zxid != late.Zxid() {
			t.Errorf("%s %s has zxid %#x, the last one is %#x", names[e.typ], e.path, e.zxid, late.Zxid())
		}
		if slices.Contains(late.events[:i], e) {
			t.Errorf("%s %s is told twice", names[e.typ], e.path)
		}
		switch e.typ {
		case znode.EventCreated:
			if alive[e.path] || !alive[e.path.Parent()] {
				t.Errorf("%s is created but exists, or without a parent", e.path)
			}
			alive[e.path] = true
		case znode.EventDeleted:
			for p := range alive {
				if p != e.path && p.Parent() == e.path {
					t.Errorf("%s is deleted before its child %s", e.path, p)
				}
			}
			if !alive[e.path] {
				t.Errorf("%s is deleted but does not exist", e.path)
			}
			delete(alive, e.path)
		default:
			if !alive[e.path] {
				t.Errorf("%s %s, which does not exist", names[e.typ], e.path)
			}
		}
	}
	after := late.states()
	for p := range after {
		if !alive[p] {
			t.Errorf("nobody told of %s", p)
		}
	}
	if len(alive) != len(after) {
		t.Errorf("told of %d znodes, there are %d", len(alive), len(after))
	}
}

// complete fails if a watcher of the tree as it was has missed something that
// left a trace.
func complete(t *testing.T, events []fired, before, after map[znode.Path]tree.Node, history []fired) {
	t.Helper()
	heard := told(events)
	hears := func(typ znode.EventType, p znode.Path) bool { return heard[fired{typ: typ, path: p}] }
	for p, was := range before {
		is, exists := after[p]
		again := exists && is.Czxid != was.Czxid
		if (!exists || again) && !hears(znode.EventDeleted, p) {
			t.Errorf("%s was deleted, untold", p)
		}
		if again && !hears(znode.EventCreated, p) {
			t.Errorf("%s was created again, untold", p)
		}
		if exists && !again && is.Mzxid != was.Mzxid && !hears(znode.EventDataChanged, p) {
			t.Errorf("the data of %s changed, untold", p)
		}
		stirred := slices.ContainsFunc(history, func(e fired) bool {
			return e.typ != znode.EventDataChanged && e.path.Parent() == p
		})
		if exists && !again && stirred && !hears(znode.EventChildrenChanged, p) {
			t.Errorf("the children of %s changed, untold", p)
		}
	}
	for p := range after {
		if _, existed := before[p]; !existed && !hears(znode.EventCreated, p) {
			t.Errorf("%s was created, untold", p)
		}
	}
}
