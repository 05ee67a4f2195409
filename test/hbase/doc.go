// Package hbase runs unmodified HBase clusters that have hquorum as their only quorum, through the life that an
// operator gives them: start, tables, splits, snapshots, replication peers, crashes of every kind of server and of the
// quorum itself under load, and an orderly shutdown.
//
// HQUORUM_TEST_QUORUM=zookeeper runs the same on Apache ZooKeeper, which shows that the scenario itself is right;
// =etcd runs hquorum on a real etcd process. A version takes some minutes, so give go test a -timeout of 30m for all
// of them, or choose: -run 'TestHBase/2.6.4'. Only -short skips.
//
// Source of truth: HBase's reference guide, and what the same steps do on Apache ZooKeeper.
package hbase
