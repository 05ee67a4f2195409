package judge

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// explain finds out who did what nobody was answered for with its zxid.
func (r *round) explain(z int64, entries []journalEntry) bool {
	before := r.tree.at(z)
	i := r.suspect(before, z, entries, func(c *call) bool { return c.answered() && c.zxid() == z })
	if i < 0 {
		i = r.suspect(before, z, entries, func(c *call) bool { return c.answered() && r.c.Revision <= r.loaded(c) })
	}
	if i < 0 && r.unasked(before, z, entries) {
		return true
	}
	if i < 0 {
		i = r.suspect(before, z, entries, func(c *call) bool { return !c.answered() })
	}
	if i >= 0 {
		c := r.pending[i]
		d := before.draft(z)
		d.do(c.who(), c.op)
		r.pending = slices.Delete(r.pending, i, i+1)
		r.do(c, d)
		return true
	}
	if !r.retried { // an ACL that nobody was answered for may have allowed it
		r.retried = true
		defer func() { r.retried = false }()
		for _, p := range []string{entries[0].path, parentOf(entries[0].path)} {
			if got := r.s.nodes[p]; got != nil {
				r.silentACL(p, z, got.aversion)
			}
		}
		return r.explain(z, entries)
	}
	return r.fail("P1", entries[0].path, "revision %d changes at %#x what nobody has asked for: %v", r.c.Revision, z, entries)
}

// unasked takes the end of a session, or what a server has reaped.
func (r *round) unasked(before state, z int64, entries []journalEntry) bool {
	for id, s := range r.s.sessions {
		d := before.draft(z)
		if d.do(actor{session: id}, wire.Op{Code: wire.CloseSession}); s == nil && matches(d.events, entries, true) {
			r.do(nil, d)
			return true
		}
	}
	if len(entries) != 1 || entries[0].typ != wire.EventDeleted || !r.reaped(before, entries[0].path) {
		return false
	}
	d := before.draft(z)
	d.remove(entries[0].path)
	r.do(nil, d)
	return true
}

// suspect returns the place in pending of one of some requests that did it, -1
// if there is none. If there are several it is one that keeps the order of its
// connection, and all of them are in doubt.
func (r *round) suspect(before state, z int64, entries []journalEntry, some func(*call) bool) int {
	var could []int
	best := -1
	for i, c := range r.pending {
		if c.sent.Seq > r.c.Seq {
			break
		}
		if !some(c) || !r.mayAct(c) {
			continue
		}
		d := before.draft(z)
		if !succeeded(c.op, d.do(c.who(), c.op)) || !matches(d.events, entries, c.op.Code == wire.CloseSession) || !r.plausible(d) {
			continue
		}
		could = append(could, i)
		if best < 0 && !c.overtaken && r.skips(c, z) == nil && r.tidy(d) {
			best = i
		}
	}
	if best < 0 && len(could) > 0 {
		best = could[0]
	}
	for _, i := range could {
		r.pending[i].doubt = r.pending[i].doubt || len(could) > 1
	}
	return best
}

// tidy reports whether those ephemerals that the draft makes and the revision
// does not store go with their session, as far as one can tell.
func (r *round) tidy(d *draft) bool {
	for p, n := range d.changed {
		if got, there := r.s.nodes[p]; n == nil || !n.ephemeral() || there && got != nil {
			continue
		}
		if s, there := r.s.sessions[n.owner]; !there || s != nil {
			return false
		}
	}
	return true
}

// mayAct reports whether c could still change something: it was not answered
// before, and its session was not moved or ended since the connection was
// established.
func (r *round) mayAct(c *call) bool {
	if c.answered() && c.reply.Seq < r.c.Seq {
		return false
	}
	l := r.lives[c.conn.Session]
	return l != nil && (l.ended == 0 || l.ended == r.c.Seq) && (l.moved < c.conn.welcomed() || l.moved == r.c.Seq)
}

// plausible reports whether the data that the draft leaves is what is stored,
// where that was not changed again.
func (r *round) plausible(d *draft) bool {
	for p, n := range d.changed {
		if n != nil && n.mzxid == d.zxid && len(n.data) > 0 {
			if z, stored := r.written[string(n.data)]; stored && z != d.zxid {
				return false // it is what was done before or later
			}
		}
		got := r.s.nodes[p]
		if n == nil || got == nil {
			continue
		}
		if r.resolve(got.czxid) == d.zxid && (n.owner != got.owner || got.aversion == 0 && !slices.Equal(n.acl, got.acl)) {
			return false
		}
		if r.resolve(got.mzxid) != d.zxid {
			continue
		}
		if !bytes.Equal(n.data, got.data) || (n.data == nil) != (got.data == nil) {
			return false
		}
	}
	return true
}

// reaped reports whether a znode was due to be removed by the server itself
// (class ContainerManager).
func (r *round) reaped(s state, p string) bool {
	n := s.get(p)
	if n == nil || len(s.draft(0).names(p)) > 0 {
		return false
	}
	return n.owner == containerOwner && n.creates > 0 || n.ttl() > 0 && n.mtime+n.ttl() <= r.c.Time
}

func (r *round) resolve(z int64) int64 {
	if z < 0 {
		return first(r.c.Revision) | ^z
	}
	return z
}

// lease reports whether a lease that ran out has made the change: the counters
// of the parents know nothing of it, and all that is deleted is one session's.
func (r *round) lease() bool {
	if r.s.journal != nil || len(r.s.counters) > 0 || len(r.s.nodes) == 0 {
		return false
	}
	owner := int64(0)
	for p, n := range r.s.nodes {
		was := r.tree.at(first(r.c.Revision)).get(p)
		if n != nil || was == nil || !was.ephemeral() || owner != 0 && owner != was.owner {
			return false
		}
		owner = was.owner
	}
	return true
}

func (r *round) loseLease(entries []journalEntry) {
	z := first(r.c.Revision)
	d := r.tree.at(z).draft(z)
	for _, e := range entries {
		d.remove(e.path)
		r.loose[parentOf(e.path)] = true
		if n := d.get(parentOf(e.path)); n != nil {
			n.lost, n.robbed = true, true
		}
	}
	r.do(nil, d)
	clear(r.touched) // the store cannot know
}

// silentACLs finds the setACLs that nobody was answered for: no event tells of
// them.
func (r *round) silentACLs() bool {
	for _, p := range r.s.order {
		if got := r.s.nodes[p]; got != nil && !r.silentACL(p, r.top, got.aversion) {
			return r.fail("P1", p, "revision %d has an ACL that nobody has asked for", r.c.Revision)
		}
	}
	return true
}

// silentACL does, at zxid, the setACLs that bring the znode at p to an aversion.
func (r *round) silentACL(p string, zxid int64, aversion int32) bool {
	for {
		n := r.tree.at(last(r.c.Revision)).get(p)
		if n == nil || n.aversion >= aversion {
			return true
		}
		i, found := -1, false
		for k, c := range r.pending {
			if found || c.sent.Seq > r.c.Seq || !r.mayAct(c) || c.op.Code != wire.SetACL || c.op.Path != p {
				continue
			}
			// Only the last one's ACL is stored.
			got := r.s.nodes[p]
			if got != nil && n.aversion+1 == got.aversion && !slices.Equal(c.op.ACL, got.acl) {
				continue
			}
			if found = !c.overtaken && r.skips(c, zxid) == nil; found || i < 0 {
				i = k
			}
		}
		if i < 0 {
			return false
		}
		c := r.pending[i]
		d := r.tree.at(zxid).draft(zxid)
		if x := d.do(c.who(), c.op); x.err != wire.OK {
			return false
		}
		r.pending = slices.Delete(r.pending, i, i+1)
		r.do(c, d)
		c.vague = true
	}
}

// counters compares the stored child counters with the model's.
func (r *round) counters() bool {
	s, before := r.tree.at(last(r.c.Revision)), r.tree.at(first(r.c.Revision)-1)
	for p, got := range r.s.counters {
		n := s.get(p)
		kids := int32(len(s.draft(0).names(p)))
		if got == nil && n != nil && n.creates == 0 && kids == 0 {
			continue // the znode was made again within the revision
		}
		if (got == nil) != (n == nil) {
			return r.fail("P15", p, "revision %d: a child counter without its znode, or the other way round", r.c.Revision)
		}
		if n == nil {
			continue
		}
		pzxid := r.resolve(got.pzxid)
		was := before.get(p)
		counted := was == nil || was.pzxid != n.pzxid
		stale := !counted && r.loose[p] && pzxid < n.pzxid // another lease was lost meanwhile
		if !counted && n.robbed && pzxid >= n.pzxid {      // repaired, by one server or several
			fixed := *n
			fixed.pzxid, fixed.lost = pzxid, false
			r.tree.put(p, r.top, &fixed)
			n = &fixed
		}
		switch {
		case got.creates != n.creates:
			return r.fail("P15", p, "revision %d counts %d creates, there were %d", r.c.Revision, got.creates, n.creates)
		case pzxid != n.pzxid && !stale:
			return r.fail("P6", p, "revision %d has pzxid %#x, it is %#x", r.c.Revision, pzxid, n.pzxid)
		case got.children != kids && !r.loose[p]:
			return r.fail("P6", p, "revision %d counts %d children, there are %d", r.c.Revision, got.children, kids)
		case got.children == kids && !stale:
			delete(r.loose, p)
			n.lost = false
		}
	}
	return true
}

// compare compares what is stored with what the model says, and learns the
// times.
func (r *round) compare() bool {
	after, before := r.tree.at(last(r.c.Revision)), r.tree.at(first(r.c.Revision)-1)
	for p := range r.touched {
		n, was := after.get(p), before.get(p)
		_, there := r.s.nodes[p]
		switch {
		case n == nil && was == nil:
		case n != nil && was != nil && same(n, was):
			if _, counted := r.s.counters[p]; !counted && n.pzxid != was.pzxid {
				return r.fail("P15", p, "revision %d does not count a child", r.c.Revision)
			}
		case !there:
			return r.fail("P1", p, "revision %d should change %s", r.c.Revision, p)
		}
	}
	for _, p := range r.s.order {
		got, n := r.s.nodes[p], after.get(p)
		if (got == nil) != (n == nil) {
			return r.fail("P1", p, "after revision %d %s is there: %t; it should be: %t", r.c.Revision, p, got != nil, n != nil)
		}
		if n == nil {
			continue
		}
		x := got.node
		x.czxid, x.mzxid = r.resolve(x.czxid), r.resolve(x.mzxid)
		if !same(&x, n) {
			return r.fail("P1", p, "revision %d stores %v, it should be %v", r.c.Revision, show(&x), show(n))
		}
		if n.ctime != 0 && n.ctime != x.ctime || n.mtime != 0 && n.mtime != x.mtime {
			return r.fail("P6", p, "revision %d has other times than before: %v, not %v", r.c.Revision, show(&x), show(n))
		}
		n.ctime, n.mtime = x.ctime, x.mtime
		if n.ephemeral() != (got.lease != 0) || n.ephemeral() && got.lease != n.owner {
			return r.fail("P13", p, "revision %d attaches %s to lease %#x, its owner is %#x", r.c.Revision, p, got.lease, n.owner)
		}
		if n.ephemeral() && !r.alive(n.owner) {
			return r.fail("P13", p, "revision %d makes %s for a session that is gone", r.c.Revision, p)
		}
	}
	return true
}

// same compares what a stored znode holds, times aside.
func same(a, b *node) bool {
	return bytes.Equal(a.data, b.data) && (a.data == nil) == (b.data == nil) && slices.Equal(a.acl, b.acl) &&
		a.czxid == b.czxid && a.mzxid == b.mzxid && a.version == b.version && a.aversion == b.aversion && a.owner == b.owner
}

func show(n *node) string {
	var b strings.Builder
	wireStat := wire.Stat{Czxid: n.czxid, Mzxid: n.mzxid, Ctime: n.ctime, Mtime: n.mtime, Version: n.version, Aversion: n.aversion, EphemeralOwner: n.owner}
	b.WriteString(showStat(&wireStat))
	b.WriteString(" data " + showData(n.data))
	return b.String()
}
