// Package replica holds the whole tree in memory, as of one store revision, and
// serves every read from it.
//
// It promises: the changes of the store are applied in the order of their
// revisions, each exactly once and as a whole; what a revision changed is
// visible before its events fire; the events of a request fire before that
// request's Done; the last zxid never falls. The same changes give the same
// tree, the same zxids and the same events whether the process made them itself
// (Own) or saw them in the stream. After a gap (the store compacted what was
// missed) Load compares and fires what can be known to have happened: it
// invents nothing, and loses only what left no trace, such as a znode that was
// made and removed within the gap (its parent's children event is fired).
//
// It asks: one caller at a time passes the changes, none left out; a store.Change
// without Events, and an Own without any, mean what store.Change says. Hooks and
// Done run while the replica is locked for writing: they must be short, must
// not block, and must not call View, Load, Apply or Wait. Revision, Zxid and
// Base are theirs to call.
//
// Everything is safe for concurrent use. What a View returns is valid until the
// function given to Replica.View ends, with two exceptions: *tree.Node and
// *tree.Session values stay valid and never change, and slices of names are the
// caller's.
//
// Counters. A znode's Children is the number of children that there are. A
// lease that ran out takes ephemeral znodes away without a word to their
// parents' counters, and a transaction planned before that was seen may store
// such a number again: the replica then counts for itself, sets the parent's
// pzxid to the revision's where no newer is stored, and tells Hooks.Repair.
//
// Records that cannot be read are logged as errors and never stop the replica:
//
//	znode     quarantined: it stays in the tree, at its revision, without data,
//	          with an ACL that grants nothing (super may read and write it; who
//	          may delete children of its parent may delete it)
//	counter   counted anew; creates keep their last known value, else they are
//	          the number of children
//	session   taken for absent: it ends
//	journal   events are derived from the states before and after
//	meta      the last known one stays; at the first Load it is an error, as
//	          no zxid could be told
//
// A znode whose parent is missing, which no shim writes, is logged, can be read
// by its path, and is listed as soon as it has a parent.
//
// The truth is ZooKeeper's class DataTree.
package replica
