package replica_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

const base znode.Zxid = 1 << 40

func TestEventsBeforeDone(t *testing.T) {
	w := newWorld(t, base)
	own, foreign := loaded(t, w), loaded(t, w)
	txn, o, _ := plan(own.Replica, internal(
		create("/a"),
		create("/a"), // fails
		multi(create("/a/b"), setData("/a", "x"), remove("/a/b")),
		tree.Check{Path: "/a", Version: -1},
		setData("/a", "y"),
		open(5),
		remove("/a"),
	)...)
	c := w.write(txn.Ops...)
	own.Apply(c, own.done(o))
	foreign.Apply(c, nil)

	if !slices.Equal(own.events, foreign.events) {
		t.Errorf("events differ\n  %v\n  %v", own.events, foreign.events)
	}
	for i, pos := range []int{0, 2, 2, 2, 4, 6} {
		if want := at(base, c.Revision, pos); own.events[i].zxid != want {
			t.Errorf("event %d has zxid %#x, want %#x", i, own.events[i].zxid, want)
		}
	}
	own.expect(t, "created /a", "done 0", "done 1",
		"created /a/b", "changed /a", "deleted /a/b", "done 2", "done 3",
		"changed /a", "done 4", "done 5", "deleted /a", "done 6", "session 5 put")
	foreign.expect(t, "created /a", "created /a/b", "changed /a", "deleted /a/b",
		"changed /a", "deleted /a", "session 5 put")
	same(t, "own and foreign", own, foreign)
	if got, want := own.Zxid(), at(base, c.Revision, 6); got != want || foreign.Zxid() != want {
		t.Errorf("zxids %#x and %#x, want %#x", got, foreign.Zxid(), want)
	}
}

func TestChangeIsVisibleBeforeItsEvents(t *testing.T) {
	w := newWorld(t, base)
	var shows []bool
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"), create("/b"))
	own.Done = func(int, bool) {
		shows = append(shows, p.Revision() == c.Revision && p.Zxid() == at(base, c.Revision, 1))
	}
	p.Apply(c, own)
	if !slices.Equal(shows, []bool{true, true}) {
		t.Errorf("Revision and Zxid within Done: %v", shows)
	}
}

func TestEachRevisionOnce(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"), create("/b"))

	p.Apply(c, nil) // the stream was faster
	p.expect(t, "created /a", "created /b")
	p.Apply(c, p.done(own))
	p.expect(t, "done 0", "done 1")
	p.Apply(c, nil)
	p.Apply(store.Change{Revision: c.Revision - 1}, nil)
	p.expect(t)
	if p.Revision() != c.Revision {
		t.Errorf("revision %d, want %d", p.Revision(), c.Revision)
	}

	// An own batch that changed nothing does not say that what lies between has
	// been delivered.
	p.Apply(store.Change{Revision: 99}, p.done(&replica.Own{Requests: 1}))
	p.expect(t, "done 0")
	if p.Revision() != c.Revision {
		t.Errorf("revision %d after an own batch without events", p.Revision())
	}
	p.Apply(store.Change{Revision: 99}, nil)
	if p.Revision() != 99 || p.Zxid() != at(base, 99, 0) {
		t.Errorf("revision %d, zxid %#x after progress to 99", p.Revision(), p.Zxid())
	}
}

func TestDerivedEvents(t *testing.T) {
	for _, tc := range []struct {
		name string
		ops  []tree.Op
		want []string
	}{
		{"create", []tree.Op{create("/n")}, []string{"created /n"}},
		{"set data", []tree.Op{setData("/a", "x")}, []string{"changed /a"}},
		{"set the same data", []tree.Op{setData("/a", "/a")}, []string{"changed /a"}},
		{"set ACL", []tree.Op{tree.SetACL{Path: "/a", ACL: znode.ReadACL, Version: -1}}, nil},
		{"delete", []tree.Op{remove("/a/b")}, []string{"deleted /a/b"}},
		{"multi", []tree.Op{multi(create("/n"), setData("/c", "x"), remove("/a/b"), remove("/a"))},
			[]string{"created /n", "changed /c", "deleted /a/b", "deleted /a"}},
		{"create and delete", []tree.Op{multi(create("/n"), remove("/n"))}, []string{"created /n", "deleted /n"}},
		{"delete and create", []tree.Op{multi(remove("/c"), create("/c"))}, []string{"deleted /c", "created /c"}},
		{"open a session", []tree.Op{open(3)}, []string{"session 3 put"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, base)
			p := loaded(t, w)
			c, _ := w.do(p.Replica, create("/a"), create("/a/b"), create("/c"))
			p.Apply(c, nil)
			p.diary = nil
			c, _ = w.do(p.Replica, tc.ops...)
			p.Apply(c, nil)
			p.expect(t, tc.want...)
			same(t, "changed and loaded", p, loaded(t, w))
		})
	}
}

func TestACLOfEvents(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	secret := []znode.ACL{{Perms: znode.All, ID: znode.ID{Scheme: "ip", ID: "10.0.0.1"}}}
	secretly := func(path znode.Path) tree.Op { return tree.Create{Path: path, ACL: secret} }
	const openACL, readACL, secretACL, none = "[{31 {world anyone}}]", "[{1 {world anyone}}]", "[{31 {ip 10.0.0.1}}]", "[]"
	for i, tc := range []struct {
		ops  []tree.Op
		want []fired // without zxids
	}{
		{[]tree.Op{secretly("/a")}, []fired{{znode.EventCreated, "/a", 0, secretACL, openACL}}},
		{[]tree.Op{create("/a/b")}, []fired{{znode.EventCreated, "/a/b", 0, openACL, secretACL}}},
		// Parent and child go in one transaction.
		{[]tree.Op{multi(remove("/a/b"), remove("/a"))},
			[]fired{{znode.EventDeleted, "/a/b", 0, openACL, secretACL}, {znode.EventDeleted, "/a", 0, secretACL, openACL}}},
		// Nothing is left of parent and child.
		{[]tree.Op{multi(secretly("/a"), create("/a/b"), remove("/a/b"), remove("/a"))}, []fired{
			{znode.EventCreated, "/a", 0, secretACL, openACL}, {znode.EventCreated, "/a/b", 0, openACL, secretACL},
			{znode.EventDeleted, "/a/b", 0, openACL, secretACL}, {znode.EventDeleted, "/a", 0, secretACL, openACL},
		}},
		// The ACL changes on the way.
		{[]tree.Op{create("/a"), tree.SetACL{Path: "/a", ACL: znode.ReadACL, Version: -1}, setData("/a", "x")},
			[]fired{{znode.EventCreated, "/a", 0, openACL, openACL}, {znode.EventDataChanged, "/a", 0, readACL, none}}},
		{[]tree.Op{remove("/a"), secretly("/a")},
			[]fired{{znode.EventDeleted, "/a", 0, readACL, openACL}, {znode.EventCreated, "/a", 0, secretACL, openACL}}},
	} {
		foreign := loaded(t, w)
		c, own := w.do(p.Replica, tc.ops...)
		p.Apply(c, own)
		foreign.Apply(c, nil)
		for _, q := range []*probe{p, foreign} {
			for j := range q.events {
				q.events[j].zxid = 0
			}
			if !slices.Equal(q.events, tc.want) {
				t.Errorf("case %d: events\n  %v, want\n  %v", i, q.events, tc.want)
			}
			q.events = nil
		}
	}
}

func TestLeaseTakesZnodes(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	step := func(requests ...tree.Request) {
		txn, own, results := plan(p.Replica, requests...)
		for _, r := range results {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
		p.Apply(w.write(txn.Ops...), own)
	}
	step(internal(open(7), create("/rs"), create("/top"))...)
	step(createFor(7, "/rs/x"), createFor(7, "/rs/y"), createFor(7, "/top/z"))
	step(internal(create("/rs/stays"))...)
	before := *p.node("/rs")
	p.expect(t, p.diary...)

	c := w.expire(7)
	p.Apply(c, nil)
	p.expect(t, "deleted /rs/x", "deleted /rs/y", "deleted /top/z", "session 7 gone")
	if got := p.children("/rs"); !slices.Equal(got, []string{"stays"}) {
		t.Errorf("children %q", got)
	}
	n := p.node("/rs")
	if n.Children != 1 || n.Creates != before.Creates || n.CounterRev != before.CounterRev || n.Pzxid != at(base, c.Revision, 0) {
		t.Errorf("counter of /rs: %+v", n)
	}
	if want := map[znode.Path]znode.Zxid{"/rs": n.Pzxid, "/top": n.Pzxid}; len(p.repairs) != 2 || p.repairs["/rs"] != want["/rs"] || p.repairs["/top"] != want["/top"] {
		t.Errorf("repairs %v, want %v", p.repairs, want)
	}
	if before.Children != 3 {
		t.Error("a published node was modified")
	}
	p.View(func(v *replica.View) {
		if v.EphemeralCount() != 0 || len(v.EphemeralOwners()) != 0 || v.Ephemerals(7) != nil || v.Session(7) != nil {
			t.Error("something of the session is left")
		}
	})

	// Whoever loads now counts the same, and keeps the pzxid if it knows it.
	w.write(put(record.ClockKey, nil))
	if err := p.Load(w.load); err != nil {
		t.Fatal(err)
	}
	p.expect(t)
	if got := p.node("/rs"); got.Children != 1 || got.Pzxid != n.Pzxid {
		t.Errorf("counter of /rs after a reload: %+v", got)
	}

	// The repair makes the stored counters right.
	clear(p.repairs)
	step(internal(tree.RepairCounter{Path: "/rs", Pzxid: n.Pzxid}, tree.RepairCounter{Path: "/top", Pzxid: n.Pzxid})...)
	p.expect(t)
	q := loaded(t, w)
	same(t, "repaired", p, q)
	if len(q.repairs)+len(p.repairs) != 0 {
		t.Errorf("repairs %v and %v of what was repaired", p.repairs, q.repairs)
	}
}

// TestCounterOfABlindWriter: another process stored a counter without having
// seen that a lease took a child.
func TestCounterOfABlindWriter(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, open(7), create("/rs"))
	p.Apply(c, own)
	txn, own, _ := plan(p.Replica, createFor(7, "/rs/x"))
	p.Apply(w.write(txn.Ops...), own)
	blind, _, _ := plan(p.Replica, internal(create("/rs/y"))...)
	p.Apply(w.expire(7), nil)
	clear(p.repairs)
	c = w.write(blind.Ops...)
	p.Apply(c, nil)
	n := p.node("/rs")
	if n.Children != 1 || n.Creates != 2 || n.Pzxid != at(base, c.Revision, 0) || len(p.repairs) != 1 {
		t.Errorf("counter %+v, repairs %v", n, p.repairs)
	}
	same(t, "loaded", p, loaded(t, w))
}

// TestBlindRepair: a counter was repaired without having seen that another lease
// took a child since. Nobody may believe its pzxid, or who reconnects would not
// be told.
func TestBlindRepair(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, open(7), open(8), create("/rs"))
	p.Apply(c, own)
	txn, own, _ := plan(p.Replica, createFor(7, "/rs/x"), createFor(8, "/rs/y"))
	p.Apply(w.write(txn.Ops...), own)
	p.Apply(w.expire(7), nil)
	blind, _, _ := plan(p.Replica, internal(tree.RepairCounter{Path: "/rs", Pzxid: p.node("/rs").Pzxid})...)
	lost := w.expire(8)
	p.Apply(lost, nil)
	p.Apply(w.write(blind.Ops...), nil)
	q := loaded(t, w)
	for name, got := range map[string]*tree.Node{"followed": p.node("/rs"), "loaded": q.node("/rs")} {
		if got.Children != 0 || got.Pzxid < at(base, lost.Revision, 0) {
			t.Errorf("%s: counter %+v, the last child went at %d", name, got, at(base, lost.Revision, 0))
		}
	}
	same(t, "loaded", p, q)
}

func TestBaseIsRaised(t *testing.T) {
	w := newWorld(t, 0)
	p := loaded(t, w)
	for _, op := range []tree.Op{create("/a"), create("/a/b"), setData("/a", "x")} {
		c, own := w.do(p.Replica, op)
		p.Apply(c, own)
	}
	old := p.node("/a")
	p.Apply(w.write(put(record.MetaKey, record.Meta{Base: base}.Append(nil))), nil)
	same(t, "loaded with the new base", p, loaded(t, w))
	if n := p.node("/a"); n.Mzxid != old.Mzxid+base || n.Czxid != old.Czxid {
		t.Errorf("zxids %#x %#x, before %#x %#x", n.Czxid, n.Mzxid, old.Czxid, old.Mzxid)
	}
	if p.Base() != base || p.Zxid() != at(base, w.rev, 0) {
		t.Errorf("base %#x, zxid %#x", p.Base(), p.Zxid())
	}
	p.View(func(v *replica.View) {
		if m, rev := v.Meta(); m.Base != base || rev != w.rev || v.Base() != base {
			t.Errorf("meta %+v at %d", m, rev)
		}
	})
	z := p.Zxid()
	p.Apply(w.write(put(record.MetaKey, record.Meta{Base: 1}.Append(nil))), nil)
	if p.Zxid() < z {
		t.Error("the last zxid fell with the base")
	}
}

func TestUnreadableRecords(t *testing.T) {
	junk := []byte{0xff, 1, 2}
	setup := func(t *testing.T) (*world, *probe) {
		w := newWorld(t, base)
		p := loaded(t, w)
		c, own := w.do(p.Replica, open(7), create("/a"), create("/a/b"), create("/a/c"))
		p.Apply(c, own)
		txn, own, _ := plan(p.Replica, createFor(7, "/e"))
		p.Apply(w.write(txn.Ops...), own)
		c, own = w.do(p.Replica, create("/a/d"), remove("/a/d"))
		p.Apply(c, own)
		p.diary = nil
		return w, p
	}
	logged := func(t *testing.T, p *probe, key string) {
		t.Helper()
		if log := p.log.String(); !strings.Contains(log, `"level":"error"`) || !strings.Contains(log, `"key":"`+key+`"`) {
			t.Errorf("log %q", log)
		}
	}
	t.Run("znode", func(t *testing.T) {
		w, p := setup(t)
		was := p.node("/a")
		c := w.write(put("z/a", junk))
		p.Apply(c, nil)
		p.expect(t, "changed /a")
		logged(t, p, "z/a")
		q := loaded(t, w)
		logged(t, q, "z/a")
		for _, r := range []*probe{p, q} {
			n := r.node("/a")
			if n == nil || n.Data != nil || n.Rev != c.Revision || len(n.ACL) != 1 || n.ACL[0].Perms != 0 || n.Children != 2 {
				t.Errorf("quarantined %+v", n)
			}
		}
		if n := p.node("/a"); n.Czxid != was.Czxid || n.Creates != was.Creates {
			t.Errorf("quarantined %+v, was %+v", n, was)
		}
		// It can be written again.
		c, own := w.do(p.Replica, tree.SetACL{Path: "/a", ACL: znode.OpenACL, Version: -1}, setData("/a", "x"))
		p.Apply(c, own)
		if n := loaded(t, w).node("/a"); string(n.Data) != "x" || n.ACL[0] != znode.OpenACL[0] {
			t.Errorf("written again %+v", n)
		}
	})
	t.Run("ephemeral znode", func(t *testing.T) {
		w, p := setup(t)
		p.Apply(w.write(store.Op{Key: "z/e", Value: junk, Lease: 7}), nil)
		for _, r := range []*probe{p, loaded(t, w)} {
			r.View(func(v *replica.View) {
				if got := v.Ephemerals(7); !slices.Equal(got, []znode.Path{"/e"}) {
					t.Errorf("ephemerals %v", got)
				}
			})
		}
	})
	t.Run("new znode", func(t *testing.T) {
		w, p := setup(t)
		p.Apply(w.write(put("z/n", junk)), nil)
		p.expect(t, "created /n")
		if !slices.Contains(p.children("/"), "n") {
			t.Error("not listed")
		}
	})
	t.Run("position out of range", func(t *testing.T) {
		w, p := setup(t)
		n := record.Node{ACL: znode.OpenACL, Czxid: znode.PendingZxid(znode.MaxPosition + 1)}
		p.Apply(w.write(put("z/n", n.Append(nil)), put("c/a", record.Counter{Pzxid: -1 << 20}.Append(nil))), nil)
		logged(t, p, "z/n")
		logged(t, p, "c/a")
		if n := p.node("/n"); n.Czxid != at(base, w.rev, 0) {
			t.Errorf("czxid %#x", n.Czxid)
		}
	})
	t.Run("counter", func(t *testing.T) {
		w, p := setup(t)
		was := *p.node("/a")
		p.Apply(w.write(put("c/a", junk)), nil)
		p.expect(t)
		logged(t, p, "c/a")
		n := p.node("/a")
		if n.Creates != was.Creates || n.Children != 2 || n.CounterRev != w.rev || p.repairs["/a"] == 0 {
			t.Errorf("counter %+v, was %+v, repairs %v", n, was, p.repairs)
		}
		if n := loaded(t, w).node("/a"); n.Creates != 2 || n.Children != 2 || n.CounterRev != w.rev {
			t.Errorf("loaded counter %+v", n)
		}
		if err := p.Load(w.load); err != nil {
			t.Fatal(err)
		}
		p.expect(t)
		if n := p.node("/a"); n.Creates != was.Creates {
			t.Errorf("a reload lost the creates: %+v", n)
		}
	})
	t.Run("lost counter", func(t *testing.T) {
		w, p := setup(t)
		p.Apply(w.write(del("c/a")), nil)
		if n := p.node("/a"); n.Creates != 2 || n.Children != 2 || n.CounterRev != 0 {
			t.Errorf("counter %+v", n)
		}
	})
	t.Run("session", func(t *testing.T) {
		w, p := setup(t)
		key := record.SessionKey(7)
		p.Apply(w.write(store.Op{Key: store.Key(key), Value: junk, Lease: 7}), nil)
		p.expect(t, "session 7 gone")
		logged(t, p, key)
		q := loaded(t, w)
		logged(t, q, key)
		same(t, "loaded", p, q)
	})
	t.Run("journal", func(t *testing.T) {
		w, p := setup(t)
		txn, _, _ := plan(p.Replica, internal(setData("/a", "x"), remove("/a/b"), remove("/a/c"), create("/a/c"))...)
		txn.Ops[len(txn.Ops)-1].Value = junk
		p.Apply(w.write(txn.Ops...), nil)
		p.expect(t, "changed /a", "deleted /a/b", "deleted /a/c", "created /a/c")
		logged(t, p, "j")
	})
	t.Run("meta", func(t *testing.T) {
		w, p := setup(t)
		c := w.write(put("m/meta", junk))
		p.Apply(c, nil)
		logged(t, p, "m/meta")
		if p.Base() != base || p.Revision() != c.Revision {
			t.Errorf("base %#x, revision %d", p.Base(), p.Revision())
		}
		was := p.dump()
		if err := p.Load(w.load); err == nil || !slices.Equal(p.dump(), was) {
			t.Errorf("Load: %v, or the tree has changed", err)
		}
	})
	t.Run("clock", func(t *testing.T) {
		w, p := setup(t)
		noted := record.Clock{Time: 5, Age: 7}
		clock := func() (c record.Clock) { p.View(func(v *replica.View) { c = v.Clock() }); return c }
		p.Apply(w.write(put(record.ClockKey, noted.Append(nil))), nil)
		if clock() != noted {
			t.Errorf("the clock is %+v", clock())
		}
		p.Apply(w.write(put(record.ClockKey, junk)), nil)
		logged(t, p, record.ClockKey)
		if clock() != (record.Clock{}) {
			t.Errorf("the clock is %+v", clock())
		}
	})
	t.Run("unknown keys", func(t *testing.T) {
		w, p := setup(t)
		was := p.dump()
		p.Apply(w.write(put("x", junk), put("z", junk), put("c", junk), put("s/7", junk), put("m/fence/a", junk)), nil)
		p.expect(t)
		if p.log.Len() != 0 || !slices.Equal(p.dump(), was) {
			t.Errorf("log %q, or the tree has changed", &p.log)
		}
	})
}

func TestOrphans(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"), create("/a/b"), create("/a/b/c"))
	p.Apply(c, own)
	was := p.dump()
	node, counter := w.keys["z/a"].Value, w.keys["c/a"].Value
	p.Apply(w.write(del("z/a"), del("c/a")), nil)
	if !strings.Contains(p.log.String(), "no parent") {
		t.Errorf("log %q", &p.log)
	}
	if p.node("/a/b") == nil || p.node("/a") != nil {
		t.Error("the orphan cannot be read, or its parent can")
	}
	q := loaded(t, w)
	if q.node("/a/b/c") == nil || !strings.Contains(q.log.String(), "no parent") {
		t.Errorf("loaded: log %q", &q.log)
	}
	back := w.write(put("z/a", node), put("c/a", counter))
	for _, r := range []*probe{p, q} {
		r.Apply(back, nil)
		if got := r.children("/a"); !slices.Equal(got, []string{"b"}) {
			t.Errorf("children %q", got)
		}
		if len(r.dump()) != len(was) {
			t.Error("the tree is not what it was")
		}
	}
	// The order of keys within a change does not matter.
	p.log.Reset()
	p.Apply(w.write(del("z/a"), del("c/a"), del("z/a/b"), del("c/a/b"), del("z/a/b/c")), nil)
	p.Apply(w.write(put("z/a/b", node), put("z/a", node)), nil)
	if p.log.Len() != 0 || !slices.Equal(p.children("/a"), []string{"b"}) {
		t.Errorf("log %q, children %q", &p.log, p.children("/a"))
	}
}
