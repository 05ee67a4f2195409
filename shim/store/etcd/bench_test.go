package etcd_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/backend"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/etcd"
)

// BenchmarkCommit commits batches of creates, each a record and its parent's
// counter in effect, to an embedded etcd that syncs.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 64, 512} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			source, err := backend.Embedded(b.Context(), backend.EmbeddedConfig{Dir: b.TempDir(), Log: zerolog.Nop()})
			if err != nil {
				b.Fatal(err)
			}
			defer source.Close()
			s, err := etcd.New(source.Conn, etcd.Options{Prefix: "/bench/", ID: "bench"})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			value := make([]byte, 180)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				var txn store.Txn
				for range size {
					key := store.Key(fmt.Sprintf("z/bench/%08d", n))
					txn.Compares = append(txn.Compares, store.Compare{Key: key})
					txn.Ops = append(txn.Ops, store.Op{Key: key, Value: value})
					n++
				}
				if _, err := s.Commit(context.Background(), txn); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "ops/s")
		})
	}
}
