// Package znode holds the nouns of ZooKeeper's data model: paths, Stats, ACLs,
// create modes, owners, zxids and event types.
//
// It promises values only: no I/O, no clock, no state, the standard library
// alone. Everything here is safe for concurrent use as long as callers do not
// modify slices they share.
//
// The truth is ZooKeeper 3.9: the Programmer's Guide ("ZooKeeper Data Model"),
// zookeeper.jute, and the classes PathUtils, CreateMode, EphemeralType and
// Watcher.Event.EventType.
package znode
