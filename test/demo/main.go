// Command demo shows hquorum at work: it starts hquorum and a real HBase that has it as its only quorum, does what an
// application does through HBase's own Java client, says what it did and where to look, and stays until Ctrl-C.
//
//	make demo
//	HBASE=2.2.3 make demo
//	go run ./test/demo --quorum 127.0.0.1:2181
//
// What is missing is fetched: a JDK and Maven (by apt-get, as root), then HBase's jars.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	once := flag.Bool("once", false, "exit after the tour instead of staying until Ctrl-C")
	quorum := flag.String("quorum", "", "host:port of a running hquorum or ZooKeeper to use; default: start hquorum")
	flag.Usage = func() {
		_, _ = fmt.Fprintf(flag.CommandLine.Output(), "usage: [HBASE=2.6.4|2.2.3] %s [--once] [--quorum host:port]\n", os.Args[0])
		flag.PrintDefaults()
	}
	flag.Parse()
	d := &demo{out: os.Stdout, quorum: *quorum, stay: !*once}
	if err := untilInterrupted(d.run); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func untilInterrupted(run func(context.Context) error) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(ctx, cancel) // a second Ctrl-C ends the demo at once, and on Linux its processes with it
	return run(ctx)
}
