package hbase

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

const (
	table  = "t"
	family = "cf"
	column = "cf:a"
	rows   = 100              // row00000 to row00099
	spare  = 90 * time.Second // for recoveries, which take about 15 s
)

// session is the session timeout of the servers: long enough for an outage of the quorum, short for a test.
const session = 10 * time.Second

// scenario is one cluster on one quorum, and the steps' way to fail.
type scenario struct {
	t       *testing.T
	ctx     context.Context
	quorum  peer.Quorum
	cluster *peer.HBase
	client  *peer.Driver
	begun   time.Time
}

// step is one thing that happens to the cluster; the name is for the reader of the log.
type step struct {
	name string
	do   func(*scenario) error
}

func start(t *testing.T, kind peer.QuorumKind, options peer.HBaseOptions) *scenario {
	t.Helper()
	s := &scenario{t: t, ctx: t.Context(), begun: time.Now()}
	var err error
	progress := func(line string) { s.log("%s", line) }
	s.quorum, err = peer.StartQuorum(s.ctx, kind, peer.QuorumOptions{Progress: progress})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the quorum's log ends with:\n%s", s.quorum.LogTail(30))
		}
		if err := s.quorum.Stop(); err != nil {
			t.Error(err)
		}
	})
	s.log("%s quorum at %s", kind, s.quorum.Addr())
	options.Quorum, options.SessionTimeout, options.Progress = s.quorum.Addr(), session, progress
	if options.Dir, err = os.MkdirTemp("", "hquorum-hbase-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("HBase's logs are kept in %s", options.Dir)
		} else if err := os.RemoveAll(options.Dir); err != nil {
			t.Error(err)
		}
	})
	if s.cluster, err = peer.StartHBase(s.ctx, options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.cluster.KillAll(); err != nil {
			t.Error(err)
		}
	})
	if s.client, err = s.cluster.Driver(s.ctx); err != nil {
		t.Fatal(err)
	}
	s.log("HBase %s: %d masters and %d region servers are up", options.Version, options.Masters, options.RegionServers)
	return s
}

// run does one step and fails the test where it stands if the step failed.
func (s *scenario) run(step step) {
	s.t.Helper()
	begun := time.Now()
	if err := step.do(s); err != nil {
		s.t.Fatalf("%s: %v", step.name, err)
	}
	s.log("%s: %.1f s", step.name, time.Since(begun).Seconds())
}

func (s *scenario) log(format string, args ...any) {
	s.t.Logf("%6.1f s  %s", time.Since(s.begun).Seconds(), fmt.Sprintf(format, args...))
}

// await polls reached every 200 ms until it is true; its errors count as "not yet" and the last one is reported.
func (s *scenario) await(limit time.Duration, what string, reached func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(s.ctx, limit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		done, err := reached(ctx)
		if done && err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %s in vain for %s; last: %v", limit, what, err)
		case <-tick.C:
		}
	}
}

// readable fails unless a scan finds every row that was put.
func (s *scenario) readable() error {
	found, err := s.client.Scan(s.ctx, table)
	if err != nil {
		return err
	}
	for i := range rows {
		row, want := fmt.Sprintf("row%05d", i), fmt.Sprintf("value%d", i)
		if found[row] != want {
			return fmt.Errorf("%s = %q in a scan of %d rows, want %q", row, found[row], len(found), want)
		}
	}
	return nil
}

// online waits until the table has count regions, each on a live server.
func (s *scenario) online(count int) error {
	return s.await(spare, fmt.Sprintf("%d regions online", count), func(ctx context.Context) (bool, error) {
		regions, err := s.client.Regions(ctx, table)
		if err != nil || len(regions) != count {
			return false, fmt.Errorf("%d regions, %w", len(regions), err)
		}
		for _, region := range regions {
			if _, err := s.cluster.ByName(region.Server); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}
