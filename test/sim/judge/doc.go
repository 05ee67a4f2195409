// Package judge says whether what happened to some clients is what ZooKeeper
// promises, given everything that they sent and were sent, and everything that
// the store behind their servers went through.
//
// It promises: Check is a function of the History alone. The store's changes
// give the one true order; they are replayed by a model of ZooKeeper's own
// (tree.go, ops.go), each acknowledged request at its zxid, and what nobody was
// answered for must be explained by a request that was asked, the end of a
// session, or a znode that was due to be reaped. Every reply and every event of
// every connection is then compared with what the model says of its zxid.
//
// It asks: that the History is complete, its Seqs rise in the order in which
// things happened, and zxids have the base 0.
//
// It shares no code with the server that it judges: it decodes what that stores
// by itself (stored.go), from the description of the keyspace.
//
// The properties have names, which reports print:
//
//	P1   an acknowledged write is there, a refused one has left no trace
//	P2   a write is behind all that was acknowledged before it was asked for
//	P4   replies in the order of requests; a client's writes in order or not at all
//	P5   the zxid that a session sees never falls, whichever server it is on
//	P6   a reply says what is true at its zxid
//	P7   what was acknowledged before a sync is seen after it
//	P9   a multi is done as a whole, at once
//	P10  watches: nothing missed, nothing twice, nothing strange
//	P11  an event comes before any reply that could show the change
//	P12  what a reconnected client's setWatches tells at once is what changed
//	P13  an ephemeral znode is there if and only if its session is
//	P14  no session ends before its time, none lives on long after it
//	P15  sequence numbers are unique and rise
//
// Some things are not held against a server, because its design has them or
// because nobody can tell:
//
//   - a write that changes nothing may be answered with a zxid below that of the
//     state that it was checked against, as long as the answer was true there;
//   - the children event of a znode is filtered by the ACL that the znode has
//     behind the revision, which may hold several requests;
//   - where a lease ran out, servers may disagree on the parent's pzxid until one
//     of them has stored it, and a write of the parent that was planned before
//     may be answered with a Stat that counts the children as they were;
//   - a reply that comes after the server had to read the whole store may have a
//     higher zxid than the change (belated);
//   - which of several like requests without an answer was done (doubt), and
//     where in its revision a setACL without an answer was (vague).
//
// Nothing here is concurrent. The truth is ZooKeeper's Programmer's Guide, and
// the classes DataTree, WatchManager and PrepRequestProcessor.
package judge
