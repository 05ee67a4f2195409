package watch

import (
	"sync"

	"github.com/hquorum/hquorum/shim/znode"
)

// Encode makes the frame of an event.
type Encode func(typ znode.EventType, path znode.Path, zxid znode.Zxid) []byte

// Manager knows who watches what.
type Manager struct {
	encode Encode

	mu      sync.Mutex
	data    table
	child   table
	holders map[Watcher]*holder
	events  uint64 // numbers the events

	firing sync.Mutex // held by Fire, before mu
	hear   []Watcher  // scratch of Fire
}

// New returns a Manager without watches. encode must be safe for concurrent use.
func New(encode Encode) *Manager {
	return &Manager{
		encode:  encode,
		data:    newTable(dataTable),
		child:   newTable(childTable),
		holders: map[Watcher]*holder{},
	}
}

// AddData adds a one-shot watch of the znode at path, which need not exist: what
// getData and exists leave (WatchManager.addWatch).
func (m *Manager) AddData(path znode.Path, w Watcher) { m.add(path, w, standard, 0) }

// AddChild adds a one-shot watch of the children of path: what getChildren
// leaves.
func (m *Manager) AddChild(path znode.Path, w Watcher) { m.add(path, w, 0, standard) }

// AddPersistent adds a watch of path and its children that stays.
func (m *Manager) AddPersistent(path znode.Path, w Watcher) { m.add(path, w, persistent, persistent) }

// AddRecursive adds a watch of path and everything below that stays.
func (m *Manager) AddRecursive(path znode.Path, w Watcher) { m.add(path, w, recursive, 0) }

func (m *Manager) add(path znode.Path, w Watcher, data, child modes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.holders[w]
	if h == nil {
		h = &holder{watcher: w}
		m.holders[w] = h
	}
	if data != 0 {
		m.data.add(path, h, data)
	}
	if child != 0 {
		m.child.add(path, h, child)
	}
}

// of returns the modes that a kind stands for in each table.
func (k Kind) of() (data, child modes) {
	switch k {
	case Children:
		return 0, standard
	case Data:
		return standard, 0
	case Any:
		return anyMode, anyMode
	case Persistent:
		return persistent, persistent
	case Recursive:
		return recursive, 0
	}
	return 0, 0
}

// Contains reports whether w has a watch of this kind at exactly path
// (DataTree.containsWatcher).
func (m *Manager) Contains(path znode.Path, kind Kind, w Watcher) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.holders[w]
	if h == nil {
		return false
	}
	data, child := kind.of()
	return m.data.contains(path, h, data) || m.child.contains(path, h, child)
}

// Remove takes w's watches of this kind at exactly path away and reports whether
// there were any (DataTree.removeWatch).
func (m *Manager) Remove(path znode.Path, kind Kind, w Watcher) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.holders[w]
	if h == nil {
		return false
	}
	data, child := kind.of()
	fromData, fromChild := m.data.remove(path, h, data), m.child.remove(path, h, child)
	m.retire(h)
	return fromData || fromChild
}

// RemoveAll takes all of w's watches away.
func (m *Manager) RemoveAll(w Watcher) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.holders[w]
	if h == nil {
		return
	}
	m.data.removeAll(h)
	m.child.removeAll(h)
	delete(m.holders, w)
}

// retire forgets a watcher without watches.
func (m *Manager) retire(h *holder) {
	if h.idle() {
		delete(m.holders, h.watcher)
	}
}
