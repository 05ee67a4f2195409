package backend

import (
	"context"
	"errors"
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
	history = 5
	// garbage is how much a database grows at least between two compactions.
	garbage = 16 << 20 // bytes

	// While etcd compacts, writes wait for each step: it looks at so many keys,
	// commits, and rests.
	compactionKeys  = 1000
	compactionPause = 10 * time.Millisecond
)

// compactor drops the history of an embedded etcd when it has become worth the
// scan of all keys that this costs: when the database has grown by half since the
// last time. So the database stays below twice what is in it, and each byte
// written is looked at about twice more.
type compactor struct {
	server *etcdserver.EtcdServer
	log    zerolog.Logger
	growth growth

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// newCompactor starts a compactor. It must be closed before the server is.
func newCompactor(server *etcdserver.EtcdServer, quota int64, log zerolog.Logger) *compactor {
	ctx, cancel := context.WithCancel(context.Background())
	c := &compactor{server: server, log: log, growth: growth{quota: quota}, cancel: cancel}
	c.running.Go(func() { c.run(ctx) })
	return c
}

func (c *compactor) Close() {
	c.cancel()
	c.running.Wait()
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
		rev, worth := c.growth.sample(c.server.KV().Rev(), c.server.Backend().SizeInUse())
		if !worth {
			continue
		}
		// It returns when the compaction is in the log; etcd goes on with it by
		// itself.
		_, err := c.server.Compact(ctx, &pb.CompactionRequest{Revision: rev})
		if err != nil && !errors.Is(err, mvcc.ErrCompacted) && ctx.Err() == nil {
			c.log.Warn().Err(err).Int64("revision", rev).Msg("history not dropped; it is tried again")
			continue
		}
		c.growth.compacted(rev)
	}
}

// growth decides when to compact, and up to where.
type growth struct {
	quota int64 // of the database file, in bytes

	revisions [history]int64 // the last samples, in a circle
	next      int
	floor     int64 // bytes in use: the least since the last compaction
	last      int64 // the last compaction
}

// sample takes the current revision and the bytes in use, once a period. It
// returns whether to compact now, and up to which revision.
func (g *growth) sample(revision, inUse int64) (upTo int64, worth bool) {
	upTo = g.revisions[g.next]
	g.revisions[g.next] = revision
	g.next = (g.next + 1) % history
	g.floor = min(g.floor, inUse)
	enough := min(max(garbage, g.floor/2), g.quota/8)
	return upTo, upTo > g.last && inUse-g.floor >= enough
}

// compacted notes that history up to revision is being dropped. The bytes in use
// fall from now on, for as long as that takes.
func (g *growth) compacted(revision int64) {
	g.last, g.floor = revision, 1<<62
}
