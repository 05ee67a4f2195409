package watch

import (
	"testing"

	"github.com/hquorum/hquorum/shim/znode"
)

type mute struct{ id znode.SessionID }

func (*mute) Notify(*Event)                {}
func (*mute) Allowed([]znode.ACL) bool     { return true }
func (m *mute) SessionID() znode.SessionID { return m.id }

// idle fails unless the tables hold nothing at all.
func idle(t *testing.T, m *Manager) {
	t.Helper()
	for _, table := range []*table{&m.data, &m.child} {
		if len(table.paths) != 0 || table.entries != 0 || table.recursive != 0 {
			t.Errorf("table %d holds %d paths, %d entries, %d recursive", table.id, len(table.paths), table.entries, table.recursive)
		}
	}
	if len(m.holders) != 0 {
		t.Errorf("%d holders", len(m.holders))
	}
	for _, w := range m.hear[:cap(m.hear)] {
		if w != nil {
			t.Fatal("the scratch space holds a watcher")
		}
	}
}

func TestNothingStays(t *testing.T) {
	add := func(m *Manager, w Watcher) {
		m.AddData("/a", w)
		m.AddChild("/a", w)
		m.AddData("/b", w)
	}
	many := make([]*mute, 100)
	for name, end := range map[string]func(*Manager, Watcher){
		"fired": func(m *Manager, _ Watcher) {
			m.Fire(znode.EventDeleted, "/a", 1, nil, nil)
			m.Fire(znode.EventCreated, "/b", 1, nil, nil)
		},
		"removed one by one": func(m *Manager, w Watcher) {
			m.Remove("/a", Data, w)
			m.Remove("/a", Children, w)
			m.Remove("/b", Any, w)
		},
		"removed at once": func(m *Manager, w Watcher) {
			m.AddPersistent("/a", w)
			m.AddRecursive("/a", w)
			m.RemoveAll(w)
		},
		"removed twice": func(m *Manager, w Watcher) { m.RemoveAll(w); m.RemoveAll(w) },
	} {
		t.Run(name, func(t *testing.T) {
			m := New(func(znode.EventType, znode.Path, znode.Zxid) []byte { return nil })
			for i := range many {
				many[i] = &mute{znode.SessionID(i)}
				add(m, many[i])
			}
			for _, w := range many {
				end(m, w)
			}
			idle(t, m)
		})
	}
}

func TestSpotShrinks(t *testing.T) {
	m := New(func(znode.EventType, znode.Path, znode.Zxid) []byte { return nil })
	all := make([]*mute, 10_000)
	for i := range all {
		all[i] = &mute{znode.SessionID(i)}
		m.AddData("/a", all[i])
	}
	for _, w := range all[1:] {
		m.RemoveAll(w)
	}
	if c := cap(m.data.paths["/a"].entries); c > 100 {
		t.Errorf("room for %d entries is kept for one", c)
	}
	if !m.Contains("/a", Data, all[0]) {
		t.Error("the last watch is gone")
	}
}

func BenchmarkFireThousandChildWatchers(b *testing.B) {
	m := New(func(znode.EventType, znode.Path, znode.Zxid) []byte { return make([]byte, 40) })
	all := make([]*mute, 1000)
	for i := range all {
		all[i] = &mute{znode.SessionID(i)}
	}
	for b.Loop() {
		for _, w := range all {
			m.AddChild("/hbase/rs", w)
		}
		m.Fire(znode.EventCreated, "/hbase/rs/x", 1, nil, nil)
	}
}

func BenchmarkFireNobody(b *testing.B) {
	m := New(func(znode.EventType, znode.Path, znode.Zxid) []byte { return nil })
	m.AddData("/hbase/master", &mute{})
	for b.Loop() {
		m.Fire(znode.EventDataChanged, "/hbase/table/default:t", 1, nil, nil)
	}
}
