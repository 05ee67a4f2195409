package sim

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// TestRepeats runs seeds twice and counts those that do not give the same
// history. The runtime does not promise any, see the package's documentation; if
// most of them fail, something draws from a source that no seed decides.
func TestRepeats(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector, which goes with -short, shuffles goroutines")
	}
	const seeds = 20
	same := 0
	for seed := uint64(1); seed <= seeds; seed++ {
		o := Options{Seed: seed, Steps: *flagSteps, Log: zerolog.Nop()}
		first, second := timeline(run(t, o)), timeline(run(t, o))
		if n := common(first, second); n == len(first) && n == len(second) {
			same++
		} else {
			a, b := first[min(n, len(first)-1)], second[min(n, len(second)-1)]
			t.Logf("seed %d differs from line %d on:\n%v %s\n%v %s", seed, n, a.at, a.text, b.at, b.text)
		}
	}
	t.Logf("%d of %d seeds repeat exactly", same, seeds)
	if same < seeds/2 {
		t.Errorf("only %d of %d seeds give the same history again", same, seeds)
	}
}

// timeline is a history without what depends on the order of what happens in the
// same instant.
func timeline(r *Result) []line {
	out := r.lines()
	for i := range out {
		if head, tail, ok := strings.Cut(out[i].text, "#"); ok && out[i].conn != nil {
			_, tail, _ = strings.Cut(tail, " ")
			out[i].text = head + " " + tail
		}
	}
	slices.SortFunc(out, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.text, b.text))
	})
	return out
}

// common is how many lines two histories have in common at their beginnings.
func common(a, b []line) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].at == b[n].at && a[n].text == b[n].text {
		n++
	}
	return n
}
