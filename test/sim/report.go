package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/test/sim/judge"
	"github.com/hquorum/hquorum/test/wire"
)

// line is a line of a history as people read it.
type line struct {
	seq  judge.Seq
	at   time.Duration
	text string
	conn *judge.Conn
}

// Lines returns the history, in order, one line for whatever happened.
func (r *Result) lines() []line {
	var out []line
	for _, n := range r.notes {
		out = append(out, line{n.seq, n.at, "     == " + n.text, nil})
	}
	for _, c := range r.History.Changes {
		out = append(out, line{c.Seq, c.At, "     ## " + judge.Describe(c), nil})
	}
	for _, l := range r.History.Loads {
		out = append(out, line{l.Seq, l.At, fmt.Sprintf("     == %s loads revision %d, it was told of %d", l.Server, l.Revision, l.Emitted), nil})
	}
	for i, c := range r.History.Conns {
		for _, e := range c.Log {
			text := fmt.Sprintf("%s@%s#%d %s", c.Client, c.Server, i, describe(e))
			out = append(out, line{e.Seq, e.At, text, c})
		}
	}
	slices.SortFunc(out, func(a, b line) int { return cmp.Compare(a.seq, b.seq) })
	return out
}

// Report tells of the first violations, each with what happened around it.
func (r *Result) Report(seed uint64, steps int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d violations. Repeat it with\n\n\tgo test ./test/sim -run TestSimulation -seed %d -steps %d -v\n", seed, len(r.Violations), seed, steps)
	all := r.lines()
	for i, v := range r.Violations {
		if i == 3 {
			fmt.Fprintf(&b, "\nand %d more\n", len(r.Violations)-i)
			break
		}
		fmt.Fprintf(&b, "\n%s at %d: %s\n", v.Property, v.Seq, v.Text)
		for _, l := range relevant(all, v) {
			fmt.Fprintf(&b, "  %6d %11v %s\n", l.seq, l.at, l.text)
		}
	}
	return b.String()
}

// relevant picks the lines about the violation's znode and connection, and what
// happened right before it.
func relevant(all []line, v judge.Violation) []line {
	const before, near, most = 4000, 25, 150
	var out []line
	for _, l := range all {
		if l.seq > v.Seq+3 || l.seq < v.Seq-before {
			continue
		}
		about := l.seq > v.Seq-near || l.conn != nil && (l.conn == v.Conn || v.Session != 0 && l.conn.Session == v.Session) || strings.Contains(l.text, "==")
		if v.Session != 0 && strings.Contains(l.text, fmt.Sprintf("%x", v.Session)) {
			about = true
		}
		if v.Path != "" && mentions(l.text, v.Path) {
			about = true
		}
		if about && !strings.Contains(l.text, "ping") {
			out = append(out, l)
		}
	}
	return out[max(len(out)-most, 0):]
}

func mentions(text, path string) bool {
	i := strings.Index(text, path)
	return i >= 0 && (i+len(path) == len(text) || !strings.ContainsRune("/-0123456789", rune(text[i+len(path)])))
}

func describe(e judge.Entry) string {
	switch e.Kind {
	case judge.Asked:
		return fmt.Sprintf("-> connect session %#x zxid %#x", e.Session, e.Zxid)
	case judge.Welcomed:
		return fmt.Sprintf("<- welcome session %#x %s", e.Session, e.Text)
	case judge.Sent:
		return fmt.Sprintf("-> %d %s", e.Xid, describeOp(e.Op))
	case judge.Ended:
		return "-- " + e.Text
	case judge.Got:
	}
	f := e.Frame
	if f.Xid == wire.XidEvent {
		x, _ := wire.DecodeEvent(f.Body)
		return fmt.Sprintf("<- EVENT %v", judge.Event{Zxid: f.Zxid, Type: x.Type, Path: x.Path})
	}
	return fmt.Sprintf("<- %d %v at %#x", f.Xid, f.Err, f.Zxid)
}

func describeOp(op wire.Op) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s", op.Code, op.Path)
	switch op.Code {
	case wire.Create, wire.Create2, wire.CreateContainer, wire.CreateTTL:
		fmt.Fprintf(&b, " mode %d data %q", op.Flags, op.Data)
	case wire.SetData:
		fmt.Fprintf(&b, " version %d data %q", op.Version, op.Data)
	case wire.Delete, wire.Check, wire.SetACL:
		fmt.Fprintf(&b, " version %d", op.Version)
	case wire.AddWatch, wire.RemoveWatches, wire.CheckWatches:
		fmt.Fprintf(&b, " mode %d", op.Mode)
	case wire.SetWatches, wire.SetWatches2:
		fmt.Fprintf(&b, " zxid %#x %v", op.Zxid, op.Lists)
	case wire.Multi, wire.MultiRead:
		for _, sub := range op.Ops {
			b.WriteString("; " + describeOp(sub))
		}
	}
	if op.Watch {
		b.WriteString(" and watch")
	}
	return b.String()
}
