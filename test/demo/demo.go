package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

var versions = []peer.HBaseVersion{peer.HBase26, peer.HBase22, peer.HBase30}

var errInterrupted = errors.New("interrupted before the tour was over")

type demo struct {
	out    io.Writer
	quorum string // host:port, "" until hquorum has been started
	stay   bool

	begun   time.Time
	parent  string // HBase's znode in the quorum
	dir     string // holds everything that the demo writes
	server  *peer.Hquorum
	cluster *peer.HBase
}

// run is the whole demo. Whatever it started is stopped when it returns, also after ctx is done.
func (d *demo) run(ctx context.Context) (err error) {
	d.begun = time.Now()
	version := versions[0]
	if named := os.Getenv("HBASE"); named != "" {
		version = peer.HBaseVersion(named)
	}
	if !slices.Contains(versions, version) {
		return fmt.Errorf("HBASE=%s is not one of %v", version, versions)
	}
	if d.dir, err = os.MkdirTemp("", "hquorum-demo-"); err != nil {
		return err
	}
	defer func() {
		if err != nil && ctx.Err() != nil { // whatever failed, it failed because of the interruption
			err = errInterrupted
		}
		err = errors.Join(err, d.stop(err))
	}()
	if err := peer.EnsureJava(ctx, d.progress); err != nil {
		return err
	}
	if d.quorum == "" {
		err = d.startQuorum(ctx)
	} else {
		err = d.checkQuorum()
	}
	if err != nil {
		return err
	}
	d.say("starting HBase %s: one master, two region servers, hbase.zookeeper.quorum=%s", version, d.quorum)
	d.cluster, err = peer.StartHBase(ctx, peer.HBaseOptions{
		Version: version, Quorum: d.quorum, RegionServers: 2, Dir: filepath.Join(d.dir, "hbase"),
		Properties: map[string]string{"zookeeper.znode.parent": d.parent}, Progress: d.progress,
	})
	if err != nil {
		return err
	}
	if err := d.tour(ctx); err != nil {
		return err
	}
	if err := d.whereToLook(ctx); err != nil || !d.stay {
		return err
	}
	_, _ = fmt.Fprintln(d.out, "\nEverything stays up until you press Ctrl-C (twice: stop at once).")
	<-ctx.Done()
	return nil
}

// tour does what an application does, through HBase's own client.
func (d *demo) tour(ctx context.Context) error {
	client, err := d.cluster.Driver(ctx)
	if err != nil {
		return err
	}
	const table, family, row, column, value = "myTable2", "cf1", "15", "cf1:a", "Hello Word"
	if err := client.Create(ctx, table, family); err != nil {
		return err
	}
	d.say("created table %s with column family %s", table, family)
	if err := client.Put(ctx, table, row, column, value); err != nil {
		return err
	}
	d.say("put row %q: %s = %q", row, column, value)
	got, err := client.Get(ctx, table, row, column)
	if err != nil {
		return err
	}
	d.say("get row %q: %s = %q", row, column, got)
	rows, err := client.Scan(ctx, table)
	if err != nil {
		return err
	}
	d.say("scan: %d row, %q: %s = %q", len(rows), row, column, rows[row])
	if got != value || len(rows) != 1 || rows[row] != value {
		return fmt.Errorf("HBase read %q and %q, want %q", got, rows, value)
	}
	if err := client.Drop(ctx, table); err != nil {
		return err
	}
	d.say("dropped table %s", table)
	return nil
}

// stop ends everything in order and removes what it wrote, unless the demo failed by itself: then the logs stay.
func (d *demo) stop(failure error) error {
	var problems []error
	if d.cluster != nil {
		d.say("stopping HBase")
		if failure == nil && len(d.cluster.Alive()) == len(d.cluster.Servers) { // otherwise nobody may be there to ask
			problems = append(problems, d.cluster.Shutdown(context.Background(), time.Minute))
		}
		problems = append(problems, d.cluster.KillAll())
	}
	switch {
	case d.server != nil:
		d.say("stopping hquorum")
		problems = append(problems, d.server.Stop())
	case d.parent != "":
		d.say("removing %s from the quorum", d.parent)
		problems = append(problems, d.removeZnodes())
	}
	if os.Remove(d.dir) == nil { // nothing has been written yet
		return errors.Join(problems...)
	}
	if failure != nil && !errors.Is(failure, errInterrupted) {
		return errors.Join(append(problems, fmt.Errorf("the logs are kept in %s", d.dir))...)
	}
	if err := errors.Join(append(problems, os.RemoveAll(d.dir))...); err != nil {
		return err
	}
	d.say("stopped, and removed %s", d.dir)
	return nil
}

func (d *demo) progress(line string) { d.say("%s", line) }

func (d *demo) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.out, "%6.1f s  %s\n", time.Since(d.begun).Seconds(), fmt.Sprintf(format, args...))
}
