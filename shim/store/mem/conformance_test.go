package mem_test

import (
	"testing"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/store/storetest"
)

func TestConformance(t *testing.T) {
	server := mem.NewServer(mem.Options{Limits: store.Limits{Ops: 1000, Compares: 1000, Bytes: 1 << 20}})
	storetest.Run(t, storetest.Subject{
		Open:    func(_ *testing.T, prefix string) store.Store { return server.Open(prefix, nil) },
		Compact: func(_ *testing.T, rev store.Revision) { server.Compact(rev) },
	})
}
