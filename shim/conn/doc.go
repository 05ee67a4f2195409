// Package conn serves clients' connections: handshake, requests in, replies and
// events out, in the order that ZooKeeper promises. A Hub holds all connections
// of a server.
//
// It promises, to each client: requests are answered in their order (auth alone
// is answered at once, as in ZooKeeper); a read sees the client's earlier writes,
// those of its former connection included; an event is sent before any reply that
// could show its change; a write whose outcome is unknown closes the connection.
// What a client sends never ends in a panic, and what it announces is not
// allocated before it comes. Nobody waits for a slow client: one that does not
// read its events is cut, one that does not read its replies is not read from.
//
// It asks for the rooms in Options. The watch.Manager must be made with Frame and
// be fired under the replica's lock, Conn must be what sessions are bound to, and
// Hub.Flush is to be called after Done functions and events.
//
// One goroutine a connection, the reader. It cuts the input into frames, answers
// reads by itself from a view of the replica, a whole burst in one view and one
// write to the socket, and submits writes to the committer. Others append replies
// to writes and events, in the goroutine that changes the replica and therefore
// in the order of changes; their connections wait in Hub.line, each once, for
// flushers, of which there are at most maxFlushers while there is work, or for
// Hub.Flush. These write only what the socket takes at once; while a socket is
// full, and always if it cannot be asked (net.Pipe), a goroutine of that
// connection waits for it. A reply to a read is appended while the view is held,
// so that it cannot fall behind a later event.
//
// Bounds: writes in flight (maxOutstanding: the reader waits), replies of the
// reader (outBurst: it sends them first), frames that others append
// (Options.MaxQueued: the client is cut), connections in the line (all). Locks are taken in the order replica,
// session.Manager, stats, flight; out, line and Hub.mu are never held while another
// is taken.
//
// Differences from ZooKeeper: a client from the future (lastZxidSeen) is held for
// up to 2 s before it is refused; the opcodes reconfig and sasl are answered with
// UNIMPLEMENTED; so is createSession, which ZooKeeper takes after the handshake,
// and which closes the connection like any unknown opcode; setWatches with a null
// list is refused as a whole; a request that is too large for the store is
// BADARGUMENTS.
//
// The truth is ZooKeeper 3.9: classes NIOServerCnxn, ZooKeeperServer
// (processConnectRequest, processPacket), FinalRequestProcessor,
// UnimplementedRequestProcessor, and the Programmer's Guide ("Consistency
// Guarantees", "ZooKeeper Watches").
package conn
