package judge

import (
	"cmp"
	"slices"

	"github.com/hquorum/hquorum/test/wire"
)

// replay goes through the store's changes and builds the tree's history from
// the requests. It reports whether all could be explained.
func (j *court) replay() bool {
	next := int64(0)
	for i := range j.h.Changes {
		c := &j.h.Changes[i]
		at := Violation{Property: "P1", Seq: c.Seq}
		if c.Revision < next {
			j.find(at, "the store tells revision %d behind %d", c.Revision, next-1)
			return false
		}
		next = c.Revision + 1
		s, err := decodeChange(*c)
		if err != nil {
			j.find(at, "revision %d: %v", c.Revision, err)
			return false
		}
		r := &round{court: j, c: c, s: s, touched: map[string]bool{}}
		if !r.run() {
			return false
		}
	}
	for _, c := range j.calls {
		l := j.lives[c.conn.Session]
		switch {
		case !c.done() || c.taken != 0:
		case c.op.Code == wire.SetACL && j.belated(c): // the znode may have gone with it
		case c.op.Code == wire.CloseSession && l != nil && l.ended != 0 && l.ended < c.reply.Seq:
		default:
			j.find(blame("P1", c), "%v was acknowledged at zxid %#x, where the store knows nothing of it", c.op.Code, c.zxid())
		}
	}
	return len(j.violations) == 0
}

func (c *call) who() actor { return actor{c.conn.Session, c.conn.Digest} }

// round is one revision.
type round struct {
	*court
	c       *Change
	s       *stored
	touched map[string]bool // znodes that the model has changed
	top     int64           // the last zxid with an event
	retried bool
}

func (r *round) fail(property, path, format string, args ...any) bool {
	r.find(Violation{Property: property, Seq: r.c.Seq, Path: path}, format, args...)
	return false
}

func (r *round) run() bool {
	if r.s.base != 0 {
		return r.fail("P5", "", "the base of zxids is %d", r.s.base)
	}
	if len(r.tree.versions) == 0 && len(r.s.nodes) > 0 {
		return r.birth()
	}
	r.beginSessions()
	entries := r.entries()
	if r.lease() {
		r.loseLease(entries[0])
	} else {
		var positions []int64
		for p := range entries {
			positions = append(positions, p)
		}
		for z := range r.acked {
			if _, ok := entries[z&0xfff]; !ok && revision(z) == r.c.Revision {
				positions = append(positions, z&0xfff)
			}
		}
		slices.Sort(positions)
		r.top = first(r.c.Revision)
		for _, p := range positions {
			if !r.position(first(r.c.Revision)|p, entries[p]) {
				return false
			}
		}
	}
	if !r.silentACLs() {
		return false
	}
	r.parentACLs()
	return r.counters() && r.compare() && r.endSessions()
}

// parentACLs gives the events of a revision the parents' ACLs behind it: a
// server does not know those within. ZooKeeper, which has none that do two
// things, takes the one of the moment.
func (r *round) parentACLs() {
	after := r.tree.at(last(r.c.Revision))
	for i := len(r.events) - 1; i >= 0 && revision(r.events[i].Zxid) == r.c.Revision; i-- {
		if n := after.get(parentOf(r.events[i].Path)); n != nil {
			r.events[i].parentACL = n.acl
		}
	}
}

// birth takes the znodes that every tree has (class DataTree).
func (r *round) birth() bool {
	readable := []wire.ACL{{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}}
	want := map[string]*node{
		"/": {acl: open}, "/zookeeper": {acl: open}, "/zookeeper/quota": {acl: open},
		"/zookeeper/config": {acl: readable, aversion: -1},
	}
	for p, n := range want {
		n.data = []byte{}
		got := r.s.nodes[p]
		if got == nil || !same(&got.node, n) {
			return r.fail("P1", p, "not born as it should be")
		}
		r.tree.put(p, 0, n)
	}
	if len(r.s.nodes) != len(want) {
		return r.fail("P1", "", "%d znodes were born, not %d", len(r.s.nodes), len(want))
	}
	return true
}

// entries returns the events of each position: the journal's, or those that
// follow from what has changed.
func (r *round) entries() map[int64][]journalEntry {
	out := map[int64][]journalEntry{}
	if r.s.journal != nil {
		for _, e := range r.s.journal {
			out[e.pos] = append(out[e.pos], e)
		}
		return out
	}
	pos := int64(0)
	pending := func(z int64) {
		if z < 0 {
			pos = max(pos, ^z)
		}
	}
	before := r.tree.at(first(r.c.Revision) - 1)
	var list []journalEntry
	for _, p := range r.s.order {
		n, was := r.s.nodes[p], before.get(p)
		switch {
		case n == nil && was != nil:
			list = append(list, journalEntry{typ: wire.EventDeleted, path: p})
		case n == nil:
		case was == nil:
			list = append(list, journalEntry{typ: wire.EventCreated, path: p})
		case r.resolve(n.mzxid) != was.mzxid:
			list = append(list, journalEntry{typ: wire.EventDataChanged, path: p})
		}
		if n != nil {
			pending(n.czxid)
			pending(n.mzxid)
		}
	}
	for _, c := range r.s.counters {
		if c != nil {
			pending(c.pzxid)
		}
	}
	if len(list) > 0 {
		out[pos] = list
	}
	return out
}

// position replays what happened at one zxid.
func (r *round) position(z int64, entries []journalEntry) bool {
	if !r.earlyACLs(z, entries) {
		return false
	}
	calls := slices.Clone(r.acked[z])
	// At most one of them has events; it comes first. Those without come in
	// the order of the versions that they made.
	slices.SortStableFunc(calls, func(a, b *call) int { return cmp.Compare(rank(a), rank(b)) })
	before := r.tree.at(z)
	if len(entries) > 0 {
		main := slices.IndexFunc(calls, func(c *call) bool {
			d := before.draft(z)
			return succeeded(c.op, d.do(c.who(), c.op)) && matches(d.events, entries, c.op.Code == wire.CloseSession)
		})
		switch {
		case len(calls) == 0 && !r.explain(z, entries):
			return false
		case len(calls) > 0:
			main = max(main, 0) // if it does something else, that is wrong
			if !r.take(calls[main], z, entries) {
				return false
			}
			calls = slices.Delete(calls, main, main+1)
		}
		r.top = z
	}
	for _, c := range calls {
		if !r.take(c, z, nil) {
			return false
		}
	}
	return true
}

// earlyACLs does those setACLs that nobody was answered for which must have come
// before the events at z: these have the ACL that is behind the revision.
func (r *round) earlyACLs(z int64, entries []journalEntry) bool {
	for _, e := range entries {
		got, n := r.s.nodes[e.path], r.tree.at(z).get(e.path)
		if e.acl || e.typ != wire.EventDataChanged || got == nil || n == nil || slices.Equal(n.acl, got.acl) {
			continue
		}
		later := int32(0) // setACLs that were answered
		for at, calls := range r.acked {
			for _, c := range calls {
				if at >= z && revision(at) == r.c.Revision && c.op.Code == wire.SetACL && c.op.Path == e.path {
					later++
				}
			}
		}
		if !r.silentACL(e.path, z, got.aversion-later) {
			return r.fail("P1", e.path, "revision %d has an ACL that nobody has asked for", r.c.Revision)
		}
	}
	return true
}

func rank(c *call) int64 {
	switch {
	case c.op.Code == wire.CloseSession:
		return 1 << 40
	case c.op.Code == wire.SetACL && c.got.Stat != nil:
		return int64(c.got.Stat.Aversion) + 1
	}
	return 0
}

// take does an acknowledged write.
func (r *round) take(c *call, z int64, entries []journalEntry) bool {
	if !r.shownACLs(c, z) {
		return false
	}
	d := r.tree.at(z).draft(z)
	want := d.do(c.who(), c.op)
	property := "P6"
	if c.op.Code == wire.Multi {
		property = "P9"
	}
	if diff := differs(c, want, d); diff != "" {
		r.find(blame(property, c), "%v of %q was acknowledged at %#x, but %s", c.op.Code, c.op.Path, z, diff)
		return false
	}
	if !succeeded(c.op, want) {
		return true
	}
	if !matches(d.events, entries, c.op.Code == wire.CloseSession) {
		r.find(blame(property, c), "%v of %q at %#x does %v, the store says %v", c.op.Code, c.op.Path, z, d.events, entries)
		return false
	}
	r.do(c, d)
	return true
}

// shownACLs does those setACLs that nobody was answered for which must have come
// before a write, as the Stats in its answer show.
func (r *round) shownACLs(c *call, z int64) bool {
	shown := func(path string, s *wire.Stat, own int32) bool {
		if s == nil || path == "" || r.silentACL(path, z, s.Aversion-own) {
			return true
		}
		return r.fail("P1", path, "revision %d has an ACL that nobody has asked for", r.c.Revision)
	}
	own := int32(0)
	if c.op.Code == wire.SetACL {
		own = 1
	}
	if !shown(c.op.Path, c.got.Stat, own) {
		return false
	}
	for i, x := range c.got.Results {
		if i < len(c.op.Ops) && !shown(c.op.Ops[i].Path, x.Reply.Stat, 0) {
			return false
		}
	}
	return true
}

// do makes the draft of a call come true.
func (r *round) do(c *call, d *draft) {
	for _, p := range d.order {
		r.touched[p] = true
	}
	d.commit()
	r.events = append(r.events, d.events...)
	r.stamps = append(r.stamps, d.zxid)
	if c == nil {
		return
	}
	c.taken = d.zxid
	for b := c.after; b != nil && !b.overtaken; b = b.after {
		b.overtaken = true
	}
}

func matches(events []Event, entries []journalEntry, anyOrder bool) bool {
	if len(events) != len(entries) {
		return false
	}
	for i, e := range events {
		same := func(x journalEntry) bool { return x.typ == e.Type && x.path == e.Path }
		if anyOrder && !slices.ContainsFunc(entries, same) || !anyOrder && !same(entries[i]) {
			return false
		}
	}
	return true
}
