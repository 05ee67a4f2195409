package diff

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// programSize is how many operations a random program has; a run is made of many.
const programSize = 400

// attempts counts programs, so that each has a place of its own.
var attempts atomic.Int64

// seen is what came up in all programs so far.
var seen coverage

// both runs the program on both servers and compares. An error is about the harness.
func both(p pair, program Program) (*Difference, error) {
	base := freshPlace(program)
	return compareRuns(program, func() (Transcript, error) { return Run(p.oracle.Addr(), base, program) },
		func() (Transcript, error) { return Run(p.test.Addr(), base, program) })
}

// freshPlace is a fresh place for the program.
func freshPlace(program Program) string {
	if program.Root {
		return ""
	}
	return fmt.Sprintf("/diff-%d-%06d", os.Getpid(), attempts.Add(1))
}

func compareRuns(program Program, onOracle, onTest func() (Transcript, error)) (*Difference, error) {
	var oracle, test Transcript
	var oracleErr, testErr error
	var both sync.WaitGroup
	both.Go(func() { oracle, oracleErr = onOracle() })
	both.Go(func() { test, testErr = onTest() })
	both.Wait()
	seen.add(oracle)
	if oracleErr != nil {
		return nil, fmt.Errorf("ZooKeeper: %w", oracleErr)
	}
	if testErr != nil && test == nil {
		return nil, fmt.Errorf("server under test: %w", testErr)
	}
	if *flagShow {
		fmt.Println(&Difference{Program: program, At: len(oracle) - 1, Oracle: oracle, Test: oracle})
	}
	if d := Compare(program, oracle, test, !*flagKnown); d != nil {
		return d, nil
	}
	if testErr != nil {
		return nil, fmt.Errorf("server under test: %w", testErr)
	}
	return nil, nil
}

// explain shrinks a difference and fails the test with it and the way to repeat it.
func explain(t *testing.T, p pair, d *Difference, repeat string) {
	t.Helper()
	size := d.Program.Operations()
	small := Shrink(d, time.Minute, func(program Program) *Difference {
		found, err := both(p, program)
		if err != nil {
			t.Logf("while shrinking: %v", err)
			return nil
		}
		return found
	})
	t.Errorf("servers differ. Repeat with:\n  %s\nshrunk from %d to %d operations:\n%s", repeat, size, small.Program.Operations(), small)
}

func repeatCommand(test string, seed int64) string {
	sut := ""
	if *flagSUT != "hquorum" {
		sut = " -sut=" + *flagSUT
	}
	return fmt.Sprintf("go test ./test/diff -run '^%s$' -seed=%d -ops=%d%s", test, seed, programSize, sut)
}

// TestRandom runs seeded random programs, each in a subtree of its own, several at a time.
func TestRandom(t *testing.T) {
	p := servers(t, calm)
	var next, done atomic.Int64
	var found survey
	var workers sync.WaitGroup
	var failure sync.Mutex // one explanation at a time; the first is enough
	began := time.Now()
	programs := int64(max(1, *flagOps/programSize))
	for range *flagWorkers {
		workers.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= programs || t.Failed() {
					return
				}
				seed := *flagSeed + n
				program := Generate(seed, programSize, false)
				d, err := both(p, program)
				if d != nil && *flagSurvey {
					found.add(d, seed)
					continue
				}
				if err != nil || d != nil {
					failure.Lock()
					defer failure.Unlock()
					switch {
					case t.Failed():
					case err != nil:
						t.Errorf("%s: %v\nserver under test:\n%s", repeatCommand("TestRandom", seed), err, p.test.LogTail(10))
					default:
						explain(t, p, d, repeatCommand("TestRandom", seed))
					}
					return
				}
				if total := done.Add(int64(program.Operations())); total/20_000 != (total-int64(program.Operations()))/20_000 {
					t.Logf("%d operations without a difference, %.0f/s", total, float64(total)/time.Since(began).Seconds())
				}
			}
		})
	}
	workers.Wait()
	found.report(t)
	if t.Failed() {
		return // what was said last says why
	}
	if *flagOps >= 100_000 {
		seen.check(t)
	}
	t.Logf("what ZooKeeper answered:\n%s", &seen)
	t.Logf("%d operations in %v, seeds %d to %d", done.Load(), time.Since(began).Round(time.Second), *flagSeed, *flagSeed+programs-1)
}

// TestRandomRoot runs a twentieth as many operations in programs that also touch the root and /zookeeper, one at a time.
func TestRandomRoot(t *testing.T) {
	p := servers(t, calm)
	for n := range int64(max(1, *flagOps/programSize/20)) {
		seed := *flagSeed + n
		d, err := both(p, Generate(seed, programSize, true))
		if err != nil {
			t.Fatalf("%s: %v", repeatCommand("TestRandomRoot", seed), err)
		}
		if d != nil {
			explain(t, p, d, repeatCommand("TestRandomRoot", seed))
			return
		}
	}
}
