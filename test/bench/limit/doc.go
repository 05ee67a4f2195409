// Package limit is a server that does as little as one can that speaks in
// ZooKeeper's frames and keeps writes in etcd: the physical limit of the machine
// for one with those two properties and written in Go.
//
// Reads are answered with a constant of the right size, at once. Writes are put
// into an embedded etcd as they are, in one Txn of everything that has come
// meanwhile, two Txns at a time, and answered with a constant when etcd has them
// on disk. There is no tree, no session, no version, no check and no watch.
//
// Concurrency: a goroutine for each connection and two that write.
package limit
