package etcd_test

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/hquorum/hquorum/backend"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/etcd"
	"github.com/hquorum/hquorum/shim/store/storetest"
	"github.com/hquorum/hquorum/test/peer"
)

func TestEmbedded(t *testing.T) {
	t.Parallel()
	conform(t, small(embedded(t).Conn))
}

func TestExternal(t *testing.T) {
	t.Parallel()
	conform(t, external(t, start(t)).Conn)
}

// TestUntrusted runs without progress notifications, as with an etcd whose
// notifications overtake events.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	conn := small(embedded(t).Conn)
	conn.ProgressTrusted = false
	conform(t, conn)
}

// small sets lower limits than the server's, so that tests at the limits do not
// stall those beside them.
func small(conn etcd.Conn) etcd.Conn {
	conn.MaxTxnOps, conn.MaxRequestBytes = 1000, 2<<20
	return conn
}

func conform(t *testing.T, conn etcd.Conn) {
	storetest.Run(t, storetest.Subject{
		Open: func(t *testing.T, prefix string) store.Store { return open(t, conn, prefix) },
		Compact: func(t *testing.T, rev store.Revision) {
			if _, err := conn.KV.Compact(context.Background(), &pb.CompactionRequest{Revision: int64(rev), Physical: true}); err != nil {
				t.Fatal(err)
			}
		},
	})
}

func open(t *testing.T, conn etcd.Conn, prefix string) *etcd.Store {
	t.Helper()
	s, err := etcd.New(conn, etcd.Options{Prefix: prefix, ID: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func embedded(t *testing.T) *backend.Backend {
	t.Helper()
	return ended(t)(backend.Embedded(t.Context(), backend.EmbeddedConfig{
		Dir: t.TempDir(), UnsafeNoSync: true, Log: zerolog.New(zerolog.NewTestWriter(t)),
	}))
}

func external(t *testing.T, e *peer.Etcd) *backend.Backend {
	t.Helper()
	return ended(t)(backend.External(t.Context(), backend.ExternalConfig{Endpoints: []string{e.Endpoint()}, Log: zerolog.Nop()}))
}

// ended closes a backend with the test.
func ended(t *testing.T) func(*backend.Backend, error) *backend.Backend {
	return func(b *backend.Backend, err error) *backend.Backend {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := b.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return b
	}
}

// start runs an etcd process.
func start(t *testing.T, args ...string) *peer.Etcd {
	t.Helper()
	if testing.Short() {
		t.Skip("starts an etcd process")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	e, err := peer.StartEtcd(ctx, peer.EtcdOptions{Args: args})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(); err != nil {
			t.Errorf("stop etcd: %v", err)
		}
	})
	return e
}
