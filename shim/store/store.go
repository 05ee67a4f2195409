package store

import (
	"context"
	"errors"
	"time"
)

// Revision is a store revision: it rises by one with every transaction that
// changes something, whoever makes it.
type Revision int64

// Key names a value, relative to the store's prefix.
type Key string

// LeaseID names a lease. The shim uses session ids.
type LeaseID int64

// Compare holds when the key was last modified at exactly ModRevision; 0 means
// that the key does not exist.
type Compare struct {
	Key         Key
	ModRevision Revision
}

// Op puts or deletes one key. Deleting an absent key is no error. A put with
// Lease 0 detaches the key from any lease.
type Op struct {
	Key    Key
	Value  []byte
	Lease  LeaseID
	Delete bool
}

// Txn is applied as a whole, in one revision, if all its compares hold. No key
// may occur twice in Ops. A Txn without Ops only checks its compares, against
// the latest committed state.
type Txn struct {
	Compares []Compare
	Ops      []Op
}

// KV is a stored value.
type KV struct {
	Key         Key
	Value       []byte
	ModRevision Revision
	Lease       LeaseID
}

// Event is one key's change. A Delete has neither Value nor Lease.
type Event struct {
	Key    Key
	Value  []byte
	Lease  LeaseID
	Delete bool
}

// Change is everything that one revision changed under the prefix, in the order
// of the Txn's Ops; the keys of an expired or revoked lease go in one Change. A
// Change without Events says that everything up to Revision has been delivered.
type Change struct {
	Revision Revision
	Events   []Event
}

// Limits bounds what one Txn may hold.
type Limits struct {
	// Ops bounds len(Txn.Ops) and Compares bounds len(Txn.Compares), each by
	// itself; Bytes bounds the sum of keys and values.
	Ops, Compares, Bytes int
}

// The errors of a Store. Each implementation wraps what it knows around them.
var (
	// ErrConflict: a compare did not hold; nothing was changed.
	ErrConflict = errors.New("store: a compared key has changed")
	// ErrLeaseGone: a put named a lease that does not exist, or Renew or
	// Revoke did; nothing was changed.
	ErrLeaseGone = errors.New("store: lease does not exist")
	// ErrLeaseExists: Grant named an id that is in use.
	ErrLeaseExists = errors.New("store: lease exists")
	// ErrTooLarge: the Txn exceeds a limit of the store; nothing was changed.
	ErrTooLarge = errors.New("store: transaction too large")
	// ErrInvalid: the Txn names a key twice in its Ops; nothing was changed.
	ErrInvalid = errors.New("store: invalid transaction")
	// ErrNoSpace: the store's quota is used up; nothing was changed.
	ErrNoSpace = errors.New("store: no space left")
	// ErrUnavailable: the store could not be reached, or did not answer; of a
	// Commit, nothing was changed.
	ErrUnavailable = errors.New("store: unavailable")
	// ErrUnknown: the Txn may or may not have been applied, and may still be.
	ErrUnknown = errors.New("store: outcome unknown")
	// ErrCompacted: the asked revision is no longer kept; load again.
	ErrCompacted = errors.New("store: revision compacted")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("store: closed")
)

// Store is where the shim's state lives. Contexts bound how long a call may
// take; a call that ends by its context returns an error that matches
// ErrUnavailable or, for a Commit that may have been sent, ErrUnknown.
type Store interface {
	// Limits returns what a Txn may hold. It is constant.
	Limits() Limits

	// ClusterID identifies the store behind the connection; it changes when the
	// store is replaced or restored from a snapshot.
	ClusterID() uint64

	// Age returns a count that rises with every change while the store lives and
	// starts again when the store is restored from a snapshot, in which case
	// ClusterID may stay the same.
	Age(ctx context.Context) (uint64, error)

	// Commit applies txn and returns its revision. A Txn without Ops returns a
	// revision at which its compares held. On ErrConflict the returned revision
	// is one at which they did not: catch up with it, then plan again; the
	// running Watch is made to reach it, as by Sync. A Txn whose Ops only delete
	// absent keys changes nothing and returns the current revision.
	Commit(ctx context.Context, txn Txn) (Revision, error)

	// Load calls each for every key under the prefix, all as of the returned
	// revision, in key order. It is linearizable. Keys and values passed to
	// each are the callee's to keep.
	Load(ctx context.Context, each func(KV) error) (Revision, error)

	// Watch calls emit for every Change from revision from on, in order, each
	// revision once, until ctx ends, emit fails, or the stream breaks; it
	// returns why. ErrCompacted means that from is no longer kept. The Events
	// are the callee's to keep. There is one Watch a process at a time.
	Watch(ctx context.Context, from Revision, emit func(Change) error) error

	// Sync returns a revision no older than anything committed before the call,
	// and makes the running Watch emit a Change at or beyond it soon.
	Sync(ctx context.Context) (Revision, error)

	// Grant makes a lease that lives ttl after its last renewal. The granted
	// time may be longer than asked, never shorter; it is returned.
	Grant(ctx context.Context, id LeaseID, ttl time.Duration) (time.Duration, error)

	// Renew starts the leases' time again. It returns those that no longer
	// exist.
	Renew(ctx context.Context, ids []LeaseID) (gone []LeaseID, err error)

	// Revoke ends a lease and deletes its keys. A lease that is gone is no
	// error.
	Revoke(ctx context.Context, id LeaseID) error

	// Close ends the running Watch and releases what New acquired.
	Close() error
}
