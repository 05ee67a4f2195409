// Command bench compares hquorum with ZooKeeper on this machine: it starts both
// with writes that are forced to disk, gives them the same load in turn, and
// prints ratios with their spread, latencies, CPU and memory, beside what the
// machine can do at all.
//
//	make bench                      everything, about half an hour
//	make bench-smoke                a short look, two minutes
//	go run ./test/bench --only crud --rounds 5 --json bench.json
//
// docs/benchmarks.md says how to read it. The data is in the temporary
// directory: TMPDIR chooses the disk.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/scenario"
	"github.com/hquorum/hquorum/test/bench/server"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == server.LimitCommand {
		if err := server.ServeLimit(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	only := flag.String("only", "", "run the scenarios whose name matches this regular expression")
	rounds := flag.Int("rounds", 3, "how often each server has its turn")
	seconds := flag.Float64("seconds", 3, "length of a measurement")
	smoke := flag.Bool("smoke", false, "one short round with smaller numbers")
	growth := flag.Bool("growth", false, "run the series that show how throughput and memory grow, instead of the comparison")
	quiet := flag.Duration("quiet", 20*time.Second, "how long to wait, before each turn, for others to let go of the machine")
	limit := flag.Bool("limit", true, "measure the physical limit as well")
	servers := flag.String("servers", "", "run these alone, such as hquorum,limit")
	op := flag.String("op", "", "of crud, run the operations whose name matches this regular expression")
	shape := flag.String("shape", "", "of crud, run the shapes that match this regular expression, such as 16x32")
	profiles := flag.String("profiles", "", "write a CPU profile of each of hquorum's points into this directory")
	file := flag.String("json", "", "write every point to this file")
	show := flag.String("show", "", "print the tables of this JSON file, and measure nothing")
	flag.Parse()
	if *show != "" {
		saved, err := report.Load(*show)
		if err != nil {
			return err
		}
		return saved.Write(os.Stdout)
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	ops, err := regexp.Compile(*op)
	if err != nil {
		return err
	}
	shapes, err := regexp.Compile(strings.ReplaceAll(*shape, "x", "×"))
	if err != nil {
		return err
	}
	measured := &report.Run{Began: time.Now(), Setup: server.Describe(), Rounds: *rounds, Time: time.Duration(*seconds * float64(time.Second))}
	if *smoke {
		measured.Rounds, measured.Time, *quiet = 1, 500*time.Millisecond, time.Second
	}
	bench := &scenario.Bench{
		Rounds: measured.Rounds, Time: measured.Time, Smoke: *smoke, Quiet: *quiet, Limit: *limit,
		Ops: ops, Shapes: shapes, Profiles: *profiles,
		Say: func(line string) {
			fmt.Fprintf(os.Stderr, "%5.0fs  %s\n", time.Since(measured.Began).Seconds(), line)
		},
		Record: func(p report.Point) { measured.Points = append(measured.Points, p) },
	}
	if *servers != "" {
		for _, name := range strings.Split(*servers, ",") {
			bench.Servers = append(bench.Servers, server.Name(name))
		}
	}
	all := scenario.All()
	if *growth {
		all = scenario.Growth()
	}
	for _, s := range all {
		if ctx.Err() != nil || !pattern.MatchString(s.Name) {
			continue
		}
		if e := s.Run(ctx, bench); e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", s.Name, e))
		}
	}
	if *file != "" {
		err = errors.Join(err, measured.Save(*file))
	}
	return errors.Join(err, measured.Write(os.Stdout))
}
