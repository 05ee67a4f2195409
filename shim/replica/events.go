package replica

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// derive returns the events of a change that has no journal: its first request
// alone changed something (tree.Batch), or a lease ran out.
func (c *change) derive() record.Journal {
	var j record.Journal
	for _, t := range c.touched {
		p, before, after := t.path, t.before, t.after
		add := func(typ znode.EventType) {
			j = append(j, record.Entry{Type: typ, Path: p})
		}
		switch {
		case before == nil && after == nil:
		case before == nil:
			add(znode.EventCreated)
		case after == nil:
			add(znode.EventDeleted)
		case before.Czxid != after.Czxid:
			add(znode.EventDeleted)
			add(znode.EventCreated)
		case before.Mzxid != after.Mzxid:
			add(znode.EventDataChanged)
		}
	}
	return j
}

// fire tells the events of a change, and between those of two positions whom
// they answer.
func (r *Replica) fire(journal record.Journal, own *Own) {
	s, v := &r.scratch, r.view
	pos, next := 0, 0
	var parent znode.Path // of the last event that needed it
	var parentACL []znode.ACL
	for i := range journal {
		e := &journal[i]
		own.done(pos, min(e.Pos, own.requests()), false)
		pos = max(pos, e.Pos)
		// Most events are those of the keys, in the same order: nothing has to
		// be looked up.
		t := touch{path: e.Path}
		if next < len(s.touched) && s.touched[next].path == e.Path {
			t = s.touched[next]
			next++
		}
		if e.Type == znode.EventDataChanged {
			r.hooks.Event(e.Type, e.Path, s.at(e.Pos), s.entryACL(v, e, t, journal), nil)
			continue
		}
		if above := e.Path.Parent(); above != parent {
			parent, parentACL = above, s.aclOf(v, above, journal)
		}
		r.hooks.Event(e.Type, e.Path, s.at(e.Pos), s.entryACL(v, e, t, journal), parentACL)
	}
	own.done(pos, own.requests(), false)
}

// entryACL returns the ACL of the znode at the moment of the event; t may tell
// the states before and after the change.
func (c *change) entryACL(v *View, e *record.Entry, t touch, j record.Journal) []znode.ACL {
	if e.ACL != nil {
		return e.ACL
	}
	if e.Type == znode.EventDeleted {
		if t.before == nil {
			t.before = c.was(e.Path)
		}
		if t.before != nil {
			return t.before.ACL
		}
	}
	if t.after != nil {
		return t.after.ACL
	}
	return c.aclOf(v, e.Path, j)
}

// was returns the znode at p before the change if it touched it, nil otherwise.
func (c *change) was(p znode.Path) *tree.Node {
	if c.before == nil {
		c.before = make(map[znode.Path]*tree.Node, len(c.touched))
		for _, t := range c.touched {
			c.before[t.path] = t.before
		}
	}
	return c.before[p]
}

// aclOf returns the ACL of the znode at p after the change or, if it is gone,
// before or within it.
func (c *change) aclOf(v *View, p znode.Path, j record.Journal) []znode.ACL {
	n := v.Node(p)
	if n == nil {
		n = c.was(p)
	}
	if n != nil {
		return n.ACL
	}
	for i := range j {
		if j[i].Path == p && j[i].ACL != nil {
			return j[i].ACL
		}
	}
	return nobody
}
