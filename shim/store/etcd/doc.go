// Package etcd keeps the shim's state in etcd 3.4 or newer: store's contract over
// an etcd client, embedded or remote.
//
// It promises: only keys under its prefix are read or written; a Commit is one
// etcd Txn and so one revision; an error says that nothing was changed only when
// that is sure (errors.go has the table), everything else is store.ErrUnknown.
// Keys under m/fence/ are its own and are never shown.
//
// It asks: a Conn made by package backend (or anything that fills one in), which
// the caller closes after the Store, and a prefix that nobody else uses.
//
// Concurrency: safe for concurrent use. It owns no goroutine between calls: Watch
// runs in its caller's, and Renew's sender ends before Renew returns. All renewals
// share one stream, one Renew at a time.
//
// The truth is etcd's API reference (KV, Watch, Lease) and, where that is silent,
// the behaviour of etcd 3.6: server/etcdserver/api/v3rpc and etcdserver/txn.
package etcd
