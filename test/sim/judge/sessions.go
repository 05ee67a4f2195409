package judge

import (
	"cmp"
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// life is a session's.
type life struct {
	id      int64
	began   Seq
	beganAt time.Duration
	epoch   int64
	moved   Seq // last
	timeout time.Duration
	ended   Seq // 0: it lives
	endedAt time.Duration
}

func (j *court) alive(id int64) bool {
	l := j.lives[id]
	return l != nil && l.ended == 0
}

// beginSessions takes what a revision says of sessions, their ends aside.
func (r *round) beginSessions() {
	for id, s := range r.s.sessions {
		if s == nil {
			continue
		}
		l := r.lives[id]
		switch {
		case l == nil:
			l = &life{id: id, began: r.c.Seq, beganAt: r.c.At}
			r.lives[id] = l
		case l.ended != 0:
			r.fail("P13", "", "session %#x comes back in revision %d", id, r.c.Revision)
		case s.epoch <= l.epoch: // several moves may fall into one revision
			r.fail("P13", "", "session %#x goes from epoch %d to %d in revision %d", id, l.epoch, s.epoch, r.c.Revision)
		}
		if s.lease != id {
			r.fail("P13", "", "session %#x is attached to lease %#x in revision %d", id, s.lease, r.c.Revision)
		}
		l.moved = r.c.Seq
		l.epoch, l.timeout = s.epoch, time.Duration(s.timeout)*time.Millisecond
	}
}

// endSessions checks that a session takes all its ephemerals along.
func (r *round) endSessions() bool {
	s := r.tree.at(last(r.c.Revision))
	for id, x := range r.s.sessions {
		l := r.lives[id]
		if x != nil || l == nil {
			continue
		}
		l.ended, l.endedAt = r.c.Seq, r.c.At
		if left := s.draft(0).ephemerals(id); len(left) > 0 {
			return r.fail("P13", left[0], "session %#x ends in revision %d and leaves %v", id, r.c.Revision, left)
		}
	}
	return true
}

// contact is when a session's client was certainly heard, or may have been.
type contact struct {
	at      time.Duration
	certain bool // it was answered
	by      Seq
}

// sessions checks when sessions have ended.
func (j *court) sessions() {
	heard := map[int64][]contact{}
	farewell := map[int64]Seq{}
	for _, conn := range j.h.Conns {
		for i := range conn.Log {
			if e := &conn.Log[i]; e.Kind == Asked {
				heard[conn.Session] = append(heard[conn.Session], contact{at: e.At})
			} else if e.Kind == Welcomed && i > 0 {
				heard[conn.Session] = append(heard[conn.Session], contact{conn.Log[i-1].At, true, e.Seq})
			}
		}
	}
	for _, c := range j.calls {
		x := contact{at: c.sent.At, certain: c.answered()}
		if x.certain {
			x.by = c.reply.Seq
		}
		heard[c.conn.Session] = append(heard[c.conn.Session], x)
		if c.op.Code == wire.CloseSession {
			farewell[c.conn.Session] = c.sent.Seq
		}
	}
	ids := make([]int64, 0, len(j.lives))
	for id := range j.lives {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(j.lives[a].began, j.lives[b].began) })
	for _, id := range ids {
		l := j.lives[id]
		if left, ok := farewell[id]; ok && l.ended != 0 && left < l.ended {
			continue
		}
		if len(heard[id]) > 0 { // else no client knows of it
			j.early(l, heard[id])
		}
		j.late(l, heard[id])
	}
}

// grace is how long the end of a session may take that was decided in time, while
// nothing is in trouble: its client may be heard again meanwhile.
const grace = 3 * time.Second

// early finds a session that ended although its client was heard in time.
func (j *court) early(l *life, heard []contact) {
	if l.ended == 0 || j.h.Lost[l.id] {
		return
	}
	times := []time.Duration{l.beganAt, l.endedAt}
	for _, x := range heard {
		if x.certain && x.by < l.ended {
			times = append(times, x.at)
		}
	}
	slices.Sort(times)
	longest := time.Duration(0)
	for i := 1; i < len(times); i++ {
		if l.endedAt-times[i]-j.troubled(times[i], l.endedAt) <= grace {
			longest = max(longest, times[i]-times[i-1])
		}
	}
	if longest < l.timeout {
		j.find(Violation{Property: "P14", Seq: l.ended, Session: l.id}, "session %#x ends, its client was never silent for more than %v lately, and its timeout is %v",
			l.id, longest, l.timeout)
	}
}

// troubled is how much of a time was troubled, overlaps counted twice.
func (j *court) troubled(from, to time.Duration) time.Duration {
	sum := time.Duration(0)
	for _, s := range j.h.Trouble {
		sum += max(min(s.To, to)-max(s.From, from), 0)
	}
	return sum
}

// late finds a session that lived on although its client was silent and nothing
// kept it from ending.
func (j *court) late(l *life, heard []contact) {
	end := l.endedAt
	if l.ended == 0 {
		end = j.end()
	}
	latest := l.beganAt
	for _, x := range heard {
		if x.at <= end {
			latest = max(latest, x.at)
		}
	}
	due := latest + l.timeout + j.h.Late
	if len(heard) == 0 {
		due += j.h.Late // nobody owns it, its lease has to end by itself
	}
	for _, s := range j.h.Trouble {
		if s.To >= latest && s.From <= due {
			due = max(due, s.To+2*l.timeout+j.h.Late)
		}
	}
	if end > due {
		j.find(Violation{Property: "P14", Seq: j.mark(end), Session: l.id}, "session %#x lives on until %v; its client was silent from %v on and its timeout is %v",
			l.id, end, latest, l.timeout)
	}
}

// end is when the run ended.
func (j *court) end() time.Duration {
	var end time.Duration
	for i := range j.h.Changes {
		end = max(end, j.h.Changes[i].At)
	}
	for _, c := range j.h.Conns {
		if n := len(c.Log); n > 0 {
			end = max(end, c.Log[n-1].At)
		}
	}
	return end
}

// mark is the number of what happened last at a time, or before.
func (j *court) mark(at time.Duration) Seq {
	var seq Seq
	for _, c := range j.h.Conns {
		for i := range c.Log {
			if e := &c.Log[i]; e.At <= at {
				seq = max(seq, e.Seq)
			}
		}
	}
	return seq
}
