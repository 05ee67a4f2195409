package replica_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestFirstLoadIsSilent(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	p.expect(t)
	if p.Revision() != w.rev || p.Zxid() != znode.LastZxid(base, int64(w.rev)) || p.Base() != base {
		t.Errorf("revision %d, zxid %#x, base %#x", p.Revision(), p.Zxid(), p.Base())
	}
	if got := p.children(znode.Root); !slices.Equal(got, []string{"zookeeper"}) {
		t.Errorf("children of the root: %q", got)
	}
}

func TestLoadOfAnEmptyStore(t *testing.T) {
	w := &world{t: t, keys: map[store.Key]store.KV{}, rev: 3}
	p := loaded(t, w)
	if p.Revision() != 3 || p.node(znode.Root) != nil || p.children("/a") != nil {
		t.Error("there is something")
	}
}

func TestLoadFails(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	was, broken := p.dump(), errors.New("broken")
	err := p.Load(func(each func(store.KV) error) (store.Revision, error) {
		if err := each(store.KV{Key: "z/a", ModRevision: 9}); err != nil {
			t.Fatal(err)
		}
		return 0, broken
	})
	if !errors.Is(err, broken) || !slices.Equal(p.dump(), was) || p.Revision() != w.rev {
		t.Errorf("%v, or the tree has changed", err)
	}
}

func TestReloadTellsTheDifference(t *testing.T) {
	w := newWorld(t, base)
	p, late := loaded(t, w), loaded(t, w)
	do := func(ops ...tree.Op) {
		c, own := w.do(p.Replica, ops...)
		p.Apply(c, own)
	}
	for _, q := range []tree.Op{open(1), open(2), open(3), create("/gone"), create("/gone/x"), create("/same"), create("/same/x"),
		create("/data"), create("/again"), create("/stirred"), create("/acl")} {
		do(q)
	}
	if err := late.Load(w.load); err != nil {
		t.Fatal(err)
	}
	late.expect(t, "created /acl", "created /again", "created /data", "created /gone", "created /gone/x",
		"created /same", "created /same/x", "created /stirred", "session 1 put", "session 2 put", "session 3 put")

	for _, q := range []tree.Op{remove("/gone/x"), remove("/gone"), setData("/data", "x"), remove("/again"), create("/again"),
		create("/stirred/x"), remove("/stirred/x"), create("/new"), create("/new/x"), create("/brief"), remove("/brief"),
		tree.SetACL{Path: "/acl", ACL: znode.ReadACL, Version: -1}, tree.MoveSession{ID: 2, Shim: "other"}} {
		do(q)
	}
	p.Apply(w.expire(3), nil)
	if err := late.Load(w.load); err != nil {
		t.Fatal(err)
	}
	late.expect(t, "deleted /gone/x", "deleted /again", "deleted /gone", "created /again", "created /new", "created /new/x",
		"changed /data", "children /stirred", "session 2 put", "session 3 gone")
	if err := late.Load(w.load); err != nil {
		t.Fatal(err)
	}
	late.expect(t)
}

func TestReloadIsOvertaken(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	err := p.Load(func(each func(store.KV) error) (store.Revision, error) {
		rev, err := w.load(each)
		c, own := w.do(p.Replica, create("/a")) // meanwhile
		p.Apply(c, own)
		return rev, err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.expect(t, "created /a")
	if p.node("/a") == nil || p.Revision() != w.rev {
		t.Errorf("revision %d: the reload took a change back", p.Revision())
	}
}

func TestStoreGoesBack(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	keep := func() *world { // a backup
		b := newWorld(t, base)
		b.rev = w.rev
		clear(b.keys)
		for k, kv := range w.keys {
			b.keys[k] = kv
		}
		return b
	}
	c, own := w.do(p.Replica, create("/a"))
	p.Apply(c, own)
	backup := keep()
	for range 3 {
		c, own = w.do(p.Replica, setData("/a", "later"))
		p.Apply(c, own)
	}
	zxid := p.Zxid()
	p.diary = nil
	if err := p.Load(backup.load); err != nil {
		t.Fatal(err)
	}
	p.expect(t, "changed /a")
	if p.Revision() != backup.rev || p.Zxid() != zxid || string(p.node("/a").Data) != "/a" {
		t.Errorf("revision %d, zxid %#x, data %q", p.Revision(), p.Zxid(), p.node("/a").Data)
	}
	// The base that a restore raises moves the zxids on.
	backup.write(put(record.MetaKey, record.Meta{Base: base + 1<<30}.Append(nil)))
	p.Apply(backup.changes[len(backup.changes)-1], nil)
	if p.Zxid() != at(base+1<<30, backup.rev, 0) {
		t.Errorf("zxid %#x", p.Zxid())
	}
	same(t, "loaded", p, loaded(t, backup))
}

// TestReloadWithANewBase: what did not change is not told of, although all
// zxids are new.
func TestReloadWithANewBase(t *testing.T) {
	w := newWorld(t, base)
	p := loaded(t, w)
	c, own := w.do(p.Replica, create("/a"), create("/a/b"), create("/c"))
	p.Apply(c, own)
	p.diary = nil
	w.write(put(record.MetaKey, record.Meta{Base: base + 1<<30}.Append(nil)))
	w.do(p.Replica, setData("/c", "x"))
	if err := p.Load(w.load); err != nil {
		t.Fatal(err)
	}
	p.expect(t, "changed /c")
}
