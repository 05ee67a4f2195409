package report

import (
	"maps"
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/bench/server"
)

// Point is what one server did in one round.
type Point struct {
	Scenario string      `json:"scenario"`
	Op       string      `json:"op"`
	Shape    string      `json:"shape"` // connections×requests under way on each
	Server   server.Name `json:"server"`
	Round    int         `json:"round"`

	// One of the two is not 0.
	Rate float64       `json:"opsPerSecond,omitempty"`
	Took time.Duration `json:"tookNs,omitempty"` // until all of it was done

	P50          time.Duration      `json:"p50Ns,omitempty"`
	P99          time.Duration      `json:"p99Ns,omitempty"`
	CPU          time.Duration      `json:"cpuPerOpNs,omitempty"`          // the server's
	GeneratorCPU time.Duration      `json:"generatorCpuPerOpNs,omitempty"` // the load generator's
	Others       float64            `json:"others"`                        // share of the machine that neither of them used
	RSS          int64              `json:"rssBytes"`                      // the server's, at the end
	Failed       int                `json:"failed,omitempty"`              // requests
	Lost         int                `json:"lost,omitempty"`                // sessions
	More         map[string]float64 `json:"more,omitempty"`

	Target Target `json:"target"`
}

// Target is what hquorum is to reach beside ZooKeeper.
type Target struct {
	Ratio  float64 `json:"ratio,omitempty"`  // at least so many times as fast; 0 is no target
	P99    bool    `json:"p99,omitempty"`    // p99 no worse
	CPU    bool    `json:"cpu,omitempty"`    // at most half the CPU an operation
	Memory bool    `json:"memory,omitempty"` // less resident memory
	Whole  bool    `json:"whole,omitempty"`  // no request fails and no session is lost
}

// Row is all points of one scenario, op and shape.
type Row struct {
	Scenario, Op, Shape string
	Target              Target
	points              map[server.Name][]Point
}

// Rows groups points, in the order in which they first appear.
func Rows(points []Point) []*Row {
	var rows []*Row
	find := map[[3]string]*Row{}
	for _, p := range points {
		key := [3]string{p.Scenario, p.Op, p.Shape}
		row := find[key]
		if row == nil {
			row = &Row{Scenario: p.Scenario, Op: p.Op, Shape: p.Shape, Target: p.Target, points: map[server.Name][]Point{}}
			find[key] = row
			rows = append(rows, row)
		}
		row.points[p.Server] = append(row.points[p.Server], p)
	}
	for _, row := range rows {
		row.dropNoise()
	}
	return rows
}

// noise is the share of the machine that others may use for a point to count.
const noise = 0.15

// dropNoise leaves the rounds out in which others used the machine, if one is
// left without. A round counts only as a whole, for the sake of its ratio.
func (r *Row) dropNoise() {
	quiet := map[int]int{} // servers that had the machine for themselves, by round
	for _, points := range r.points {
		for _, p := range points {
			if p.Others <= noise {
				quiet[p.Round]++
			}
		}
	}
	servers := len(r.points)
	if most := slices.Max(append(slices.Collect(maps.Values(quiet)), 0)); most < servers {
		return
	}
	for name, points := range r.points {
		r.points[name] = slices.DeleteFunc(points, func(p Point) bool { return quiet[p.Round] < servers })
	}
}
