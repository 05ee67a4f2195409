package replica

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/znode"
)

// derive returns the events of a change that has no journal: its first request
// alone changed something (tree.Batch), or a lease ran out.
func (c *change) derive(v *View) record.Journal {
	var j record.Journal
	for _, p := range c.paths {
		before, after := c.before[p], v.Node(p)
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
	pos := 0
	for i := range journal {
		e := &journal[i]
		own.done(pos, min(e.Pos, own.requests()), false)
		pos = max(pos, e.Pos)
		var parentACL []znode.ACL
		if e.Type != znode.EventDataChanged {
			parentACL = s.aclOf(v, e.Path.Parent(), journal)
		}
		r.hooks.Event(e.Type, e.Path, s.at(e.Pos), s.entryACL(v, e, journal), parentACL)
	}
	own.done(pos, own.requests(), false)
}

// entryACL returns the ACL of the znode at the moment of the event.
func (c *change) entryACL(v *View, e *record.Entry, j record.Journal) []znode.ACL {
	if e.ACL != nil {
		return e.ACL
	}
	if e.Type == znode.EventDeleted {
		if n := c.before[e.Path]; n != nil {
			return n.ACL
		}
	}
	return c.aclOf(v, e.Path, j)
}

// aclOf returns the ACL of the znode at p after the change or, if it is gone,
// before or within it.
func (c *change) aclOf(v *View, p znode.Path, j record.Journal) []znode.ACL {
	n := v.Node(p)
	if n == nil {
		n = c.before[p]
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
