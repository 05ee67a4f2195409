// Package wire is a small ZooKeeper client on a raw socket, for tests that judge a server.
//
// It promises: every request record of the protocol can be sent, also wrong ones (null strings, invalid flags, cut or
// padded bodies, any opcode), any number at a time; every frame that comes back is handed over in the order of its
// arrival, with its raw bytes. It has no opinion: no retries, no pings of its own, no watch bookkeeping, and replies
// are decoded only when asked for.
//
// It shares no code with the server that it judges, so that one mistake cannot hide another.
//
// Concurrency: a Conn is for one goroutine at a time.
//
// Source of truth: ZooKeeper's zookeeper.jute and the classes MultiOperationRecord and MultiResponse.
package wire
