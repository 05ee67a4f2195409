package tree

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
)

// Guard is how a batch minds other processes that write to the same store. All
// of them compare record.WriterKey; nobody else's batch can come between.
type Guard struct {
	// Rev is the ModRevision of record.WriterKey that the process has seen.
	Rev store.Revision
	// Sole says that the key names this process: nobody else writes without
	// changing the key. Then what the View shows is so, but for sessions and
	// ephemeral znodes, which the store takes away by itself when a lease runs
	// out. Only those are compared.
	Sole bool
	// Writer is written to the key if the batch changes anything; nil: nothing is.
	Writer *record.Writer
}

// sole reports whether the batch need not compare what no lease takes away.
func (b *Batch) sole() bool { return b.Guard != nil && b.Guard.Sole }

// rely makes the batch compare the guard, if it has one: something that it does
// depends on what is stored.
func (b *Batch) rely() {
	if b.Guard == nil || b.guarded {
		return
	}
	b.guarded = true
	b.compares = append(b.compares, store.Compare{Key: record.WriterKey, ModRevision: b.Guard.Rev})
	b.compared = append(b.compared, &b.guarded)
	b.bytes += len(record.WriterKey)
}

// writer returns what the batch puts into the guard's key, nil if nothing.
func (b *Batch) writer() *record.Writer {
	if b.Guard == nil || b.puts == 0 {
		return nil
	}
	return b.Guard.Writer
}
