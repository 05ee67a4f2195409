package judge

import (
	"cmp"
	"slices"

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
		case c.done() && c.zxid()&0xfff != 0xfff:
			j.acked[c.zxid()] = append(j.acked[c.zxid()], c)
		case c.done() || c.write() && !c.answered():
			// A server that got its own change by reading the whole store
			// does not answer with the change's zxid.
			j.pending = append(j.pending, c)
		}
	}
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
