package tree_test

import (
	"fmt"
	"testing"

	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// BenchmarkBatch plans batches of 64 requests, transaction included; figures
// are per request.
func BenchmarkBatch(b *testing.B) {
	const batch = 64
	w := newWorld(b)
	w.do(create("/hbase"), create("/hbase/rs"))
	var creates, sets, deletes, mixed []tree.Op
	data := make([]byte, 128)
	for i := range batch {
		p := znode.Path(fmt.Sprintf("/hbase/n%03d", i))
		w.do(create(p))
		creates = append(creates, tree.Create{Path: "/hbase/rs" + p[6:], Data: data, ACL: znode.OpenACL, Mode: znode.ModeEphemeral})
		sets = append(sets, tree.SetData{Path: p, Data: data, Version: -1})
		deletes = append(deletes, tree.Delete{Path: p, Version: -1})
		mixed = append(mixed, tree.Multi{Ops: []tree.Op{tree.Check{Path: "/hbase", Version: -1}, creates[i], sets[i]}})
	}
	v := w.view()
	for _, bench := range []struct {
		name string
		ops  []tree.Op
	}{{"create", creates}, {"setData", sets}, {"delete", deletes}, {"multi of 3", mixed}} {
		requests := make([]tree.Request, batch)
		for i, op := range bench.ops {
			requests[i] = w.request(op)
		}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			plan := tree.NewBatch(v, plenty)
			for i := 0; i < b.N; i += batch {
				plan.Reset(v)
				for _, r := range requests {
					plan.Add(r)
				}
				if txn := plan.Txn(); len(txn.Ops) < batch {
					b.Fatalf("%d ops", len(txn.Ops))
				}
			}
		})
	}
}
