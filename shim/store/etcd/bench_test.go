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

// BenchmarkCommit commits batches of sets, each a compare and a put, to an
// embedded etcd that does not sync.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 16, 256} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			source, err := backend.Embedded(b.Context(), backend.EmbeddedConfig{Dir: b.TempDir(), UnsafeNoSync: true, Log: zerolog.Nop()})
			if err != nil {
				b.Fatal(err)
			}
			defer source.Close()
			s, err := etcd.New(source.Conn, etcd.Options{Prefix: "/bench/", ID: "bench"})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			var txn store.Txn
			for n := range size {
				key := store.Key(fmt.Sprintf("z/bench/%08d", n))
				txn.Compares = append(txn.Compares, store.Compare{Key: key})
				txn.Ops = append(txn.Ops, store.Op{Key: key, Value: make([]byte, 180)})
			}
			b.ReportAllocs()
			for b.Loop() {
				rev, err := s.Commit(context.Background(), txn)
				if err != nil {
					b.Fatal(err)
				}
				for n := range txn.Compares {
					txn.Compares[n].ModRevision = rev
				}
			}
		})
	}
}
