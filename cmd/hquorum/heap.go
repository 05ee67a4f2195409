package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// roomyHeap is the size in bytes below which the heap may grow before garbage is
// collected, however little of it is alive. By its own measure, twice what is
// alive, Go would collect a heap of a few MiB a hundred times a second under
// load, for a quarter of the CPU. Beyond, twice what is alive it is.
const roomyHeap = 128 << 20

// settings are the variables by which an operator tells Go's collector what to
// do.
var settings = []string{"GOGC", "GOMEMLIMIT"}

// roomy sets the collector's pace now and after each collection, unless the
// environment has set it.
func roomy(lookup func(string) (string, bool)) {
	for _, name := range settings {
		if _, set := lookup(name); set {
			return
		}
	}
	new(pace).follow()
}

// pace is the collector's, a percentage as in GOGC.
type pace struct{ percent int }

// follow sets the pace, and again when the next collection finds that nobody
// holds the object that it leaves behind.
func (p *pace) follow() {
	p.set()
	type sentinel struct{ _ *pace }
	runtime.AddCleanup(&sentinel{p}, (*pace).follow, p)
}

func (p *pace) set() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(sample)
	percent := pacePercent(sample[0].Value.Uint64(), sample[1].Value.Uint64()+sample[2].Value.Uint64())
	if percent != p.percent { // setting it stops the world for a moment
		debug.SetGCPercent(percent)
		p.percent = percent
	}
}

// pacePercent returns the pace at which a heap of live bytes grows to roomyHeap,
// in steps of 25. Go takes it of the live heap and of the roots, which are stacks
// and globals.
func pacePercent(live, roots uint64) int {
	const least, most, step = 100, 1000, 25
	percent := (roomyHeap - float64(live)) / math.Max(float64(live+roots), 1) * 100
	return int(math.Min(math.Max(percent, least), most)) / step * step
}
