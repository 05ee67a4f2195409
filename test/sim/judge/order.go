package judge

import (
	"cmp"
	"slices"

	"github.com/hquorum/hquorum/test/wire"
)

// zxids checks that no session sees its zxid fall, on whatever connections.
func (j *court) zxids() {
	type seen struct {
		*Entry
		conn *Conn
	}
	bySession := map[int64][]seen{}
	for _, conn := range j.h.Conns {
		for i := range conn.Log {
			if e := &conn.Log[i]; e.Kind == Got && e.Frame.Zxid > 0 {
				bySession[conn.Session] = append(bySession[conn.Session], seen{e, conn})
			}
		}
	}
	for id, list := range bySession {
		slices.SortFunc(list, func(a, b seen) int { return cmp.Compare(a.Seq, b.Seq) })
		for i := 1; i < len(list); i++ {
			if list[i].Frame.Zxid < list[i-1].Frame.Zxid {
				j.find(Violation{Property: "P5", Seq: list[i].Seq, Conn: list[i].conn}, "session %#x sees zxid %#x after %#x",
					id, list[i].Frame.Zxid, list[i-1].Frame.Zxid)
				break
			}
		}
	}
}

// ack is what was acknowledged at some moment: the highest zxid.
type ack struct {
	seq  Seq
	zxid int64
}

// acknowledge notes when what was acknowledged.
func (j *court) acknowledge() {
	for _, c := range j.calls {
		if c.answered() && c.taken != 0 {
			j.acks = append(j.acks, ack{c.reply.Seq, c.taken})
		}
	}
	slices.SortFunc(j.acks, func(a, b ack) int { return cmp.Compare(a.seq, b.seq) })
	for i := 1; i < len(j.acks); i++ {
		j.acks[i].zxid = max(j.acks[i].zxid, j.acks[i-1].zxid)
	}
}

// floor is the highest zxid that was acknowledged to anybody before s.
func (j *court) floor(s Seq) int64 {
	i, _ := slices.BinarySearchFunc(j.acks, s, func(a ack, s Seq) int { return cmp.Compare(a.seq, s) })
	if i == 0 {
		return 0
	}
	return j.acks[i-1].zxid
}

// floors checks what must not be missed: writes take effect behind all that was
// acknowledged before they were asked for, and a sync catches up with that.
func (j *court) floors() {
	for _, c := range j.calls {
		if !c.answered() {
			continue
		}
		floor := j.floor(c.sent.Seq)
		switch {
		case c.op.Code == wire.Sync && revision(c.zxid()) < revision(floor):
			j.find(blame("P7", c), "sync is answered at %#x, but %#x was acknowledged before it was asked for", c.zxid(), floor)
		case c.taken != 0 && c.taken < floor:
			j.find(blame("P2", c), "%v is at %#x, but %#x was acknowledged before it was asked for", c.op.Code, c.taken, floor)
		}
	}
}

// latest returns the last zxid that the store had made before something.
func (j *court) latest(before Seq) int64 {
	i, _ := slices.BinarySearchFunc(j.h.Changes, before, func(c Change, s Seq) int { return cmp.Compare(c.Seq, s) })
	if i == 0 {
		return 0
	}
	return last(j.h.Changes[i-1].Revision)
}

// pipelines checks that the writes of a connection were done in order or not at
// all, those without an answer included. A closeSession is done in any case: the
// client learns of the connection's end, and its session had to end.
func (j *court) pipelines() {
	for _, c := range j.calls {
		if c.taken == 0 {
			continue
		}
		for b := c.after; b != nil; b = b.after {
			if b.taken > c.taken && !b.vague && !c.vague && !b.doubt && !c.doubt {
				j.find(blame("P4", b), "%v of %q was done at %#x, after %v of %q at %#x that was asked for later",
					b.op.Code, b.op.Path, b.taken, c.op.Code, c.op.Path, c.taken)
			}
		}
		if b := j.skips(c, c.taken); b != nil && c.op.Code != wire.CloseSession && !c.vague && !c.doubt {
			v := blame("P4", b)
			v.Seq = j.after(c.taken)
			j.find(v, "%v of %q was not done, but %v of %q was at %#x, which was asked for later on the same connection",
				b.op.Code, b.op.Path, c.op.Code, c.op.Path, c.taken)
		}
	}
}

// after is when the store made a zxid.
func (j *court) after(zxid int64) Seq {
	for i := range j.h.Changes {
		if j.h.Changes[i].Revision >= revision(zxid) {
			return j.h.Changes[i].Seq
		}
	}
	return 0
}

// skips returns an earlier write of the connection that was not done although c
// was, at zxid, and that need not have been refused; nil if there is none. A
// setACL may have left no trace.
func (j *court) skips(c *call, zxid int64) *call {
	for b := c.after; b != nil && b.taken == 0; b = b.after {
		if !b.answered() && b.write() && b.op.Code != wire.SetACL && !b.doubt && !j.refusable(b, zxid) {
			return b
		}
	}
	return nil
}

// refusable reports whether b would have been refused somewhere between what
// was done before it and to.
func (j *court) refusable(b *call, to int64) bool {
	from := int64(0)
	for a := b.after; a != nil && from == 0; a = a.after {
		from = max(from, a.taken)
		if a.vague {
			from = first(revision(a.taken)) - 1
		}
	}
	for _, z := range j.points(from, to) {
		d := j.tree.at(z).draft(z + 1)
		if !succeeded(b.op, d.do(b.who(), b.op)) || len(d.order) == 0 {
			return true
		}
	}
	return false
}

// points returns the zxids from up to, but without, to at which the tree
// changed.
func (j *court) points(from, to int64) []int64 {
	out := []int64{from}
	i, _ := slices.BinarySearch(j.stamps, from+1)
	for ; i < len(j.stamps) && j.stamps[i] < to; i++ {
		if out[len(out)-1] != j.stamps[i] {
			out = append(out, j.stamps[i])
		}
	}
	return out
}
