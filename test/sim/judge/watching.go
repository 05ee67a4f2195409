package judge

import (
	"maps"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// noZxid is in the header of an event that setWatches tells at once.
const noZxid = -1

// watcher is what a server knows of one connection's watches (classes
// WatchManager and DataTree): a persistent watch is in both tables.
type watcher struct {
	who                   actor
	data, child           map[string]bool // one-shot
	persistent, recursive map[string]bool
}

func newWatcher(a actor) *watcher {
	return &watcher{a, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

// The types of checkWatches and removeWatches.
const (
	typeChildren   = 1
	typeData       = 2
	typeAny        = 3
	typePersistent = 4
	typeRecursive  = 5
)

// told returns the events that the connection gets of e, in order.
func (w *watcher) told(e Event) []Event {
	var out []Event
	tell := func(matched bool, e Event, acl []wire.ACL) {
		if matched && w.who.may(acl, wire.PermRead) {
			e.acl, e.parentACL = nil, nil
			out = append(out, e)
		}
	}
	parent := e
	parent.Path, parent.Type = parentOf(e.Path), wire.EventChildrenChanged
	switch e.Type {
	case wire.EventCreated:
		tell(w.fireData(e.Path), e, e.acl)
		tell(w.fireChild(parent.Path), parent, e.parentACL)
	case wire.EventDataChanged:
		tell(w.fireData(e.Path), e, e.acl)
	case wire.EventDeleted:
		data, child := w.fireData(e.Path), w.fireChild(e.Path)
		tell(data || child, e, e.acl)
		tell(w.fireChild(parent.Path), parent, e.parentACL)
	case wire.EventChildrenChanged:
		tell(w.fireChild(e.Path), e, e.acl)
	}
	return out
}

// fireData uses up a one-shot data watch and reports whether there was that or
// one that stays.
func (w *watcher) fireData(p string) bool {
	hit := w.data[p] || w.persistent[p]
	delete(w.data, p)
	for at := p; ; at = parentOf(at) {
		hit = hit || w.recursive[at]
		if at == "/" {
			return hit
		}
	}
}

func (w *watcher) fireChild(p string) bool {
	hit := w.child[p] || w.persistent[p]
	delete(w.child, p)
	return hit
}

// answered does what an answered request does to the watches, and reports
// whether the answer is right.
func (w *watcher) answered(c *call) bool {
	err, p := c.reply.Frame.Err, c.op.Path
	switch c.op.Code {
	case wire.GetData:
		if c.op.Watch && err == wire.OK {
			w.data[p] = true
		}
	case wire.Exists:
		if c.op.Watch && (err == wire.OK || err == wire.NoNode) {
			w.data[p] = true
		}
	case wire.GetChildren, wire.GetChildren2:
		if c.op.Watch && err == wire.OK {
			w.child[p] = true
		}
	case wire.AddWatch:
		if c.op.Mode == 0 {
			w.persistent[p] = true
		} else {
			w.recursive[p] = true
		}
		return err == wire.OK
	case wire.CheckWatches:
		return w.has(p, c.op.Mode) == (err == wire.OK) && (err == wire.OK || err == wire.NoWatcher)
	case wire.RemoveWatches:
		had := w.has(p, c.op.Mode)
		for _, t := range w.tables(c.op.Mode) {
			delete(t, p)
		}
		return had == (err == wire.OK) && (err == wire.OK || err == wire.NoWatcher)
	}
	return true
}

func (w *watcher) has(p string, typ int32) bool {
	return slices.ContainsFunc(w.tables(typ), func(t map[string]bool) bool { return t[p] })
}

func (w *watcher) tables(typ int32) []map[string]bool {
	switch typ {
	case typeChildren:
		return []map[string]bool{w.child}
	case typeData:
		return []map[string]bool{w.data}
	case typePersistent:
		return []map[string]bool{w.persistent}
	case typeRecursive:
		return []map[string]bool{w.recursive}
	case typeAny:
		return []map[string]bool{w.data, w.child, w.persistent, w.recursive}
	}
	return nil
}

// rearm does a setWatches and returns the events that it must tell at once
// (DataTree.setWatches).
func (w *watcher) rearm(op wire.Op, s state) []Event {
	var out []Event
	tell := func(typ int32, p string) { out = append(out, Event{Zxid: noZxid, Type: typ, Path: p}) }
	for _, p := range op.Lists[0] {
		switch n := s.get(p); {
		case n == nil:
			tell(wire.EventDeleted, p)
		case n.mzxid > op.Zxid:
			tell(wire.EventDataChanged, p)
		default:
			w.data[p] = true
		}
	}
	for _, p := range op.Lists[1] {
		if s.get(p) != nil {
			tell(wire.EventCreated, p)
		} else {
			w.data[p] = true
		}
	}
	for _, p := range op.Lists[2] {
		switch n := s.get(p); {
		case n == nil:
			tell(wire.EventDeleted, p)
		case n.pzxid > op.Zxid:
			tell(wire.EventChildrenChanged, p)
		default:
			w.child[p] = true
		}
	}
	if op.Code == wire.SetWatches2 {
		for _, p := range op.Lists[3] {
			w.persistent[p] = true
		}
		for _, p := range op.Lists[4] {
			w.recursive[p] = true
		}
	}
	return out
}

// gap returns the events that a server tells which has missed what lies between
// two states and compares them: deleted znodes, the deepest first, created,
// changed, and those of which only the counter tells that children came and
// went.
func gap(old, now state) []Event {
	var deleted, created, changed, stirred []Event
	told := map[string]bool{}
	all := map[string]bool{}
	for _, p := range slices.Concat(old.paths(), now.paths()) {
		all[p] = true
	}
	parentACL := func(p string) []wire.ACL {
		for _, s := range []state{now, old} {
			if n := s.get(parentOf(p)); n != nil {
				return n.acl
			}
		}
		return nil
	}
	for _, p := range slices.Sorted(maps.Keys(all)) {
		was, is := old.get(p), now.get(p)
		again := was != nil && is != nil && was.czxid != is.czxid
		if was != nil && (is == nil || again) {
			deleted = append(deleted, Event{Type: wire.EventDeleted, Path: p, acl: was.acl, parentACL: parentACL(p)})
			told[parentOf(p)] = true
		}
		switch {
		case is != nil && (was == nil || again):
			created = append(created, Event{Type: wire.EventCreated, Path: p, acl: is.acl, parentACL: parentACL(p)})
			told[parentOf(p)] = true
		case is != nil && is.mzxid != was.mzxid:
			changed = append(changed, Event{Type: wire.EventDataChanged, Path: p, acl: is.acl})
		}
	}
	for _, p := range slices.Sorted(maps.Keys(all)) {
		was, is := old.get(p), now.get(p)
		if was != nil && is != nil && was.czxid == is.czxid && was.creates != is.creates && !told[p] {
			stirred = append(stirred, Event{Type: wire.EventChildrenChanged, Path: p, acl: is.acl})
		}
	}
	slices.SortStableFunc(deleted, func(a, b Event) int { return strings.Count(b.Path, "/") - strings.Count(a.Path, "/") })
	out := slices.Concat(deleted, created, changed, stirred)
	for i := range out {
		out[i].Zxid = last(revision(now.zxid))
	}
	return out
}
