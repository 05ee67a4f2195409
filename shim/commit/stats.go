package commit

import "sync/atomic"

// Stats counts what a Committer did since New.
type Stats struct {
	// Batches were committed, with Writes in them, those included that changed
	// nothing.
	Batches, Writes uint64
	// Conflicts are batches planned again because others had changed what they
	// rely on, Retries those tried again because the store was unavailable.
	Conflicts, Retries uint64
	// Unknown are the batches whose outcome is not known, Failed the writes
	// that ended with an Err for whatever reason.
	Unknown, Failed uint64
	// Queued are the writes in the queue now.
	Queued int
}

type counts struct {
	batches, writes, conflicts, retries, unknown, failed atomic.Uint64
}

// Stats returns the counts.
func (c *Committer) Stats() Stats {
	return Stats{
		Batches: c.counts.batches.Load(), Writes: c.counts.writes.Load(),
		Conflicts: c.counts.conflicts.Load(), Retries: c.counts.retries.Load(),
		Unknown: c.counts.unknown.Load(), Failed: c.counts.failed.Load(),
		Queued: c.inbox.len(),
	}
}
