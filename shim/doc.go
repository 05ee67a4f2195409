// Package shim is a server of ZooKeeper's protocol whose state lives in a
// store.Store: etcd, or memory. It wires the rooms below it, and is what a Go
// program embeds:
//
//	b, err := backend.Embedded(ctx, backend.EmbeddedConfig{Dir: "data"})
//	st, err := etcd.New(b.Conn, etcd.Options{Prefix: "/hquorum/"})
//	srv, err := shim.New(ctx, shim.Config{}, st)
//	go srv.Serve(listener)   // clients over the network, and
//	nc, err := srv.Dial(ctx) // clients in this process: a net.Conn
//	...
//	srv.Drain(ctx)           // or at once:
//	srv.Close(); st.Close(); b.Close()
//
// It promises what docs/guarantees.md says. While the store is out of reach
// (Health says so) clients are disconnected and refused, so that they go to
// another server; the server recovers by itself. It never stops because of what
// is stored or what a client sends.
//
// It asks for a store.Store that nobody else in this process uses, and closes it
// never. Several processes may share what is behind it.
//
// A Server is safe for concurrent use. Its goroutines, all ended by Close:
// follow (brings the store's changes to the replica), watchOver (asks the store for
// signs of life), reap (containers and TTL znodes), repair (counters), tellMoves
// (sessions that other servers took), tellTime, one for each Serve, and those of
// the connections, the committer and the sessions. What waits for repair and
// tellMoves is a set, bounded by the znodes and the sessions there are.
package shim
