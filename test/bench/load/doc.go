// Package load is a client of ZooKeeper's protocol that is cheaper than any
// server: it holds thousands of sessions on a few goroutines, each with its own
// epoll, sends requests that were encoded beforehand, and looks no further into
// a reply than its header.
//
// A Pool is a number of sessions; what each of them does is its Program. The
// replies must come in the order of the requests: a session whose server breaks
// that, or the connection, is lost, and counted.
//
// It asks: Linux. A Program is called by one goroutine only; the methods of a
// Pool are for one goroutine at a time.
//
// Source of truth: ZooKeeper's client, ClientCnxn, and shim/proto for the bytes.
package load
