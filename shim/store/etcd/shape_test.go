package etcd

import (
	"fmt"
	"testing"

	"github.com/hquorum/hquorum/shim/store"
)

// TestRequestAllocations: a batch costs a few allocations, however many ops it
// has.
func TestRequestAllocations(t *testing.T) {
	s, err := New(Conn{MaxTxnOps: 1 << 14, MaxRequestBytes: 10 << 20}, Options{Prefix: "/test/"})
	if err != nil {
		t.Fatal(err)
	}
	var txn store.Txn
	for i := range 512 {
		key := store.Key(fmt.Sprint("z/", i))
		txn.Compares = append(txn.Compares, store.Compare{Key: key, ModRevision: 7})
		txn.Ops = append(txn.Ops, store.Op{Key: key, Delete: i%2 == 0})
	}
	if n := testing.AllocsPerRun(10, func() { s.request(txn) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}
