package replica_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestCounts(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	check := func(nodes, ephemerals, sessions int, size int64) {
		t.Helper()
		p.View(func(v *replica.View) {
			if v.NodeCount() != nodes || v.EphemeralCount() != ephemerals || v.SessionCount() != sessions || v.DataSize() != size {
				t.Errorf("counts %d %d %d %d, want %d %d %d %d", v.NodeCount(), v.EphemeralCount(), v.SessionCount(), v.DataSize(),
					nodes, ephemerals, sessions, size)
			}
		})
	}
	check(5, 0, 0, 44) // as a fresh ZooKeeper 3.9 says in mntr
	steps := []tree.Request{
		internal(open(9))[0], internal(create("/a"))[0], createFor(9, "/a/e2"), createFor(9, "/a/e1"), internal(setData("/a", "12345"))[0],
	}
	txn, own, _ := plan(p.Replica, steps...)
	p.Apply(w.write(txn.Ops...), own)
	check(8, 2, 1, 44+2+5+5+5)
	p.View(func(v *replica.View) {
		if got := v.Ephemerals(9); !slices.Equal(got, []znode.Path{"/a/e1", "/a/e2"}) {
			t.Errorf("ephemerals %v", got)
		}
		if got := v.EphemeralOwners(); !slices.Equal(got, []znode.SessionID{9}) {
			t.Errorf("owners %v", got)
		}
	})
	c, own := w.do(p.Replica, remove("/a/e1"), setData("/a", ""))
	p.Apply(c, own)
	check(7, 1, 1, 44+2+5)
	c, own = w.do(p.Replica, tree.CloseSession{ID: 9}, remove("/a"))
	p.Apply(c, own)
	check(5, 0, 0, 44)
}

func TestAllChildrenNumber(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"), create("/a/b"), create("/a/b/c"), create("/a/b/cc"), create("/a/bb"), create("/a/bb/d"), create("/aa"), create("/aa/x"))
	p.Apply(c, own)
	p.View(func(v *replica.View) {
		for path, want := range map[znode.Path]int{
			"/": 3 + 8, "/a": 5, "/a/b": 2, "/a/bb": 1, "/a/b/c": 0, "/aa": 1, "/none": 0, "/zookeeper": 2,
		} {
			if got := v.AllChildrenNumber(path); got != want {
				t.Errorf("AllChildrenNumber(%s) = %d, want %d", path, got, want)
			}
		}
	})
}

func TestContainersAndTTLs(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica,
		tree.Create{Path: "/c", ACL: znode.OpenACL, Kind: tree.KindContainer, Mode: znode.ModeContainer},
		tree.Create{Path: "/t", ACL: znode.OpenACL, Kind: tree.KindTTL, Mode: znode.ModePersistentTTL, TTL: 50},
		create("/c/x"))
	p.Apply(c, own)
	list := func() (out []string) {
		p.View(func(v *replica.View) {
			for path, n := range v.Containers() {
				out = append(out, fmt.Sprintf("container %s %d", path, n.Children))
			}
			for path, n := range v.TTLs() {
				out = append(out, fmt.Sprintf("ttl %s %d", path, n.Owner.TTL()))
			}
		})
		return out
	}
	if got, want := list(), []string{"container /c 1", "ttl /t 50"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c, own = w.do(p.Replica, remove("/c/x"), tree.DeleteContainer{Path: "/c"}, remove("/t"))
	p.Apply(c, own)
	if got := list(); got != nil {
		t.Errorf("left: %q", got)
	}
}

func TestAppendChildren(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"), create("/a/ö"), create("/a/b"), create("/a/b/c"))
	p.Apply(c, own)
	p.View(func(v *replica.View) {
		for path, want := range map[znode.Path]string{
			"/none":  "\x00\x00\x00\x00",
			"/a/b/c": "\x00\x00\x00\x00",
			"/a/b":   "\x00\x00\x00\x01\x00\x00\x00\x01c",
			"/a":     "\x00\x00\x00\x02\x00\x00\x00\x01b\x00\x00\x00\x02ö",
		} {
			if got := string(v.AppendChildren([]byte("before"), path)); got != "before"+want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
	})
}

// TestPublishedValuesStay: what a View returned does not change with the tree.
func TestPublishedValuesStay(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	apply := func(ops ...tree.Op) {
		c, own := w.do(p.Replica, ops...)
		p.Apply(c, own)
	}
	apply(create("/a"), create("/a/d"), create("/a/b"))
	node, names := p.node("/a"), p.children("/a")
	was := *node
	apply(create("/a/c"))
	apply(create("/a/a"), create("/a/e"))
	apply(remove("/a/b"), setData("/a", "new"))
	if !slices.Equal(names, []string{"b", "d"}) {
		t.Errorf("the listing became %q", names)
	}
	if string(node.Data) != "/a" || node.Children != 2 || node.Stat() != was.Stat() {
		t.Errorf("the node became %+v", node)
	}
	if got := p.children("/a"); !slices.Equal(got, []string{"a", "c", "d", "e"}) {
		t.Errorf("children %q", got)
	}
}

func TestStatWithoutCounter(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"))
	p.Apply(c, own)
	n := p.node("/a")
	if want := at(base, c.Revision, 0); n.Czxid != want || n.Pzxid != want || n.CounterRev != 0 {
		t.Errorf("node %+v", n)
	}
	// A znode made again has a new pzxid and counts from 0.
	c, own = w.do(p.Replica, create("/a/b"), remove("/a/b"), remove("/a"), create("/a"))
	p.Apply(c, own)
	if n := p.node("/a"); n.Creates != 0 || n.Pzxid != at(base, c.Revision, 3) || n.CounterRev != 0 {
		t.Errorf("made again: %+v", n)
	}
	same(t, "loaded", p, loaded(t, w))
}

func TestACLsAreShared(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	acl := func(who string) []znode.ACL {
		return []znode.ACL{{Perms: znode.All, ID: znode.ID{Scheme: "digest", ID: who}}}
	}
	c, own := w.do(p.Replica,
		tree.Create{Path: "/a", ACL: acl("x")}, tree.Create{Path: "/b", ACL: acl("x")}, tree.Create{Path: "/c", ACL: acl("y")})
	p.Apply(c, own)
	a, b, other := p.node("/a").ACL, p.node("/b").ACL, p.node("/c").ACL
	if &a[0] != &b[0] || &a[0] == &other[0] || other[0].ID.ID != "y" {
		t.Error("equal ACLs are kept twice, or others are mixed up")
	}
}

// TestReadersBesideAWriter is for the race detector; every View must also agree
// with itself.
func TestReadersBesideAWriter(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"))
	p.Apply(c, own)
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for p.Revision() < 150 {
				p.View(func(v *replica.View) {
					names, n := v.Children("/a"), v.Node("/a")
					if len(names) != int(n.Children) || v.AppendChildren(nil, "/a")[3] != byte(n.Children) || !slices.IsSorted(names) || v.AllChildrenNumber("/a") != len(names) {
						t.Errorf("%d names, %d children", len(names), n.Children)
					}
				})
			}
		})
	}
	for i := 0; p.Revision() < 150; i++ {
		op := create(znode.Path(fmt.Sprint("/a/", i*7%50)))
		if i%3 == 2 {
			op = remove(znode.Path(fmt.Sprint("/a/", (i-1)*7%50)))
		}
		if txn, own, _ := plan(p.Replica, internal(op)...); len(txn.Ops) > 0 {
			p.Apply(w.write(txn.Ops...), own)
		} else {
			p.Apply(w.write(), nil)
		}
	}
	readers.Wait()
}

func BenchmarkApplyUnderLargeParent(b *testing.B) {
	w := newWorld(b, base)
	p := loaded(b, w)
	c, own := w.do(p.Replica, create("/p"))
	p.Apply(c, own)
	ops := make([]tree.Op, 10_000)
	for i := range ops {
		ops[i] = create(znode.Path(fmt.Sprintf("/p/%05d", i*7919%len(ops))))
	}
	c, own = w.do(p.Replica, ops[:4000]...)
	p.Apply(c, own)
	c, own = w.do(p.Replica, ops[4000:8000]...)
	p.Apply(c, own)
	value := record.Node{ACL: znode.OpenACL, Czxid: -1, Mzxid: -1}.Append(nil)
	i := 0
	for b.Loop() {
		key := record.NodeKey(znode.Path(fmt.Sprintf("/p/x%d", i%2)))
		if i++; i%2 == 0 {
			p.Apply(w.write(put(key, value)), nil)
		} else {
			p.Apply(w.write(del(key)), nil)
		}
		if len(p.children("/p")) < 8000 {
			b.Fatal("children are missing")
		}
	}
}
