package report

import (
	"slices"

	"github.com/hquorum/hquorum/test/bench/server"
)

// number is what can be averaged.
type number interface{ ~int | ~int64 | ~float64 }

// median of no values is 0, and of an even number the mean of the middle two.
func median[T number](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// of returns the median over a server's rounds of what get takes from a point.
func of[T number](r *Row, name server.Name, get func(Point) T) T {
	var values []T
	for _, p := range r.points[name] {
		values = append(values, get(p))
	}
	return median(values)
}

// speed is such that more is faster.
func speed(p Point) float64 {
	if p.Took > 0 {
		return 1 / p.Took.Seconds()
	}
	return p.Rate
}

// Ratios are hquorum's speed over ZooKeeper's, round by round, in order.
func (r *Row) Ratios() []float64 {
	var ratios []float64
	for _, h := range r.points[server.Hquorum] {
		for _, z := range r.points[server.ZooKeeper] {
			if h.Round == z.Round && speed(z) > 0 {
				ratios = append(ratios, speed(h)/speed(z))
			}
		}
	}
	slices.Sort(ratios)
	return ratios
}

// Verdict is one target, and whether it was reached.
type Verdict struct {
	What    string
	Reached bool
}

// Verdicts compares the row with its target. There are none without both servers.
func (r *Row) Verdicts() []Verdict {
	ratios := r.Ratios()
	if len(ratios) == 0 {
		return nil
	}
	var all []Verdict
	judge := func(wanted bool, what string, reached bool) {
		if wanted {
			all = append(all, Verdict{What: what, Reached: reached})
		}
	}
	t := r.Target
	judge(t.Ratio > 0, "≥"+trim(t.Ratio)+"×", median(ratios) >= t.Ratio)
	both := func(get func(Point) int64) (h, z int64) {
		return of(r, server.Hquorum, get), of(r, server.ZooKeeper, get)
	}
	h, z := both(func(p Point) int64 { return int64(p.P99) })
	judge(t.P99, "p99", h <= z)
	h, z = both(func(p Point) int64 { return int64(p.CPU) })
	judge(t.CPU, "CPU", 2*h <= z)
	h, z = both(func(p Point) int64 { return p.RSS })
	judge(t.Memory, "RSS", h < z)
	var bad int
	for _, p := range r.points[server.Hquorum] {
		bad += p.Lost + p.Failed
	}
	judge(t.Whole, "none lost", bad == 0)
	return all
}
