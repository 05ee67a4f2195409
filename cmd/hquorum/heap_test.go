package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestPacePercent(t *testing.T) {
	for _, c := range []struct {
		live, roots uint64 // MiB
		want        int
	}{
		{0, 0, 1000}, {5, 1, 1000}, {20, 4, 450}, {32, 0, 300}, {32, 64, 100}, {60, 2, 100}, {64, 0, 100}, {128, 0, 100}, {4096, 100, 100},
	} {
		if got := pacePercent(c.live<<20, c.roots<<20); got != c.want {
			t.Errorf("%d MiB alive, %d of roots: %d, want %d", c.live, c.roots, got, c.want)
		}
	}
}

// TestRoomy: the pace follows what is alive, and the operator's word counts.
func TestRoomy(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, name := range settings {
		roomy(func(s string) (string, bool) { return "", s == name })
		if got := gogc(); got != 100 {
			t.Errorf("with %s set: %d", name, got)
		}
	}
	runtime.GC() // what is alive is counted then
	roomy(func(string) (string, bool) { return "", false })
	if got := gogc(); got <= 100 {
		t.Errorf("with little alive: %d", got)
	}
	large := make([]byte, roomyHeap)
	for range 1000 { // the runtime cleans up beside us
		if runtime.GC(); gogc() == 100 {
			break
		}
	}
	if got := gogc(); got != 100 {
		t.Errorf("with much alive: %d", got)
	}
	runtime.KeepAlive(large)
}

func gogc() int {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}
