package watch_test

import (
	"fmt"
	"testing"

	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// quiet is a Watcher that remembers nothing.
type quiet struct{ heard int }

func (q *quiet) Notify(*watch.Event)                       { q.heard++ }
func (q *quiet) Allowed([]znode.ACL) bool                  { return true }
func (q *quiet) SessionID() znode.SessionID                { return 1 }
func frame(znode.EventType, znode.Path, znode.Zxid) []byte { return make([]byte, 64) }

// busy returns a Manager whose watches do not match what is fired in the tests
// here.
func busy() *watch.Manager {
	m := watch.New(frame)
	for i := range 1000 {
		w := &quiet{}
		m.AddData(znode.Path(fmt.Sprintf("/other/%d", i)), w)
		m.AddChild(znode.Path(fmt.Sprintf("/other/%d", i)), w)
	}
	return m
}

const deep znode.Path = "/hbase/a/b/c/d/e"

func BenchmarkFire(b *testing.B) {
	run := func(name string, m *watch.Manager, typ znode.EventType, rearm func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if rearm != nil {
					rearm()
				}
				m.Fire(typ, deep, 7, znode.OpenACL, znode.OpenACL)
			}
		})
	}
	run("no watches", watch.New(frame), changed, nil)
	run("none matches set", busy(), changed, nil)
	run("none matches create", busy(), created, nil)

	recursive := busy()
	recursive.AddRecursive("/hbase", &quiet{})
	run("recursive above", recursive, changed, nil)
	above := busy()
	above.AddRecursive("/elsewhere", &quiet{})
	run("recursive elsewhere", above, created, nil)

	one, w := busy(), &quiet{}
	run("one-shot", one, changed, func() { one.AddData(deep, w) })

	many := busy()
	for range 1000 {
		many.AddPersistent(deep, &quiet{})
	}
	run("1000 persistent", many, changed, nil)

	herd, watchers := busy(), make([]quiet, 1000)
	run("1000 one-shot", herd, changed, func() {
		for i := range watchers {
			herd.AddData(deep, &watchers[i])
		}
	})
}

// TestUnheardEventsAllocateNothing, whatever else is watched.
func TestUnheardEventsAllocateNothing(t *testing.T) {
	m := busy()
	m.AddRecursive("/elsewhere", &quiet{})
	if n := testing.AllocsPerRun(100, func() {
		for _, typ := range []znode.EventType{created, changed, deleted, children} {
			m.Fire(typ, deep, 7, znode.OpenACL, znode.OpenACL)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAnEventIsMadeOnce, however many hear it.
func TestAnEventIsMadeOnce(t *testing.T) {
	m := busy()
	for range 100 {
		m.AddPersistent(deep, &quiet{})
	}
	if n := testing.AllocsPerRun(100, func() { m.Fire(changed, deep, 7, znode.OpenACL, nil) }); n > 2 {
		t.Errorf("%v allocations, want the event and its frame", n)
	}
}
