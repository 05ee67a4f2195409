// Package tree holds ZooKeeper's semantics: it turns a request, given a view of
// the tree, into the keys to write and the reply, or into an error.
//
// It promises to be pure: no I/O, no clock, no goroutines. The same view and
// the same requests give the same transaction and the same results, wherever
// the boundaries between batches fall.
//
// A Batch gathers requests into one store.Txn. It asks of its caller that the
// View does not change while a Batch is filled, that the Txn is applied as a
// whole or not at all, and that a conflict is answered by planning again
// against a newer View. A Batch is used by one goroutine.
//
// What the Txn compares are the exact revisions of every key that a result
// depends on, error or not: where the Txn commits, the results are those of the
// moment at which it did.
//
// The truth is ZooKeeper 3.9: classes PrepRequestProcessor, DataTree, DataNode,
// CreateMode, EphemeralType and PathUtils, including the order in which errors
// win over each other. Three things differ. A createTTL request with a mode
// that has no TTL is ErrBadArguments, where ZooKeeper's server stops with an
// uncaught exception. A client's deleteContainer needs the parent's Delete
// permission, where ZooKeeper asks for none. And a child counter that overflows
// goes on with negative numbers, as ZooKeeper's guide says, where its server
// sticks to the highest one.
package tree
