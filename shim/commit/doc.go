// Package commit writes to the store for a whole process: it gathers requests
// into batches, plans each batch against the replica, commits it as one
// transaction and brings the result to the replica.
//
// It promises: requests take effect in the order of Submit; each is answered
// exactly once, after the replica has applied it, after the events that it and
// those before it cause and before the events of those behind it; an error that
// a request is answered with was true of the latest committed state; nothing
// that may have happened is tried again.
//
// A write that the store does not answer ends with an Err, never with a
// ZooKeeper error code. Its session is then cut: every later write under the
// same epoch is refused, so that a client's writes are done in order or not at
// all. Moving the session to its next epoch (tree.MoveSession) mends it and,
// because every write compares its session's record, also fences what may still
// be on its way.
//
// It asks: that every Change of the store's Watch is passed to
// Committer.Apply, the only caller of replica.Apply; that Done functions
// neither block nor submit.
//
// One goroutine takes the steps gather, plan and settle, another one sends. One
// batch is under way at a time. The next one is planned meanwhile, as if the
// first were committed at the next revision, and leaves when that has come true,
// before the first is settled; if it has not, or if there is trouble, it is
// planned again. QueueSize writes may wait; then Submit blocks. All methods are
// safe for concurrent use.
//
// Other processes may write to the same store at any time. A Committer that has
// not met one for a while takes the store for itself (record.Writer) and then
// compares little; see docs/adr/0005.
//
// What the store's answer does to the writes of a batch:
//
//	store error      writes
//	nil              answered with their Results
//	ErrConflict      planned again when the replica has caught up, 16 times at
//	                 most, the later ones half of them at once; then Err
//	                 ErrConflictStorm
//	ErrLeaseGone     those of the ended sessions: Result.Err
//	                 tree.ErrSessionExpired; the others are planned again
//	ErrTooLarge      half of them at once; a lone one: Result.Err
//	                 tree.ErrTooLarge
//	ErrUnavailable   tried again for about a second; then Err ErrUnavailable
//	ErrNoSpace       Err ErrNoSpace: clients lose their connection and retry,
//	                 where a SYSTEMERROR would make HBase's servers abort
//	ErrClosed,       the same Err
//	ErrInvalid
//	any other        if nothing was to be changed: as ErrUnavailable; else Err
//	                 ErrUnknown, and before the next batch the replica catches up
//	                 with what may have happened
//
// The truth is ZooKeeper's PrepRequestProcessor, which plans against
// outstanding changes, and SyncRequestProcessor, which groups.
package commit
