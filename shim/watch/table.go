package watch

import (
	"slices"

	"github.com/hquorum/hquorum/shim/znode"
)

// table is ZooKeeper's WatchManager: one for data watches, one for child
// watches. An entry stands for one watcher at one path.
type table struct {
	id        tableID
	paths     map[znode.Path]*spot
	entries   int
	recursive int // entries with that mode
}

// tableID is the place of a table's entries in a holder.
type tableID int

const (
	dataTable tableID = iota
	childTable
	tables
)

// spot is a watched path.
type spot struct{ entries []*entry }

// entry is one watcher at one path, at place in the spot's entries.
type entry struct {
	holder *holder
	place  int
	modes  modes
}

// holder is a watcher that has watches.
type holder struct {
	watcher Watcher
	entries [tables]map[znode.Path]*entry
	// told is the number of the last event that it was gathered for.
	told uint64
}

func (h *holder) idle() bool {
	return len(h.entries[dataTable]) == 0 && len(h.entries[childTable]) == 0
}

func newTable(id tableID) table { return table{id: id, paths: map[znode.Path]*spot{}} }

// add enters a watch of h; adding it again changes nothing.
func (t *table) add(p znode.Path, h *holder, m modes) {
	e := h.entries[t.id][p]
	if e == nil {
		s := t.paths[p]
		if s == nil {
			s = &spot{}
			t.paths[p] = s
		}
		e = &entry{holder: h, place: len(s.entries)}
		s.entries = append(s.entries, e)
		if h.entries[t.id] == nil {
			h.entries[t.id] = map[znode.Path]*entry{}
		}
		h.entries[t.id][p] = e
		t.entries++
	}
	if m&^e.modes&recursive != 0 {
		t.recursive++
	}
	e.modes |= m
}

// contains reports whether h watches p in one of the modes.
func (t *table) contains(p znode.Path, h *holder, m modes) bool {
	e := h.entries[t.id][p]
	return e != nil && e.modes&m != 0
}

// remove takes modes away and reports whether there were any.
func (t *table) remove(p znode.Path, h *holder, m modes) bool {
	e := h.entries[t.id][p]
	if e == nil || e.modes&m == 0 {
		return false
	}
	if e.modes&m&recursive != 0 {
		t.recursive--
	}
	if e.modes &^= m; e.modes == 0 {
		t.drop(p, e)
		t.forget(p, e)
	}
	return true
}

// removeAll takes all watches of h away.
func (t *table) removeAll(h *holder) {
	for p, e := range h.entries[t.id] {
		if e.modes&recursive != 0 {
			t.recursive--
		}
		t.drop(p, e)
		t.entries--
	}
	h.entries[t.id] = nil
}

// drop takes e out of its spot.
func (t *table) drop(p znode.Path, e *entry) {
	s := t.paths[p]
	last := len(s.entries) - 1
	if last == 0 {
		delete(t.paths, p)
		return
	}
	moved := s.entries[last]
	s.entries[e.place], moved.place = moved, e.place
	s.entries[last] = nil
	s.entries = s.entries[:last]
	if cap(s.entries) > 4*last+16 {
		s.entries = slices.Clone(s.entries)
	}
}

// forget takes e from its holder.
func (t *table) forget(p znode.Path, e *entry) {
	own := e.holder.entries[t.id]
	delete(own, p)
	if len(own) == 0 {
		e.holder.entries[t.id] = nil
	}
	t.entries--
}

// gather calls hear for everybody who watches p, once each, and uses up the
// one-shot watches; spent is called for those who lost their last watch in this
// table.
func (t *table) gather(p znode.Path, hear, spent func(*holder)) {
	s := t.paths[p]
	if s == nil {
		return
	}
	kept := s.entries[:0]
	for _, e := range s.entries {
		hear(e.holder)
		if e.modes &^= standard; e.modes != 0 {
			e.place = len(kept)
			kept = append(kept, e)
			continue
		}
		t.forget(p, e)
		spent(e.holder)
	}
	clear(s.entries[len(kept):])
	s.entries = kept
	if len(kept) == 0 {
		delete(t.paths, p)
	}
}

// gatherAbove calls hear for everybody who watches an ancestor of p recursively.
func (t *table) gatherAbove(p znode.Path, hear func(*holder)) {
	for t.recursive > 0 && p != znode.Root {
		p = p.Parent()
		s := t.paths[p]
		if s == nil {
			continue
		}
		for _, e := range s.entries {
			if e.modes&recursive != 0 {
				hear(e.holder)
			}
		}
	}
}
