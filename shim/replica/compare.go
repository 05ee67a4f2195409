package replica

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/shim/znode"
)

// difference is what must have happened between two trees.
type difference struct {
	old, next *View
	shift     znode.Zxid   // of the base
	deleted   []znode.Path // the deepest first
	created   []znode.Path // parents first
	changed   []znode.Path // data
	stirred   []znode.Path // children came and went
	sessions  []sessionChange
}

func compare(old, next *View) *difference {
	d := &difference{old: old, next: next, shift: next.meta.Base - old.meta.Base}
	told := map[znode.Path]bool{} // parents of created and deleted znodes
	for p, was := range old.nodes {
		is := next.nodes[p]
		if is == nil || !d.sameZnode(was, is) {
			d.deleted = append(d.deleted, p)
			told[p.Parent()] = true
		}
	}
	for p, is := range next.nodes {
		was := old.nodes[p]
		switch {
		case was == nil || !d.sameZnode(was, is):
			d.created = append(d.created, p)
			told[p.Parent()] = true
		case d.dataChanged(was, is):
			d.changed = append(d.changed, p)
		}
	}
	for p, is := range next.nodes {
		was := old.nodes[p]
		if was != nil && d.sameZnode(was, is) && is.Creates != was.Creates && !told[p] {
			d.stirred = append(d.stirred, p)
		}
	}
	slices.SortFunc(d.deleted, func(a, b znode.Path) int {
		if deeper := depth(b) - depth(a); deeper != 0 {
			return deeper
		}
		return strings.Compare(string(a), string(b))
	})
	slices.Sort(d.created)
	slices.Sort(d.changed)
	slices.Sort(d.stirred)
	d.compareSessions()
	return d
}

// sameZnode reports whether a path holds the znode that it held.
func (d *difference) sameZnode(was, is *node) bool {
	return d.sameZxid(was.Czxid, is.Czxid, was.based&basedCzxid)
}

// dataChanged looks at more than the mzxid, because a store that was restored
// from a backup may count the same revisions again.
func (d *difference) dataChanged(was, is *node) bool {
	return !d.sameZxid(was.Mzxid, is.Mzxid, was.based&basedMzxid) ||
		was.Version != is.Version || !bytes.Equal(was.Data, is.Data)
}

// sameZxid knows that the base may have moved a zxid, unless it was stored once
// more before that.
func (d *difference) sameZxid(was, is znode.Zxid, b based) bool {
	return was == is || b != 0 && was+d.shift == is
}

func depth(p znode.Path) int { return strings.Count(string(p), "/") }

func (d *difference) compareSessions() {
	for id := range d.old.sessions {
		if d.next.sessions[id] == nil {
			d.sessions = append(d.sessions, sessionChange{id, nil})
		}
	}
	for id, is := range d.next.sessions {
		if was := d.old.sessions[id]; was == nil || was.Rev != is.Rev || was.Session != is.Session {
			d.sessions = append(d.sessions, sessionChange{id, is})
		}
	}
	slices.SortFunc(d.sessions, func(a, b sessionChange) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
}

// fire tells the events of the difference.
func (d *difference) fire(event func(znode.EventType, znode.Path, znode.Zxid, []znode.ACL, []znode.ACL)) {
	z := d.next.zxid
	for _, p := range d.deleted {
		event(znode.EventDeleted, p, z, d.old.nodes[p].ACL, d.parentACL(p))
	}
	for _, p := range d.created {
		event(znode.EventCreated, p, z, d.next.nodes[p].ACL, d.parentACL(p))
	}
	for _, p := range d.changed {
		event(znode.EventDataChanged, p, z, d.next.nodes[p].ACL, nil)
	}
	for _, p := range d.stirred {
		event(znode.EventChildrenChanged, p, z, d.next.nodes[p].ACL, nil)
	}
}

func (d *difference) parentACL(p znode.Path) []znode.ACL {
	n := d.next.Node(p.Parent())
	if n == nil {
		n = d.old.Node(p.Parent())
	}
	if n == nil {
		return nobody
	}
	return n.ACL
}
