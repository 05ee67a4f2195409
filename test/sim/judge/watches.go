package judge

import (
	"fmt"
	"slices"
	"sort"

	"github.com/hquorum/hquorum/test/wire"
)

// watches follows each connection: what it is told must be what its watches
// catch of the true events, in order, each before any reply that could show it.
func (j *court) watches() {
	calls := map[*Entry]*call{}
	for _, c := range j.calls {
		if c.reply != nil {
			calls[c.reply] = c
		}
	}
	for _, conn := range j.h.Conns {
		if conn.Session == 0 {
			continue
		}
		loads := j.loadsOf(conn)
		v := j.follow(conn, calls, nil, loads)
		if v != nil {
			j.violations = append(j.violations, *v)
		}
	}
}

// loadsOf returns the loads of the connection's server while it was open.
func (j *court) loadsOf(conn *Conn) []Load {
	var out []Load
	for _, l := range j.h.Loads {
		if n := len(conn.Log); l.Server == conn.Server && n > 0 && l.Seq > conn.Log[0].Seq && (conn.Open || l.Seq < conn.Log[n-1].Seq) {
			out = append(out, l)
		}
	}
	return out
}

// follow judges a connection whose server had missed what lies between the
// revisions in gaps. For each load it tries all revisions that the server may
// have been at: it is right if one of them makes everything right.
func (j *court) follow(conn *Conn, calls map[*Entry]*call, gaps []span, loads []Load) *Violation {
	if len(loads) == 0 {
		f := follower{court: j, conn: conn, watcher: newWatcher(actor{conn.Session, conn.Digest}), source: j.source(gaps)}
		return f.run(calls)
	}
	load := loads[0]
	var why *Violation
	for _, from := range j.origins(load, gaps) {
		v := j.follow(conn, calls, append(slices.Clip(gaps), span{from, load.Revision}), loads[1:])
		if v == nil {
			return nil
		}
		if why == nil || v.Seq > why.Seq {
			why = v
		}
	}
	return why
}

// span is a range of revisions, from and to included in what is known.
type span struct{ from, to int64 }

// origins returns where a server may have been when it loaded: it was told of
// some revisions, and knows its own changes behind them.
func (j *court) origins(l Load, gaps []span) []int64 {
	out := []int64{l.Revision}
	low := l.Emitted
	if n := len(gaps); n > 0 {
		low = max(low, gaps[n-1].to)
	}
	for i := len(j.events) - 1; i >= 0; i-- {
		rev := revision(j.events[i].Zxid)
		if rev < low {
			break
		}
		if rev < l.Revision && rev != out[len(out)-1] {
			out = append(out, rev)
		}
	}
	if out[len(out)-1] > low {
		out = append(out, low)
	}
	return out
}

// source returns the events that a server tells which knows the gaps only from
// comparing.
func (j *court) source(gaps []span) []Event {
	out := j.events
	for _, g := range gaps {
		if g.from >= g.to {
			continue
		}
		before := sort.Search(len(out), func(i int) bool { return revision(out[i].Zxid) > g.from })
		after := sort.Search(len(out), func(i int) bool { return revision(out[i].Zxid) > g.to })
		out = slices.Concat(out[:before], gap(j.tree.at(last(g.from)), j.tree.at(last(g.to))), out[after:])
	}
	return out
}

// follower goes through the log of one connection.
type follower struct {
	*court
	*watcher
	conn   *Conn
	source []Event
	next   int     // of source
	owed   []Event // caught, but not seen yet
	caught []Event // told by a setWatches that is not answered yet
}

func (f *follower) run(calls map[*Entry]*call) *Violation {
	for i := range f.conn.Log {
		e := &f.conn.Log[i]
		if e.Kind != Got {
			continue
		}
		if e.Frame.Xid == wire.XidEvent {
			if v := f.event(e); v != nil {
				return v
			}
			continue
		}
		c := calls[e]
		if c == nil {
			return nil // pair has said why
		}
		if v := f.reply(c); v != nil {
			return v
		}
	}
	if f.conn.Open && len(f.owed) > 0 {
		return f.blame("P10", &f.conn.Log[len(f.conn.Log)-1], "never told of %v", f.owed[0])
	}
	return nil
}

func (f *follower) blame(property string, e *Entry, format string, args ...any) *Violation {
	return &Violation{Property: property, Seq: e.Seq, Conn: f.conn, Text: fmt.Sprintf(format, args...)}
}

// event judges an event that the client was told.
func (f *follower) event(e *Entry) *Violation {
	x, err := wire.DecodeEvent(e.Frame.Body)
	if err != nil || x.State != 3 || e.Frame.Err != wire.OK {
		return f.blame("P10", e, "an event that cannot be read, or with a strange state")
	}
	got := Event{Zxid: e.Frame.Zxid, Type: x.Type, Path: x.Path}
	if got.Zxid == noZxid {
		f.caught = append(f.caught, got)
		return nil
	}
	for len(f.owed) == 0 && f.next < len(f.source) && f.source[f.next].Zxid <= got.Zxid {
		f.feed()
	}
	if len(f.owed) == 0 {
		v := f.blame("P10", e, "told of %v, which it does not watch or knows already", got)
		v.Path = got.Path
		return v
	}
	if want := f.owed[0]; !sameEvent(want, got) {
		v := f.blame("P10", e, "told of %v, before that %v is missing", got, want)
		v.Path = want.Path
		return v
	}
	f.owed = f.owed[1:]
	return nil
}

func sameEvent(a, b Event) bool { return a.Zxid == b.Zxid && a.Type == b.Type && a.Path == b.Path }

func (f *follower) feed() {
	f.owed = append(f.owed, f.told(f.source[f.next])...)
	f.next++
}

// reply judges what must have been told before a reply.
func (f *follower) reply(c *call) *Violation {
	if z := c.zxid(); z > 0 {
		for f.next < len(f.source) && f.source[f.next].Zxid <= z {
			f.feed()
		}
		if len(f.owed) > 0 {
			v := f.blame("P11", c.reply, "%v is answered at %#x before the client was told of %v", c.op.Code, z, f.owed[0])
			v.Path = f.owed[0].Path
			return v
		}
	}
	if c.op.Code == wire.SetWatches || c.op.Code == wire.SetWatches2 {
		want := f.rearm(c.op, f.tree.at(last(revision(c.zxid()))))
		got := f.caught
		f.caught = nil
		if !slices.EqualFunc(got, want, sameEvent) {
			return f.blame("P12", c.reply, "setWatches tells %v, not %v", got, want)
		}
		return nil
	}
	if len(f.caught) > 0 {
		return f.blame("P12", c.reply, "told of %v without a setWatches", f.caught)
	}
	if !f.answered(c) {
		return f.blame("P10", c.reply, "%v of %q is answered with %v", c.op.Code, c.op.Path, c.reply.Frame.Err)
	}
	return nil
}

// String names what happened, the way ZooKeeper does.
func (e Event) String() string {
	names := map[int32]string{
		wire.EventCreated: "created", wire.EventDeleted: "deleted",
		wire.EventDataChanged: "dataChanged", wire.EventChildrenChanged: "childrenChanged",
	}
	return fmt.Sprintf("%s %s at %#x", names[e.Type], e.Path, e.Zxid)
}
