package shim

import (
	"fmt"
	"testing"

	"github.com/hquorum/hquorum/shim/znode"
)

// TestEventsCostNobody: an event that nobody follows, or that only those follow
// who are not concerned or overwhelmed, allocates nothing.
func TestEventsCostNobody(t *testing.T) {
	var followers treeFollowers
	fire := func() {
		for _, typ := range []znode.EventType{znode.EventCreated, znode.EventDataChanged, znode.EventDeleted} {
			followers.event(typ, "/hbase/master", 7)
		}
	}
	expect := func(what string) {
		t.Helper()
		if n := testing.AllocsPerRun(100, fire); n != 0 {
			t.Errorf("%s: %v allocations", what, n)
		}
	}
	expect("nobody")
	elsewhere := &treeFollower{scope: TreeScope{Roots: []znode.Path{"/other", "/hbase2", "/hbase/master/x"}}, wake: make(chan struct{}, 1)}
	followers.add(elsewhere)
	expect("elsewhere")
	if events, over := elsewhere.take(); len(events) > 0 || over {
		t.Errorf("%v was noted", events)
	}
	slow := &treeFollower{scope: TreeScope{Roots: []znode.Path{"/hbase"}}, wake: make(chan struct{}, 1)}
	followers.add(slow)
	for range treeQueue {
		fire()
	}
	expect("overwhelmed")
	if events, over := slow.take(); len(events) > 0 || !over {
		t.Errorf("%d events kept, overwhelmed: %v", len(events), over)
	}
	fire()
	if events, over := slow.take(); len(events) != 3 || over {
		t.Errorf("%v afterwards, overwhelmed: %v", events, over)
	}
	followers.remove(slow)
	fire()
	if events, _ := slow.take(); len(events) != 0 {
		t.Errorf("%v although it left", events)
	}
}

// BenchmarkFollowedEvent is what one follower costs an event, with the
// allocation of its queue, which is kept.
func BenchmarkFollowedEvent(b *testing.B) {
	var followers treeFollowers
	f := &treeFollower{scope: TreeScope{Roots: []znode.Path{"/hbase"}}, wake: make(chan struct{}, 1)}
	followers.add(f)
	paths := make([]znode.Path, 256)
	for i := range paths {
		paths[i] = znode.Path(fmt.Sprintf("/hbase/rs/%d", i))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		followers.event(znode.EventDataChanged, paths[i%len(paths)], 7)
		if i%1024 == 0 {
			f.take()
		}
	}
}
