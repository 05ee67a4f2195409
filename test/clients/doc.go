// Package clients runs the clients that people already use against a quorum: go-zookeeper/zk, kazoo from PyPI, and
// ZooKeeper's own Java client with Curator's recipes. Each does its locks, elections, watches and transactions.
//
// The quorum is hquorum with embedded etcd; HQUORUM_TEST_QUORUM=etcd or =zookeeper puts a real etcd process or
// Apache ZooKeeper there (the latter shows that the suites themselves are right), and HQUORUM_TEST_ADDR=host:port
// takes a running server. Short runs (-short) skip everything, because JVMs and downloads are slow.
//
// Source of truth: the clients' own documentation of what their recipes promise.
package clients
