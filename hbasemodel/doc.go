// Package hbasemodel turns the znodes of HBase clusters into typed views and
// typed events, HBase 1.x to 3.x.
//
// A Source tells a Sink the tree of a quorum and its changes; Model is the Sink.
// It finds the clusters by itself, or keeps to the parents it was given, and
// answers from memory: Clusters, Masters, RegionServers, MetaLocations, Tables
// and so on, or all of a cluster in one Snapshot. Subscribe and Events give what
// happened: masters elected, region servers that came and went, states of tables.
//
// It promises that
//   - one change costs the same whatever the cluster's size. Rows are built when
//     they are read, only those that were touched since, and a view that nothing
//     touched is handed out again as it is;
//   - a view depends on the tree alone, not on the way that led there;
//   - a bad znode never fails a view: its row is there, with Origin.Err;
//   - a view that is empty says why: Keeping tells what is not there from what
//     this version of HBase keeps elsewhere;
//   - whoever reads a view after an event sees at least what the event told;
//   - events are told once and in order, with increasing ids. What changed while
//     the source was away is told after the next Ready as differences, marked
//     Late; the first snapshot tells nothing;
//   - secrets are never shown: of token keys only the names, of access rights only
//     how many, of a peer's configuration only the keys.
//
// It asks of the caller that rows and slices that it hands out are not changed:
// they are shared by all readers.
//
// A Model is safe for concurrent use; its Sink methods must be called from one
// goroutine at a time. It starts no goroutines.
//
// The truth is HBase: ZNodePaths for the names, and the classes that each view
// names. What the bytes mean is package payload's.
package hbasemodel
