package sim

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

var (
	flagSeeds = flag.Int("seeds", 300, "how many seeds TestSimulation runs")
	flagFirst = flag.Uint64("first", 1, "the first of them")
	flagSeed  = flag.Uint64("seed", 0, "run this seed alone, with logs if -v is given")
	flagSteps = flag.Int("steps", 500, "steps of a run")
	flagProcs = flag.Int("procs", 1, "processors to use: with more, seeds repeat less often")
)

func TestMain(m *testing.M) {
	flag.Parse()
	runtime.GOMAXPROCS(*flagProcs)
	os.Exit(m.Run())
}

// run runs one seed in a bubble of its own.
func run(t *testing.T, o Options) (out *Result) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, o.Seed)
	defer func() {
		if out == nil { // the bubble could not be left
			fmt.Fprintf(os.Stderr, "seed %d failed\n", o.Seed)
		}
	}()
	synctest.Test(t, func(*testing.T) { out = Run(o) })
	return out
}

func TestSimulation(t *testing.T) {
	o := Options{Steps: *flagSteps, Log: zerolog.Nop()}
	if *flagSeed != 0 {
		o.Seed = *flagSeed
		if testing.Verbose() {
			o.Log = zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true, TimeFormat: "15:04:05.000000"}).With().Timestamp().Logger()
		}
		judgeOne(t, o)
		return
	}
	seeds := *flagSeeds
	if testing.Short() {
		seeds = min(seeds, 20)
	}
	began, requests, events := time.Now(), 0, 0
	for i := range seeds {
		o.Seed = *flagFirst + uint64(i)
		t.Run(fmt.Sprint(o.Seed), func(t *testing.T) {
			out := judgeOne(t, o)
			requests += out.Requests
			events += out.Events
		})
	}
	t.Logf("%d seeds in %v: %d requests, %d events", seeds, time.Since(began).Round(time.Millisecond), requests, events)
}

func judgeOne(t *testing.T, o Options) *Result {
	t.Helper()
	out := run(t, o)
	if len(out.Violations) > 0 {
		t.Error(out.Report(o.Seed, o.Steps))
	}
	return out
}
