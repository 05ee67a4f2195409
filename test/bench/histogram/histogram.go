// Package histogram counts durations in buckets whose width grows with the
// duration, so that every quantile is right within 1.6 % at a fixed size.
//
// It asks: one goroutine at a time. The zero Histogram is empty and ready.
package histogram

import (
	"math/bits"
	"time"
)

const (
	precision = 6 // bits of a duration that are kept
	buckets   = (43-precision)<<precision + 2<<precision
	longest   = 1<<43 - 1 // nanoseconds, two and a half hours
)

// Histogram holds how often each duration was seen.
type Histogram struct {
	counts [buckets]uint64
	total  uint64
	max    time.Duration
}

// Record counts d. Negative durations count as 0, and those of more than two
// hours as the longest one that is told apart.
func (h *Histogram) Record(d time.Duration) {
	h.counts[bucket(d)]++
	h.total++
	h.max = max(h.max, d)
}

// Count is how many durations were recorded.
func (h *Histogram) Count() uint64 { return h.total }

// Max is the longest duration, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile returns the duration that the share q (0 to 1) of all durations does
// not exceed, and 0 if there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := max(1, uint64(q*float64(h.total)+0.5))
	var seen uint64
	for i, n := range h.counts {
		if seen += n; n > 0 && seen >= rank {
			return min(upper(i), h.max)
		}
	}
	return 0
}

// Add counts everything that other has.
func (h *Histogram) Add(other *Histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
	h.max = max(h.max, other.max)
}

// Reset empties h.
func (h *Histogram) Reset() { *h = Histogram{} }

func bucket(d time.Duration) int {
	v := uint64(min(max(d, 0), longest))
	shift := max(0, bits.Len64(v)-precision-1)
	return shift<<precision + int(v>>shift)
}

// upper is the longest duration of a bucket.
func upper(i int) time.Duration {
	shift := max(0, i>>precision-1)
	return time.Duration((uint64(i-shift<<precision)+1)<<shift - 1)
}
