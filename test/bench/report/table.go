package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hquorum/hquorum/test/bench/server"
)

// writeTables prints the rows as Markdown tables, one for each scenario, that
// are also readable as they are.
func writeTables(w io.Writer, rows []*Row) error {
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Scenario == rows[0].Scenario {
			n++
		}
		if err := writeScenario(w, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func writeScenario(w io.Writer, rows []*Row) error {
	title := []string{
		"op", "conns×window", "hquorum", "p50/p99 ms", "CPU µs", "ZooKeeper", "p50/p99 ms", "CPU µs",
		"ratio (min–max)", "RSS MB", "targets", "limit", "of it", "gen. µs", "others",
	}
	cells := [][]string{title}
	for _, r := range rows {
		cells = append(cells, r.cells())
	}
	cells = dropEmpty(cells)
	width := make([]int, len(cells[0]))
	for _, row := range cells {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "\n### %s\n\n", rows[0].Scenario)
	for n, row := range cells {
		for i, cell := range row {
			text.WriteString("| " + cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+1))
		}
		text.WriteString("|\n")
		if n == 0 {
			for _, wide := range width {
				text.WriteString("|" + strings.Repeat("-", wide+2))
			}
			text.WriteString("|\n")
		}
	}
	for i, line := range more(rows) {
		if i == 0 {
			text.WriteString("\n")
		}
		text.WriteString("- " + line + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (r *Row) cells() []string {
	cells := []string{r.Op, r.Shape}
	for _, name := range []server.Name{server.Hquorum, server.ZooKeeper} {
		cells = append(cells, r.speed(name), r.latency(name), micros(of(r, name, func(p Point) time.Duration { return p.CPU })))
	}
	ratios := r.Ratios()
	ratio := ""
	if n := len(ratios); n > 0 {
		ratio = fmt.Sprintf("**%.2f** (%.2f–%.2f)", median(ratios), ratios[0], ratios[n-1])
	}
	var verdicts []string
	for _, v := range r.Verdicts() {
		verdicts = append(verdicts, map[bool]string{true: "✓", false: "✗"}[v.Reached]+v.What)
	}
	limit, share := r.speed(server.Limit), ""
	if l := of(r, server.Limit, speed); l > 0 {
		share = fmt.Sprintf("%.0f %%", 100*of(r, server.Hquorum, speed)/l)
	}
	generator := micros(of(r, server.Hquorum, func(p Point) time.Duration { return p.GeneratorCPU }))
	others := fmt.Sprintf("%.0f %%", 100*max(
		of(r, server.Hquorum, func(p Point) float64 { return p.Others }),
		of(r, server.ZooKeeper, func(p Point) float64 { return p.Others })))
	return append(cells, ratio, r.memory(), strings.Join(verdicts, " "), limit, share, generator, others)
}

func (r *Row) speed(name server.Name) string {
	switch took := of(r, name, func(p Point) time.Duration { return p.Took }); {
	case len(r.points[name]) == 0:
		return ""
	case took > 0:
		return millis(took) + " ms"
	}
	text := thousands(of(r, name, func(p Point) float64 { return p.Rate })) + "/s"
	if failed := of(r, name, func(p Point) int { return p.Failed }); failed > 0 {
		text += fmt.Sprintf(" %d failed!", failed)
	}
	if lost := of(r, name, func(p Point) int { return p.Lost }); lost > 0 {
		text += fmt.Sprintf(" %d lost!", lost)
	}
	return text
}

func (r *Row) latency(name server.Name) string {
	p50 := of(r, name, func(p Point) time.Duration { return p.P50 })
	p99 := of(r, name, func(p Point) time.Duration { return p.P99 })
	if p99 == 0 {
		return ""
	}
	return millis(p50) + "/" + millis(p99)
}

func (r *Row) memory() string {
	var parts []string
	for _, name := range []server.Name{server.Hquorum, server.ZooKeeper} {
		if rss := of(r, name, func(p Point) int64 { return p.RSS }); rss > 0 {
			parts = append(parts, strconv.FormatInt(rss>>20, 10))
		}
	}
	return strings.Join(parts, "/")
}

// more has a line for each server of a row that has something more to tell.
func more(rows []*Row) (lines []string) {
	for _, r := range rows {
		for _, name := range []server.Name{server.Hquorum, server.ZooKeeper, server.Limit} {
			keys := map[string]bool{}
			for _, p := range r.points[name] {
				for key := range p.More {
					keys[key] = true
				}
			}
			var parts []string
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				parts = append(parts, key+" "+trim(of(r, name, func(p Point) float64 { return p.More[key] })))
			}
			if len(parts) > 0 {
				lines = append(lines, fmt.Sprintf("%s %s, %s: %s", r.Op, r.Shape, name, strings.Join(parts, ", ")))
			}
		}
	}
	return lines
}

// dropEmpty takes out the columns that have nothing but a title.
func dropEmpty(cells [][]string) [][]string {
	out := make([][]string, len(cells))
	for i := range cells[0] {
		used := false
		for _, row := range cells[1:] {
			used = used || row[i] != ""
		}
		for n, row := range cells {
			if used {
				out[n] = append(out[n], row[i])
			}
		}
	}
	return out
}

func millis(d time.Duration) string {
	switch ms := d.Seconds() * 1e3; {
	case ms >= 100:
		return fmt.Sprintf("%.0f", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f", ms)
	default:
		return fmt.Sprintf("%.2f", ms)
	}
}

func micros(d time.Duration) string {
	if d == 0 {
		return ""
	}
	if d < 10*time.Microsecond {
		return fmt.Sprintf("%.1f", d.Seconds()*1e6)
	}
	return fmt.Sprintf("%.0f", d.Seconds()*1e6)
}

func thousands(v float64) string {
	digits := strconv.FormatInt(int64(v+0.5), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func trim(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
