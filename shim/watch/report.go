package watch

import (
	"cmp"
	"slices"

	"github.com/hquorum/hquorum/shim/znode"
)

// Summary counts data watches, as ZooKeeper's wchs does: child watches are not
// in it. A watcher that watches a path in several ways counts once.
type Summary struct {
	Connections int // that watch something
	Paths       int // that are watched
	Watches     int // pairs of both
}

// Summary returns the counts for wchs (DataTree.dumpWatchesSummary).
func (m *Manager) Summary() Summary {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Summary{Paths: len(m.data.paths), Watches: m.data.entries}
	for _, h := range m.holders {
		if len(h.entries[dataTable]) > 0 {
			s.Connections++
		}
	}
	return s
}

// Count returns the number of watches of both tables, for mntr
// (DataTree.getWatchCount).
func (m *Manager) Count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data.entries + m.child.entries
}

// ByPath calls each for every path with a data watch, in the order of paths,
// with the sessions that watch it, sorted: the content of wchp
// (DataTree.dumpWatches). The sessions are the callee's to keep. Watches that
// come or go meanwhile may be missed; each may call the Manager.
func (m *Manager) ByPath(each func(path znode.Path, sessions []znode.SessionID)) {
	m.mu.Lock()
	paths := make([]znode.Path, 0, len(m.data.paths))
	for p := range m.data.paths {
		paths = append(paths, p)
	}
	m.mu.Unlock()
	slices.Sort(paths)
	for _, p := range paths {
		if ids := m.sessionsAt(p); len(ids) > 0 {
			each(p, ids)
		}
	}
}

func (m *Manager) sessionsAt(p znode.Path) []znode.SessionID {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.data.paths[p]
	if s == nil {
		return nil
	}
	ids := make([]znode.SessionID, 0, len(s.entries))
	for _, e := range s.entries {
		ids = append(ids, e.holder.watcher.SessionID())
	}
	slices.Sort(ids)
	return ids
}

// BySession calls each for every session with a data watch, in the order of
// sessions, with the paths that it watches, sorted: the content of wchc
// (DataTree.dumpWatches). The paths are the callee's to keep. Watches that come
// or go meanwhile may be missed; each may call the Manager.
func (m *Manager) BySession(each func(id znode.SessionID, paths []znode.Path)) {
	type named struct {
		id znode.SessionID
		h  *holder
	}
	m.mu.Lock()
	all := make([]named, 0, len(m.holders))
	for w, h := range m.holders {
		if len(h.entries[dataTable]) > 0 {
			all = append(all, named{w.SessionID(), h})
		}
	}
	m.mu.Unlock()
	slices.SortFunc(all, func(a, b named) int { return cmp.Compare(a.id, b.id) })
	for _, n := range all {
		if paths := m.pathsOf(n.h); len(paths) > 0 {
			each(n.id, paths)
		}
	}
}

func (m *Manager) pathsOf(h *holder) []znode.Path {
	m.mu.Lock()
	defer m.mu.Unlock()
	paths := make([]znode.Path, 0, len(h.entries[dataTable]))
	for p := range h.entries[dataTable] {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}
