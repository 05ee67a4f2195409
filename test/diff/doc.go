// Package diff runs the same program on Apache ZooKeeper and on a server under test and compares everything that the
// clients see: replies, error codes, Stats, and the order of events against replies.
//
// A Program is a list of steps; each step lets one client connect, drop its connection, or send one or more requests
// at once. After each step every client that may have events pings, so that what has arrived by then is determined.
// What differs from run to run by nature is replaced: a zxid by the name of the write that made it, a session id by
// its client's name, a time by its relation to others. See NOTES.md for what ZooKeeper itself leaves open.
//
// It promises: a difference is shrunk and printed with both logs side by side and the command that repeats it. It asks:
// two servers that nobody else uses, started with the same settings. It shares no code with the server under test.
//
// Concurrency: one program is run by one goroutine a server; programs in different subtrees may run at the same time.
//
// Source of truth: Apache ZooKeeper 3.9.5, by running it.
package diff
