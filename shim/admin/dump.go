package admin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/shim/znode"
)

// javaDate is how Java prints a date.
const javaDate = "Mon Jan 02 15:04:05 MST 2006"

// dump prints the sessions of this server and the connections by the time at
// which they expire, and all ephemeral znodes by session.
func (w *Words) dump() string {
	tick := w.source.Settings().TickTime
	now := w.now()
	sessions := expiries{}
	deadlines := map[znode.SessionID]time.Time{}
	for _, s := range w.source.Sessions() {
		at := now.Add(s.Timeout - s.Heard)
		deadlines[s.ID] = at
		sessions.add(at, tick, fmt.Sprintf("0x%x", int64(s.ID)))
	}
	conns := expiries{}
	for _, c := range w.source.Connections() {
		at, ok := deadlines[c.Session]
		if !ok {
			at = c.Established.Add(w.source.Settings().HandshakeTimeout)
		}
		conns.add(at, tick, fmt.Sprintf("ip: %s sessionId: 0x%x", c.Remote, int64(c.Session)))
	}
	owners := w.source.Ephemerals()

	var b strings.Builder
	b.WriteString("SessionTracker dump:\nSession ")
	sessions.print(&b)
	fmt.Fprintf(&b, "ephemeral nodes dump:\nSessions with Ephemerals (%d):\n", len(owners))
	for _, o := range owners {
		fmt.Fprintf(&b, "0x%x:\n", int64(o.Session))
		for _, p := range o.Paths {
			fmt.Fprintf(&b, "\t%s\n", p)
		}
	}
	b.WriteString("Connections dump:\nConnections ")
	conns.print(&b)
	return b.String()
}

// expiries are things by the tick in which they expire (ExpiryQueue).
type expiries map[int64][]string

func (e expiries) add(at time.Time, tick time.Duration, name string) {
	ms := max(tick.Milliseconds(), 1)
	round := (at.UnixMilli()/ms + 1) * ms
	e[round] = append(e[round], name)
}

func (e expiries) print(b *strings.Builder) {
	total := 0
	times := make([]int64, 0, len(e))
	for at, names := range e {
		times = append(times, at)
		total += len(names)
	}
	slices.Sort(times)
	fmt.Fprintf(b, "Sets (%d)/(%d):\n", len(times), total)
	for _, at := range times {
		names := e[at]
		slices.Sort(names)
		fmt.Fprintf(b, "%d expire at %s:\n", len(names), time.UnixMilli(at).Format(javaDate))
		for _, name := range names {
			fmt.Fprintf(b, "\t%s\n", name)
		}
	}
}
