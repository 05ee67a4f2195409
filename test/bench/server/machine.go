package server

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Busy is the CPU time that the whole machine has used since it started, what a
// hypervisor gave to others included.
func Busy() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal guest guest_nice
	if len(fields) < 9 {
		return 0, fmt.Errorf("/proc/stat begins with %q", line)
	}
	var busy time.Duration
	for i, field := range fields[1:9] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		if i != 3 && i != 4 { // idle and iowait
			busy += time.Duration(ticks) * clockTick
		}
	}
	return busy, nil
}

// AwaitQuiet waits until the machine does nearly nothing, at most limit, and
// returns the share of its CPU that was busy at last.
func AwaitQuiet(ctx context.Context, limit time.Duration) (share float64, err error) {
	const look, enough = 500 * time.Millisecond, 0.08
	for deadline := time.Now().Add(limit); ; {
		before, err := Busy()
		if err != nil {
			return 0, err
		}
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		after, err := Busy()
		if err != nil {
			return 0, err
		}
		share = Share(after-before, look)
		if share < enough || time.Now().After(deadline) {
			return share, nil
		}
	}
}

// Share is the part of all of the machine's CPU that cpu is in a time.
func Share(cpu, elapsed time.Duration) float64 {
	return max(0, cpu.Seconds()/elapsed.Seconds()/float64(runtime.NumCPU()))
}
