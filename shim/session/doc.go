// Package session keeps the sessions of one shim: it opens, resumes, renews and
// expires them.
//
// It promises: ids are unique and positive; an owner expires a session within
// milliseconds after its timeout has passed without a word, never before, and
// time in which the store does not answer does not count; all the ephemeral
// znodes of a session go in one step; a session that was resumed elsewhere, or
// has ended, loses its connection here. Thousands of sessions that end together
// end in a few transactions.
//
// A session is a lease with its id and a record attached to it. The lease is the
// backstop for the death of the owner: it never ends sooner than a timeout after
// the last word that anybody can have heard (see leaseTTL). The record names the
// owner and an epoch, which every write compares: the former owner of a session
// that has moved cannot write for it, nor expire it.
//
// It asks: that Touch is called for every frame of a client and when requests
// are done that waited for the store; that Manager.OnSession hears what the
// replica's hook tells; that none of its blocking methods (Open, Resume, End) is called while the
// replica is locked.
//
// Three goroutines, which Close ends: one expires, one renews, one revokes empty
// leases at leisure (its queue holds 4096; what does not fit ends by itself).
// All methods are safe for concurrent use. Locks are taken in the order replica,
// Manager.
//
// The truth is ZooKeeper's Programmer's Guide ("ZooKeeper Sessions") and classes
// SessionTrackerImpl and ZooKeeperServer (reopenSession, submitRequest).
package session
