package histogram

import (
	"testing"
	"time"
)

func TestQuantilesAreRightWithinTheirPrecision(t *testing.T) {
	var h Histogram
	for i := range 100_000 {
		h.Record(time.Duration(i+1) * time.Microsecond)
	}
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 1} {
		want := time.Duration(q*100_000) * time.Microsecond
		if got := h.Quantile(q); got < want || float64(got) > float64(want)*1.017 {
			t.Errorf("Quantile(%v) = %v, want %v and at most 1.6 %% more", q, got, want)
		}
	}
}

func TestEveryDurationHasOneBucket(t *testing.T) {
	last := -1
	for shift := 1; shift < 43; shift++ {
		for _, d := range []time.Duration{1 << shift, 1<<shift + 1, 2<<shift - 1} {
			i := bucket(d)
			if i < last {
				t.Errorf("bucket(%d) = %d, before %d of a shorter one", d, i, last)
			}
			last = max(last, i)
			if upper(i) < d || i > 0 && upper(i-1) >= d {
				t.Errorf("%d is in bucket %d, which ends at %d after %d", d, i, upper(i), upper(i-1))
			}
		}
	}
	if last >= buckets || bucket(1<<62) >= buckets || bucket(-1) != 0 {
		t.Errorf("buckets end at %d of %d", last, buckets)
	}
}

func TestAddAndReset(t *testing.T) {
	var a, b Histogram
	a.Record(time.Millisecond)
	b.Record(time.Second)
	a.Add(&b)
	if a.Count() != 2 || a.Max() != time.Second || a.Quantile(1) != time.Second {
		t.Errorf("sum has %d, max %v", a.Count(), a.Max())
	}
	if a.Reset(); a.Count() != 0 || a.Quantile(0.5) != 0 {
		t.Error("Reset left something")
	}
}
