package admin

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hquorum/hquorum/shim/conn"
)

// compatible is the ZooKeeper whose behaviour is kept; parsers want it first.
const compatible = "3.9.5"

func (w *Words) srvr() string { return w.server(false) }
func (w *Words) stat() string { return w.server(true) }

func (w *Words) server(clients bool) string {
	var b strings.Builder
	b.WriteString("Zookeeper version: " + w.version() + "\n")
	if clients {
		b.WriteString("Clients:\n")
		for _, c := range w.source.Connections() {
			b.WriteString(describe(c, true) + "\n")
		}
		b.WriteString("\n")
	}
	f := w.source.Figures()
	l := f.Traffic.All()
	fmt.Fprintf(&b, "Latency min/avg/max: %d/%s/%d\n", l.Min.Milliseconds(), average(l), l.Max.Milliseconds())
	fmt.Fprintf(&b, "Received: %d\nSent: %d\n", f.Traffic.Received, f.Traffic.Sent)
	fmt.Fprintf(&b, "Connections: %d\nOutstanding: %d\n", f.Connections, f.Outstanding)
	fmt.Fprintf(&b, "Zxid: 0x%x\nMode: standalone\nNode count: %d\n", int64(f.Zxid), f.Nodes)
	return b.String()
}

// average writes milliseconds as Java does: at least one and at most four
// decimals.
func average(l conn.Latency) string { return decimal(rounded(l.Avg())) }

// rounded returns d in milliseconds.
func rounded(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*1e4) / 1e4
}

func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// version names the compatible ZooKeeper and what this really is.
func (w *Words) version() string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '-'
	}, w.source.Settings().Version)
	if clean == "" {
		clean = "devel"
	}
	return compatible + "-hquorum-" + clean + ", built on " + built().UTC().Format("01/02/2006 15:04 MST")
}

// built is when the program was built, or its source was committed.
var built = sync.OnceValue(func() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key != "vcs.time" {
				continue
			}
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return t
			}
		}
	}
	if name, err := os.Executable(); err == nil {
		if info, err := os.Stat(name); err == nil {
			return info.ModTime()
		}
	}
	return time.Unix(0, 0)
})
