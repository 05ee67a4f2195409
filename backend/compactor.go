package backend

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/etcdserver"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
)

const (
	samplePeriod = time.Second
	// history is how many samples old a revision must be to be dropped up to: the
	// watch in this process lags by milliseconds, and must never be cut. Samples,
	// not seconds: a process that stood still has not seen its watch move either.
	history = 3
	// garbage is how much a database grows at least before a compaction.
	garbage = 16 << 20 // bytes
	// A database that grows by more than busy bytes between two samples has better
	// things to do: its history may grow to busyFactor times as much first.
	busy       = 4 << 20
	busyFactor = 8

	// While etcd compacts, writes wait for each step: it looks at so many keys,
	// commits, and rests. With a million keys it takes 5 to 10 s, and a write
	// waits for 15 ms now and then.
	compactionKeys  = 3000
	compactionPause = 10 * time.Millisecond
)

// compactor drops the history of an embedded etcd when that has become worth the
// scan of all keys that it costs: when the database has grown by half since the
// last time, and rather when it is quiet. A server at rest compacts nothing.
type compactor struct {
	server *etcdserver.EtcdServer
	growth growth
	log    zerolog.Logger
}

// compact compacts server's history until stop is called, which must be before
// the server is closed.
func compact(server *etcdserver.EtcdServer, quota int64, log zerolog.Logger) (stop func()) {
	c := compactor{server, newGrowth(quota), log}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { c.run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

func (c *compactor) run(ctx context.Context) {
	tick := time.NewTicker(samplePeriod)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		c.look(ctx)
	}
}

// look takes a sample and compacts if that is worth it. It returns when the
// compaction is in the log; etcd goes on with it by itself.
func (c *compactor) look(ctx context.Context) {
	rev, worth := c.growth.sample(c.server.KV().Rev(), c.server.Backend().SizeInUse())
	if !worth {
		return
	}
	_, err := c.server.Compact(ctx, &pb.CompactionRequest{Revision: rev})
	switch {
	case err == nil, errors.Is(err, mvcc.ErrCompacted):
		c.growth.compacted(rev)
	case ctx.Err() == nil:
		c.log.Warn().Err(err).Int64("revision", rev).Msg("history not dropped; it is tried again")
	}
}

// growth decides when to compact, and up to where.
type growth struct {
	quota int64 // of the database file, in bytes

	revisions [history]int64 // the last samples, in a circle
	next      int
	least     int64 // bytes in use, since the last compaction or the start
	before    int64 // bytes in use, at the last sample
	last      int64 // the last compaction; 0: none since the start
}

func newGrowth(quota int64) growth { return growth{quota: quota, least: math.MaxInt64} }

// sample takes the current revision and the bytes in use, once a period. It
// returns whether to compact now, and up to which revision.
//
// Before the first compaction nobody knows how much of the database is history;
// then little growth is enough, or every restart could leave some more of it. But
// no growth is not: while a server starts and reads all keys, it writes none, and
// what it reads stays.
func (g *growth) sample(revision, inUse int64) (upTo int64, worth bool) {
	upTo = g.revisions[g.next]
	g.revisions[g.next] = revision
	g.next = (g.next + 1) % history
	g.least = min(g.least, inUse)
	enough := int64(garbage)
	if g.last > 0 {
		enough = max(enough, g.least/2)
	}
	if inUse-g.before > busy {
		enough *= busyFactor
	}
	g.before = inUse
	return upTo, upTo > g.last && inUse-g.least >= min(enough, g.quota/8)
}

// compacted notes that history up to revision is being dropped. The bytes in use
// fall from now on, for as long as that takes.
func (g *growth) compacted(revision int64) {
	g.last, g.least = revision, math.MaxInt64
}
