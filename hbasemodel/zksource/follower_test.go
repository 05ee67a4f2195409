package zksource

import (
	"slices"
	"testing"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel/sourcetest"
)

// desk is a follower without a server: the test answers its visits, in any
// order, and brings events.
type desk struct {
	*follower
	t *testing.T
	m *sourcetest.Mirror
}

func newDesk(t *testing.T) *desk {
	m := &sourcetest.Mirror{Roots: []string{"/a"}}
	m.Reset()
	l := &link{marks: map[string]need{}, wake: make(chan struct{}, 1)}
	return &desk{newFollower(l, m, m.Roots), t, m}
}

// send takes the next visit out, which must be of path.
func (d *desk) send(path string, want need) visit {
	d.t.Helper()
	d.absorb()
	d.prune()
	v, out := d.next()
	if out == nil || v.n.path != path || v.want != want {
		d.t.Fatalf("the next visit is %+v, not of %s for %b", v, path, want)
	}
	d.sent(v.n)
	return v
}

func (d *desk) answer(v visit) {
	d.t.Helper()
	if err := d.received(v); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) idle() {
	d.t.Helper()
	d.absorb()
	d.prune()
	if v, out := d.next(); out != nil {
		d.t.Errorf("a visit of %s is left", v.n.path)
	}
	if faults := d.m.Faults(); faults != nil {
		d.t.Error(faults)
	}
}

func (d *desk) told(want ...string) {
	d.t.Helper()
	if got := d.m.Log(); !slices.Equal(got, want) {
		d.t.Errorf("told %q, want %q", got, want)
	}
}

// found is v with a znode created at czxid and these children.
func found(v visit, czxid int64, children ...string) visit {
	if v.want&needData != 0 {
		v.stat = &zk.Stat{Czxid: czxid, Mzxid: czxid}
	}
	if v.want&needChildren != 0 {
		v.listed, v.names, v.list = true, children, &zk.Stat{Czxid: czxid, NumChildren: int32(len(children))}
	}
	return v
}

// withChild returns a desk where /a has the child x.
func withChild(t *testing.T) *desk {
	d := newDesk(t)
	d.answer(found(d.send("/a", needAll), 1, "x"))
	d.answer(found(d.send("/a/x", needAll), 2))
	d.told("reset", "put /a", "put /a/x")
	return d
}

// TestEventBeforeAnswer: x went and came again before its parent's list was
// read, whose answer is looked at together with the event.
func TestEventBeforeAnswer(t *testing.T) {
	d := withChild(t)
	d.link.mark("/a", needChildren)
	list := found(d.send("/a", needChildren), 1, "x")
	d.link.mark("/a/x", needGone)
	d.answer(list)
	d.answer(found(d.send("/a/x", needAll), 5))
	d.told("delete /a/x", "put /a/x")
	d.idle()
}

// TestAnswersOutOfOrder: x was missing when it was read, came again, and the
// answer with its parent's new list is looked at first.
func TestAnswersOutOfOrder(t *testing.T) {
	d := withChild(t)
	d.link.mark("/a/x", needData)
	old := d.send("/a/x", needData)
	old.missing = true
	d.link.mark("/a", needChildren)
	d.answer(found(d.send("/a", needChildren), 1, "x"))
	d.answer(old)
	d.told("delete /a/x")
	d.answer(found(d.send("/a", needChildren), 1, "x"))
	d.answer(found(d.send("/a/x", needAll), 5))
	d.told("put /a/x")
	d.idle()
}

// TestMissingThenCreated: the event of a root's creation is looked at before the
// answer that it does not exist.
func TestMissingThenCreated(t *testing.T) {
	d := newDesk(t)
	v := d.send("/a", needAll)
	v.missing = true
	d.link.mark("/a", needAll)
	d.answer(v)
	d.answer(found(d.send("/a", needAll), 7))
	d.told("reset", "put /a")
	d.idle()
}

// TestMissingRootIsWaitedFor, unless it was there when the watch was set.
func TestMissingRootIsWaitedFor(t *testing.T) {
	d := newDesk(t)
	v := d.send("/a", needAll)
	v.missing = true
	d.answer(v)
	d.idle()
	if !d.settled() {
		t.Error("not settled without its root")
	}
	d.link.mark("/a", needAll)
	v = d.send("/a", needAll)
	v.missing, v.torn = true, true
	d.answer(v)
	d.answer(found(d.send("/a", needAll), 7))
	d.told("reset", "put /a")
	d.idle()
}

// TestTornVisit: the data were one znode's, the children its successor's.
func TestTornVisit(t *testing.T) {
	d := newDesk(t)
	v := found(d.send("/a", needAll), 1, "x")
	v.list.Czxid, v.torn = 5, true
	d.answer(v)
	d.told("reset")
	d.answer(found(d.send("/a", needAll), 5))
	d.told("put /a")
	d.idle()
}

// TestChangesThatNeverPause: what is told becomes ready all the same.
func TestChangesThatNeverPause(t *testing.T) {
	d := newDesk(t)
	d.answer(found(d.send("/a", needAll), 1))
	d.link.mark("/a", needData) // it has changed again
	d.absorb()
	for range 2 {
		if _, ready := d.m.Tree(); ready || d.settled() {
			t.Error("ready at once")
		}
		d.tick()
	}
	if _, ready := d.m.Tree(); !ready {
		t.Error("not ready after two ticks")
	}
}
