package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

func ignoreKV(store.KV) error         { return nil }
func ignoreChange(store.Change) error { return nil }

// calls are all calls but Watch.
func calls(s store.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"commit": func(ctx context.Context) error {
			_, err := s.Commit(ctx, store.Txn{Ops: []store.Op{put("k", "")}})
			return err
		},
		"check": func(ctx context.Context) error {
			_, err := s.Commit(ctx, store.Txn{Compares: []store.Compare{at("k", 0)}})
			return err
		},
		"load":   func(ctx context.Context) error { _, err := s.Load(ctx, ignoreKV); return err },
		"sync":   func(ctx context.Context) error { _, err := s.Sync(ctx); return err },
		"grant":  func(ctx context.Context) error { _, err := s.Grant(ctx, 77, time.Hour); return err },
		"renew":  func(ctx context.Context) error { _, err := s.Renew(ctx, []store.LeaseID{77}); return err },
		"age":    func(ctx context.Context) error { _, err := s.Age(ctx); return err },
		"revoke": func(ctx context.Context) error { return s.Revoke(ctx, 77) },
	}
}

func testContexts(t *testing.T, r *room) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, call := range calls(r.store) {
		if err := call(ended); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s in an ended context: %v, want ErrUnavailable", name, err)
		}
	}
	if err := r.store.Watch(ended, 1, ignoreChange); !errors.Is(err, context.Canceled) {
		t.Errorf("watch in an ended context: %v", err)
	}
	holds(t, r.store, nil)
}

func testClose(t *testing.T, r *room) {
	s := r.another(t)
	first := commit(t, s, put("a", ""))
	f := follow(t, s, first)
	f.reach(first)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	<-f.done
	if !errors.Is(f.err, store.ErrClosed) {
		t.Errorf("the watch ended with %v, want ErrClosed", f.err)
	}
	for name, call := range calls(s) {
		if err := call(limit(t)); !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s after close: %v, want ErrClosed", name, err)
		}
	}
	if err := s.Watch(limit(t), 1, ignoreChange); !errors.Is(err, store.ErrClosed) {
		t.Errorf("watch after close: %v, want ErrClosed", err)
	}
	holds(t, r.store, map[string]string{"a": ""})
}

func testAge(t *testing.T, r *room) {
	age := func(s store.Store) uint64 {
		t.Helper()
		n, err := s.Age(limit(t))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := age(r.store)
	commit(t, r.store, put("a", ""))
	after := age(r.another(t))
	if after <= before {
		t.Errorf("a change made the store no older: %d, then %d", before, after)
	}
}

func testCluster(t *testing.T, r *room) {
	if id := r.store.ClusterID(); id == 0 || id != r.another(t).ClusterID() {
		t.Errorf("cluster ids %x and %x", id, r.another(t).ClusterID())
	}
}
