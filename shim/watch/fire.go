package watch

import "github.com/hquorum/hquorum/shim/znode"

// hearLimit bounds the scratch space that is kept between events.
const hearLimit = 4096

// Fire tells everybody concerned what happened to the znode at path: acl is the
// znode's, parentACL its parent's where typ is EventCreated or EventDeleted, of
// which the parent's children watches are told too. EventChildrenChanged fires
// path's own children watches. (DataTree.createNode, deleteNode, setData.)
//
// Watchers are notified before Fire returns.
func (m *Manager) Fire(typ znode.EventType, path znode.Path, zxid znode.Zxid, acl, parentACL []znode.ACL) {
	m.firing.Lock()
	defer m.firing.Unlock()
	m.notify(typ, path, zxid, acl)
	if (typ == znode.EventCreated || typ == znode.EventDeleted) && path != znode.Root {
		m.notify(znode.EventChildrenChanged, path.Parent(), zxid, parentACL)
	}
}

// notify tells of one event. Watchers are told without mu, so that one of them
// may hold a lock of its own while it adds or removes watches.
func (m *Manager) notify(typ znode.EventType, path znode.Path, zxid znode.Zxid, acl []znode.ACL) {
	var e *Event
	for _, w := range m.gather(typ, path) {
		if !w.Allowed(acl) {
			continue
		}
		if e == nil {
			e = &Event{Type: typ, Path: path, Zxid: zxid, Frame: m.encode(typ, path, zxid)}
		}
		w.Notify(e)
	}
	if clear(m.hear); cap(m.hear) > hearLimit {
		m.hear = nil
	}
}

// gather returns who is to hear of an event, each once, and uses up what fires
// once. The result is valid until the next call.
func (m *Manager) gather(typ znode.EventType, path znode.Path) []Watcher {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events++
	m.hear = m.hear[:0]
	hear := func(h *holder) {
		if h.told != m.events {
			h.told = m.events
			m.hear = append(m.hear, h.watcher)
		}
	}
	switch typ {
	case znode.EventCreated, znode.EventDataChanged:
		m.data.gather(path, hear, m.retire)
		m.data.gatherAbove(path, hear)
	case znode.EventDeleted:
		m.data.gather(path, hear, m.retire)
		m.data.gatherAbove(path, hear)
		m.child.gather(path, hear, m.retire)
	case znode.EventChildrenChanged:
		m.child.gather(path, hear, m.retire)
	}
	return m.hear
}
