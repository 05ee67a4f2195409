package backend

import (
	"context"
	"errors"
	"testing"

	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
)

const mib = 1 << 20

// TestGrowth: when it compacts, and up to where.
func TestGrowth(t *testing.T) {
	type step struct {
		revision, inUse int64 // MiB
		upTo            int64 // 0: no compaction
	}
	for name, c := range map[string]struct {
		quota int64 // MiB
		steps []step
	}{
		"at rest":                      {8192, []step{{100, 500, 0}, {100, 500, 0}, {100, 500, 0}, {100, 500, 0}, {100, 500, 0}, {100, 500, 0}}},
		"too little":                   {8192, []step{{1, 1, 0}, {2, 5, 0}, {3, 9, 0}, {4, 13, 0}, {5, 16, 0}, {6, 16, 0}}},
		"no history that is old":       {8192, []step{{1, 1, 0}, {2, 100, 0}, {3, 100, 0}, {4, 100, 1}}},
		"little is enough at first":    {8192, []step{{1, 500, 0}, {2, 504, 0}, {3, 508, 0}, {4, 515, 0}, {5, 516, 2}}},
		"then half":                    {8192, []step{{1, 100, 0}, {2, 110, 0}, {3, 116, 0}, {4, 120, 1}, {5, 100, 0}, {6, 120, 0}, {7, 149, 0}, {8, 150, 5}, {9, 155, 0}}},
		"measured from the least":      {8192, []step{{1, 0, 0}, {2, 10, 0}, {3, 10, 0}, {4, 100, 0}, {5, 100, 2}, {6, 80, 0}, {7, 60, 0}, {8, 89, 0}, {9, 90, 6}}},
		"nothing new to drop":          {8192, []step{{1, 0, 0}, {1, 10, 0}, {1, 10, 0}, {1, 200, 1}, {1, 200, 0}, {1, 300, 0}, {1, 400, 0}}},
		"sooner when space is scarce":  {800, []step{{1, 400, 0}, {2, 404, 0}, {3, 412, 0}, {4, 416, 1}, {5, 400, 0}, {6, 499, 0}, {7, 500, 4}}},
		"not while it is busy":         {8192, []step{{1, 100, 0}, {2, 110, 0}, {3, 130, 0}, {4, 150, 0}, {5, 154, 2}}},
		"unless there is much":         {8192, []step{{1, 100, 0}, {2, 150, 0}, {3, 200, 0}, {4, 227, 0}, {5, 240, 2}}},
		"a quota smaller than garbage": {16, []step{{1, 4, 0}, {2, 4, 0}, {3, 5, 0}, {4, 6, 1}}},
	} {
		g := newGrowth(c.quota * mib)
		for i, s := range c.steps {
			upTo, worth := g.sample(s.revision, s.inUse*mib)
			if worth != (s.upTo > 0) || worth && upTo != s.upTo {
				t.Errorf("%s, step %d: %t up to %d, want %d", name, i, worth, upTo, s.upTo)
			}
			if worth {
				g.compacted(upTo)
			}
		}
	}
}

// TestCompactor: history goes, what is a few samples old stays, and so does the
// data.
func TestCompactor(t *testing.T) {
	config := embedConfig(EmbeddedConfig{UnsafeNoSync: true, Log: zerolog.Nop()}, t.TempDir())
	e, err := embed.StartEtcd(config)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	<-e.Server.ReadyNotify()
	c := compactor{e.Server, newGrowth(128 * mib), zerolog.Nop()}

	var revisions []int64 // at each look
	for range 2 + 2*history {
		for range 8 {
			resp, err := e.Server.Put(t.Context(), &pb.PutRequest{Key: []byte("k"), Value: make([]byte, mib)})
			if err != nil {
				t.Fatal(err)
			}
			revisions = append(revisions, resp.Header.Revision)
		}
		e.Server.Backend().ForceCommit() // which counts the bytes in use
		c.look(t.Context())
	}
	if c.growth.last == 0 {
		t.Fatal("it has not compacted")
	}
	read := func(revision int64) error {
		_, err := e.Server.Range(t.Context(), &pb.RangeRequest{Key: []byte("k"), Revision: revision})
		return err
	}
	if err := read(c.growth.last - 1); !errors.Is(err, mvcc.ErrCompacted) {
		t.Errorf("before revision %d: %v", c.growth.last, err)
	}
	for _, revision := range revisions[len(revisions)-8*history:] {
		if err := read(revision); err != nil {
			t.Errorf("revision %d of %v, of which %d was compacted: %v", revision, revisions, c.growth.last, err)
		}
	}

	// A server that is being stopped says nothing of it.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := c.growth.last
	c.growth.least = -mib * mib
	c.look(ctx)
	if c.growth.last != before {
		t.Error("compacted in vain")
	}
}
