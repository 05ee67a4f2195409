package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

// Subject is a cluster under test.
type Subject struct {
	// Open returns the Store of one more process, with keys under prefix. The
	// suite closes it.
	Open func(t *testing.T, prefix string) store.Store
	// Compact forgets the history up to and including rev.
	Compact func(t *testing.T, rev store.Revision)
}

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// Run tests the subject.
func Run(t *testing.T, s Subject) {
	t.Run("alike", func(t *testing.T) {
		for name, test := range map[string]func(*testing.T, *room){
			"compares": testCompares, "conflict": testConflict, "read only": testReadOnly, "revisions": testRevisions,
			"invalid": testInvalid, "contention": testContention,
			"order": testOrder, "watch past": testWatchPast, "watch resumed": testWatchResumed, "watch ends": testWatchEnds,
			"sync": testSync, "prefix": testPrefix, "nothing": testNothing,
			"values": testValues, "keys": testKeys, "load": testLoad, "load stops": testLoadStops,
			"limits": testLimits, "full size": testFullSize,
			"grant": testGrant, "revoke": testRevoke, "dead lease": testDeadLease, "detach": testDetach,
			"renew": testRenew, "expiry": testExpiry,
			"contexts": testContexts, "close": testClose, "age": testAge, "cluster": testCluster,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, newRoom(t, s))
			})
		}
	})
	t.Run("compaction", func(t *testing.T) { testCompaction(t, newRoom(t, s)) })
}

// room is one test's part of the cluster.
type room struct {
	subject Subject
	prefix  string
	store   store.Store
}

func newRoom(t *testing.T, s Subject) *room {
	r := &room{subject: s, prefix: "/" + strings.ReplaceAll(t.Name(), " ", "-") + "/"}
	r.store = r.open(t, r.prefix)
	return r
}

// another returns a second process's store on the same keys.
func (r *room) another(t *testing.T) store.Store { return r.open(t, r.prefix) }

func (r *room) open(t *testing.T, prefix string) store.Store {
	s := r.subject.Open(t, prefix)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func put(key, value string) store.Op { return store.Op{Key: store.Key(key), Value: []byte(value)} }

func leased(key string, id store.LeaseID) store.Op {
	return store.Op{Key: store.Key(key), Value: []byte("leased"), Lease: id}
}

func del(key string) store.Op { return store.Op{Key: store.Key(key), Delete: true} }

func at(key string, rev store.Revision) store.Compare {
	return store.Compare{Key: store.Key(key), ModRevision: rev}
}

// commit applies ops unconditionally.
func commit(t *testing.T, s store.Store, ops ...store.Op) store.Revision {
	t.Helper()
	rev, err := s.Commit(limit(t), store.Txn{Ops: ops})
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return rev
}

// load returns everything, by key.
func load(t *testing.T, s store.Store) (map[store.Key]store.KV, store.Revision) {
	t.Helper()
	all := map[store.Key]store.KV{}
	rev, err := s.Load(limit(t), func(kv store.KV) error {
		if _, twice := all[kv.Key]; twice {
			t.Errorf("key %q came twice", kv.Key)
		}
		all[kv.Key] = kv
		return nil
	})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return all, rev
}

// holds fails the test unless the store has exactly the keys and values want.
func holds(t *testing.T, s store.Store, want map[string]string) {
	t.Helper()
	got, _ := load(t, s)
	for key, value := range want {
		kv, found := got[store.Key(key)]
		if !found || string(kv.Value) != value {
			t.Errorf("%q is %q (found: %v), want %q", key, kv.Value, found, value)
		}
		delete(got, store.Key(key))
	}
	for key := range got {
		t.Errorf("unexpected key %q", key)
	}
}
