package judge

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/hquorum/hquorum/test/wire"
)

// replies compares every reply that tells of the tree with the state at its
// zxid. Acknowledged writes were compared when they were replayed.
func (j *court) replies() {
	for _, c := range j.calls {
		if !c.answered() || c.taken != 0 {
			continue
		}
		switch c.op.Code {
		case wire.Ping, wire.Auth, wire.SetWatches, wire.SetWatches2, wire.AddWatch, wire.RemoveWatches, wire.CheckWatches, wire.WhoAmI:
			continue // see watches
		case wire.Sync:
			if c.got.Path != c.op.Path {
				j.find(blame("P7", c), "sync of %q answers %q", c.op.Path, c.got.Path)
			}
			continue
		}
		if c.expired() {
			if l := j.lives[c.conn.Session]; l != nil && (l.ended == 0 || l.ended > c.reply.Seq) {
				j.find(blame("P14", c), "%v is answered with SESSIONEXPIRED, but session %#x lives", c.op.Code, c.conn.Session)
			}
			continue
		}
		if c.write() {
			j.refused(c)
			continue
		}
		// A server shows whole revisions.
		d := j.tree.at(last(revision(c.zxid()))).draft(c.zxid())
		want := d.do(c.who(), c.op)
		if diff := differs(c, want, d); diff != "" {
			j.find(blame("P6", c), "%v of %q at %#x: %s", c.op.Code, c.op.Path, c.zxid(), diff)
		}
	}
}

// expired reports whether the session is said to be gone.
func (c *call) expired() bool {
	r := c.got.Results
	return c.reply.Frame.Err == wire.SessionExpired || c.op.Code == wire.Multi && len(r) > 0 && r[0].Err == wire.SessionExpired
}

// refused judges a write that was answered to have changed nothing: that was
// right at some moment behind what was acknowledged before it was asked for.
func (j *court) refused(c *call) {
	floor := j.floor(c.sent.Seq)
	to := last(revision(c.zxid()))
	if c.zxid() < floor {
		to = j.latest(c.reply.Seq)
	}
	diff := ""
	for _, z := range append(j.points(floor, to), to) {
		d := j.tree.at(z).draft(z)
		if diff = differs(c, d.do(c.who(), c.op), d); diff == "" {
			return
		}
	}
	j.find(blame("P2", c), "%v of %q at %#x: at no moment from %#x to %#x was that right; at the last %s", c.op.Code, c.op.Path, c.zxid(), floor, to, diff)
}

// differs says how a reply differs from what it must be, "" if it does not.
func differs(c *call, want answer, d *draft) string {
	if got := c.reply.Frame.Err; got != want.err {
		return fmt.Sprintf("it is answered with %v, not %v", got, want.err)
	}
	if want.err != wire.OK {
		return ""
	}
	return differsReply(c.op, c.got, want.reply, d)
}

func differsReply(op wire.Op, got, want wire.Reply, d *draft) string {
	switch {
	case got.Path != want.Path:
		return fmt.Sprintf("path %q, not %q", got.Path, want.Path)
	case !bytes.Equal(got.Data, want.Data) || (got.Data == nil) != (want.Data == nil):
		return fmt.Sprintf("data %s, not %s", showData(got.Data), showData(want.Data))
	case !sameNames(got.Children, want.Children):
		return fmt.Sprintf("names %v, not %v", got.Children, want.Children)
	case !slices.Equal(got.ACL, want.ACL):
		return fmt.Sprintf("ACL %v, not %v", got.ACL, want.ACL)
	case got.Number != want.Number:
		return fmt.Sprintf("number %d, not %d", got.Number, want.Number)
	case len(got.Results) != len(want.Results):
		return fmt.Sprintf("%d results, not %d", len(got.Results), len(want.Results))
	}
	if op.Code != wire.Multi {
		if diff := differsStat(op, got.Stat, want.Stat, d.get(op.Path)); diff != "" {
			return diff
		}
	}
	for i, x := range got.Results {
		w := want.Results[i]
		if x.Code != w.Code || x.Err != w.Err {
			return fmt.Sprintf("result %d is %v %v, not %v %v", i, x.Code, x.Err, w.Code, w.Err)
		}
		sub := op.Ops[i]
		sub.Code = wire.Multi // its Stat may be of a state within the multi
		if diff := differsReply(sub, x.Reply, w.Reply, d); diff != "" {
			return fmt.Sprintf("result %d: %s", i, diff)
		}
		if diff := differsStat(op.Ops[i], x.Reply.Stat, w.Reply.Stat, d.get(op.Ops[i].Path)); diff != "" {
			return fmt.Sprintf("result %d: %s", i, diff)
		}
	}
	return ""
}

// differsStat compares Stats. Times that the model does not know are 0. Where a
// lease took children away the pzxid is not settled before a server has stored
// it, and a write may have been planned, and answered, as if they were there.
func differsStat(op wire.Op, got, want *wire.Stat, n *node) string {
	if got == nil || want == nil {
		if got != want {
			return "a Stat that should not be there, or none"
		}
		return ""
	}
	w := *want
	if w.Ctime == 0 && w.Czxid != 0 {
		w.Ctime = got.Ctime
	}
	if w.Mtime == 0 && w.Mzxid != 0 {
		w.Mtime = got.Mtime
	}
	if n != nil && n.lost && isWrite(op.Code) {
		w.NumChildren, w.Cversion = got.NumChildren, got.Cversion
	}
	if n != nil && n.robbed && got.Pzxid >= w.Pzxid || n != nil && n.lost && isWrite(op.Code) {
		w.Pzxid = got.Pzxid
	}
	if *got != w {
		return fmt.Sprintf("Stat %s, not %s", showStat(got), showStat(&w))
	}
	return ""
}

func sameNames(got, want []string) bool {
	got = slices.Clone(got)
	slices.Sort(got)
	return slices.Equal(got, want)
}

func showData(b []byte) string {
	if b == nil {
		return "null"
	}
	return strconv.Quote(string(b))
}

func showStat(s *wire.Stat) string {
	return fmt.Sprintf("{c %#x m %#x p %#x times %d %d versions %d %d %d owner %#x length %d children %d}",
		s.Czxid, s.Mzxid, s.Pzxid, s.Ctime, s.Mtime, s.Version, s.Cversion, s.Aversion, s.EphemeralOwner, s.DataLength, s.NumChildren)
}
