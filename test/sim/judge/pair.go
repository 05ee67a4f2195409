package judge

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// pair gives each request its reply: they come in the order of the requests.
func (j *court) pair() {
	for _, conn := range j.h.Conns {
		j.pairConn(conn)
	}
	slices.SortFunc(j.calls, func(a, b *call) int { return cmp.Compare(a.sent.Seq, b.sent.Seq) })
	for _, c := range j.calls {
		switch {
		case c.done() && !j.belated(c) && c.op.Code != wire.CloseSession: // which may have ended otherwise
			j.acked[c.zxid()] = append(j.acked[c.zxid()], c)
		case c.done() || c.write() && !c.answered():
			j.pending = append(j.pending, c)
		}
	}
}

// belated reports whether the reply may have a higher zxid than the change: a
// server that got its own change by reading the whole store answers with what it
// has told of since.
func (j *court) belated(c *call) bool { return j.loaded(c) > 0 && !j.shown(c) }

// shown reports whether the revision of a reply changed, at the position of the
// reply, something that the request is about.
func (j *court) shown(c *call) bool {
	rev := revision(c.zxid())
	if c.zxid() == last(rev) {
		return false // no request has that position
	}
	i, found := slices.BinarySearchFunc(j.h.Changes, rev, func(x Change, rev int64) int { return cmp.Compare(x.Revision, rev) })
	if !found {
		return false
	}
	s, err := decodeChange(j.h.Changes[i])
	if err != nil {
		return false
	}
	about := func(path string) bool {
		return slices.ContainsFunc(append(c.op.Ops, c.op), func(op wire.Op) bool {
			return op.Path != "" && strings.HasPrefix(path, op.Path)
		})
	}
	if s.journal == nil || c.op.Code == wire.SetACL {
		return slices.ContainsFunc(s.order, about)
	}
	return slices.ContainsFunc(s.journal, func(e journalEntry) bool { return e.pos == c.zxid()&0xfff && about(e.path) })
}

// loaded is the last revision that the server has read as a whole between a
// request and its reply, 0 if there is none.
func (j *court) loaded(c *call) int64 {
	rev := int64(0)
	for _, l := range j.h.Loads {
		if l.Server == c.conn.Server && l.Seq > c.sent.Seq && l.Seq < c.reply.Seq {
			rev = max(rev, l.Revision)
		}
	}
	return rev
}

func (j *court) pairConn(conn *Conn) {
	var waiting []*call
	var before *call
	for i := range conn.Log {
		e := &conn.Log[i]
		switch e.Kind {
		case Sent:
			c := &call{conn: conn, sent: e, op: e.Op, after: before}
			before = c
			j.calls = append(j.calls, c)
			waiting = append(waiting, c)
		case Got:
			if e.Frame.Xid == wire.XidEvent {
				continue
			}
			at := Violation{Property: "P4", Seq: e.Seq, Conn: conn}
			if len(waiting) == 0 {
				j.find(at, "a reply with xid %d to no request", e.Frame.Xid)
				return
			}
			c := waiting[0]
			waiting = waiting[1:]
			if e.Frame.Xid != c.sent.Xid {
				j.find(at, "a reply with xid %d, but %d (%v) comes first", e.Frame.Xid, c.sent.Xid, c.op.Code)
				return
			}
			c.reply = e
			if e.Frame.Err != wire.OK {
				continue
			}
			var err error
			if c.got, err = wire.DecodeReply(c.op.Code, e.Frame.Body); err != nil || len(c.got.Rest) > 0 {
				j.find(at, "a reply to %v that cannot be read", c.op.Code)
			}
		case Asked, Welcomed, Ended:
		}
	}
}

// datings finds out when data were written. Revisions that cannot be read are
// replay's to report.
func (j *court) datings() {
	j.written = map[string]int64{}
	for _, c := range j.h.Changes {
		s, err := decodeChange(c)
		if err != nil {
			continue
		}
		for _, n := range s.nodes {
			switch {
			case n == nil || len(n.data) == 0:
			case n.mzxid < 0:
				j.written[string(n.data)] = first(c.Revision) | ^n.mzxid
			default:
				j.written[string(n.data)] = n.mzxid
			}
		}
	}
}
