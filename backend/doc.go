// Package backend is where an etcd comes from: one inside this process
// (Embedded) or a cluster that somebody else runs (External).
//
// It promises: a Backend that answers when its constructor returns, and errors
// of one line that say what to do. An embedded etcd opens no port at all, keeps
// everything under one directory, holds that directory's lock, compacts its own
// history (what is older than a few seconds, when the database has grown by half)
// and syncs every write, so that kill -9 and a power cut lose nothing that was
// acknowledged. Its KV.Txn takes a key in two ops, which package store/etcd never
// sends. An external etcd is only ever used through its client
// port; nothing global is changed there: no compaction, no auth, no members.
//
// It asks: Close after the stores made from Conn are closed. Whoever embeds an
// etcd watches Done: the server can stop by itself, for example on a full disk.
//
// Concurrency: a Backend's fields are constant, Close may be called once.
//
// Source of truth: etcd's embed package and its operations guide.
package backend
