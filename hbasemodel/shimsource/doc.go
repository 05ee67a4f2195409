// Package shimsource shows hbasemodel the tree of a shim.Server in the same
// process: no connection, no session, no copy of the data.
//
// It promises what hbasemodel.Source says. Each Ready is one state of the tree,
// and all changes up to it, in the order in which they happened, have been told;
// a znode that came and went in between may not be. Zxids of deletions are
// known. A sink that is slow delays nobody: it is told fewer intermediate
// states, and the whole tree again if it lags by thousands of events.
//
// It asks for a shim.Server, which it does not close; Follow ends with it. A
// Source is safe for concurrent use, each Follow for itself.
//
// While the server's store is out of reach nothing changes, and nothing is told:
// Server.Health says so.
package shimsource
