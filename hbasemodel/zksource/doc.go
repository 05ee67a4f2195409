// Package zksource shows hbasemodel the tree of any quorum of ZooKeeper's
// protocol, 3.4 or newer, over github.com/go-zookeeper/zk. It only reads.
//
// It promises what hbasemodel.Source says, with these bounds. States of a znode
// that follow each other faster than they can be read are told as one; the last
// one always is. A znode that was deleted and created again is told as deleted
// first. ZooKeeper has no reads of several znodes at once: Ready is told when
// all znodes were read and none has changed since, which is one state; under
// changes that never pause it is told every other second all the same, and some
// znodes may then be newer than others. Its zxid is the highest that the znodes told
// show. The zxid of a deletion is known if the parent shows that nothing else
// happened to its children. A znode that the session may not read is not told, and
// nothing below it; whether it may is asked again when a sibling comes or goes.
// Children that it may not list are taken for none. A root that may not be read
// is an error.
//
// One Follow is one session. It ends when the connection is lost, since
// everything must be read again after that: then call it again. Follow itself
// waits before it connects, longer with each failure, up to ten seconds, so a
// caller may call it in a loop.
//
// The client library knows no persistent watches, so there is a one-shot data
// watch and child watch for each znode (data alone for an ephemeral one). A
// change costs one read; a child that comes or goes costs a read of its
// parent's list. Memory is that of the tree; goroutines are a fixed number, and
// are gone when Follow returns.
//
// A Source may be shared, but one Follow at a time is what it is made for.
//
// The truth is the ZooKeeper Programmer's Guide, "ZooKeeper Watches" and
// "Consistency Guarantees": a client sees the event of a watch before it sees
// what has changed.
package zksource
