package tree_test

import (
	"math"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// rewrite stores n and its counter as the test wants them.
func (w *world) rewrite(p znode.Path, change func(*tree.Node)) {
	w.t.Helper()
	n := *w.node(p)
	change(&n)
	w.rev++
	for key, value := range map[string][]byte{
		record.NodeKey(p):    n.Append(nil),
		record.CounterKey(p): record.Counter{Creates: n.Creates, Children: n.Children, Pzxid: n.Pzxid}.Append(nil),
	} {
		w.keys[store.Key(key)] = store.KV{Key: store.Key(key), Value: value, ModRevision: w.rev}
	}
}

func TestStat(t *testing.T) {
	w := newWorld(t)
	at := func(now int64, op tree.Op) znode.Stat {
		w.now = now
		return w.must(w.request(op)).Stat
	}
	made := at(10, create("/a"))
	czxid := znode.PendingZxid(0).Resolve(zxidBase, int64(w.rev))
	if want := (znode.Stat{Czxid: czxid, Mzxid: czxid, Pzxid: czxid, Ctime: 10, Mtime: 10, DataLength: 2}); made != want {
		t.Errorf("created: %+v, want %+v", made, want)
	}
	at(20, create("/a/b"))
	at(30, create("/a/c"))
	at(40, tree.Delete{Path: "/a/b"})
	pzxid := znode.PendingZxid(0).Resolve(zxidBase, int64(w.rev))
	acl := at(50, tree.SetACL{Path: "/a", ACL: znode.OpenACL})
	want := znode.Stat{Czxid: czxid, Mzxid: czxid, Pzxid: pzxid, Ctime: 10, Mtime: 10, DataLength: 2, Cversion: 3, NumChildren: 1, Aversion: 1}
	if acl != want {
		t.Errorf("after setACL: %+v, want %+v", acl, want)
	}
	set := at(60, tree.SetData{Path: "/a", Version: 0})
	want.Mzxid, want.Mtime, want.Version, want.DataLength = znode.PendingZxid(0).Resolve(zxidBase, int64(w.rev)), 60, 1, 0
	if set != want {
		t.Errorf("after setData: %+v, want %+v", set, want)
	}
	if n := w.node("/a"); n.Data != nil || n.Stat() != want {
		t.Errorf("stored: %+v", n)
	}
}

// TestStatOfBuiltIns: what a new ZooKeeper shows.
func TestStatOfBuiltIns(t *testing.T) {
	v := newKV(t).view()
	for p, want := range map[znode.Path]znode.Stat{
		znode.Root:      {Cversion: -1, NumChildren: 1},
		znode.ZooKeeper: {Cversion: -2, NumChildren: 2},
		znode.Quota:     {},
		znode.Config:    {Aversion: -1},
	} {
		if got := v.Node(p).Stat(); got != want {
			t.Errorf("%s: %+v, want %+v", p, got, want)
		}
	}
}

func TestOwners(t *testing.T) {
	const ttl, cont = znode.ModePersistentTTL, znode.ModeContainer
	ttlOwner, _ := znode.TTLOwner(77)
	tests := []struct {
		name        string
		create      tree.Create
		owner, stat znode.Owner
	}{
		{"persistent", createMode("/n", 0), 0, 0},
		{"ephemeral", createMode("/n", znode.ModeEphemeral), znode.Owner(session), znode.Owner(session)},
		{"plain create with container mode", createMode("/n", cont), 0, 0},
		{"create2 with container mode", createKind("/n", tree.KindCreate2, cont, 0), 0, 0},
		{"container", createKind("/n", tree.KindContainer, cont, 0), znode.ContainerOwner, 0},
		{"container with persistent mode", createKind("/n", tree.KindContainer, 0, 0), znode.ContainerOwner, 0},
		{"container with ephemeral mode", createKind("/n", tree.KindContainer, znode.ModeEphemeral, 0), znode.ContainerOwner, 0},
		{"ttl", createKind("/n", tree.KindTTL, ttl, 77), ttlOwner, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			result := w.must(w.request(test.create))
			if result.Stat.EphemeralOwner != test.stat || w.node("/n").Owner != test.owner {
				t.Errorf("stat %x, owner %x", result.Stat.EphemeralOwner, w.node("/n").Owner)
			}
		})
	}
}

func TestSequentialNames(t *testing.T) {
	for creates, want := range map[int32]string{
		0:                 "0000000000",
		7:                 "0000000007",
		math.MaxInt32:     "2147483647",
		math.MinInt32:     "-2147483648",
		math.MinInt32 + 9: "-2147483639",
		-1:                "-000000001",
		-999999999:        "-999999999",
	} {
		w := newWorld(t)
		w.do(create("/a"))
		w.rewrite("/a", func(n *tree.Node) { n.Creates = creates })
		for _, path := range []znode.Path{"/a/n-", "/a/"} {
			w := &world{w.clone(), 1}
			result := w.must(w.request(createMode(path, znode.ModePersistentSequential)))
			if result.Path != path+znode.Path(want) {
				t.Errorf("%d: %q", creates, result.Path)
			}
			if got := w.node("/a").Creates; got != creates+1 {
				t.Errorf("creates went from %d to %d", creates, got)
			}
		}
	}
}

func TestVersionsWrap(t *testing.T) {
	for _, test := range []struct{ stored, expected, after int32 }{
		{math.MaxInt32, math.MaxInt32, math.MinInt32},
		{math.MinInt32, math.MinInt32, math.MinInt32 + 1},
		{-2, -2, -1},
		{-1, -1, 0}, // -1 is any version, this one included
	} {
		w := newWorld(t)
		w.do(create("/a"))
		w.rewrite("/a", func(n *tree.Node) { n.Version, n.Aversion = test.stored, test.stored })
		set := w.must(w.request(tree.SetData{Path: "/a", Version: test.expected}))
		acl := w.must(w.request(tree.SetACL{Path: "/a", Version: test.expected, ACL: znode.OpenACL}))
		if set.Stat.Version != test.after || acl.Stat.Aversion != test.after {
			t.Errorf("after %d: %d and %d", test.stored, set.Stat.Version, acl.Stat.Aversion)
		}
		if err := w.run(w.request(tree.Check{Path: "/a", Version: 0})).Err; (err == nil) != (test.after == 0) {
			t.Errorf("check of version 0 against %d: %v", test.after, err)
		}
	}
}
