// Package payload knows what the bytes of HBase's znodes mean, HBase 1.x to 3.x.
//
// Open and Seal handle the frame that HBase puts around nearly every payload.
// Decode reads the data of any znode by its path below the cluster's parent and
// says what it found: a Message, the Form in which it was written, who wrote
// it, or the error. A DecodeX function for each message takes the body behind
// the frame. Encode writes what Go programs write, always in the full frame:
// Java reads data without it, gohbase and asynchbase do not.
//
// It promises that
//   - no bytes make it panic, and what it allocates is bounded by a small
//     multiple of their length;
//   - broken bytes are an error that says where they broke;
//   - nothing is lost: unknown enum numbers stay as they are and print as
//     numbers, unknown fields are kept in Unknown, as they stood on the wire,
//     and written again by AppendBody. Those of a nested message without an
//     Unknown of its own are kept as that field with only them in it, which
//     protobuf merges on reading;
//   - null and empty data are told apart;
//   - secrets (tokenauth/keys) are neither decoded nor handed on.
//
// Optional fields that a writer left out read as protobuf's defaults and are
// written as such again, which HBase reads alike; where HBase itself tells the
// two apart, so does the struct.
//
// Times are milliseconds since the Unix epoch. Messages hold no memory of the
// data they were decoded from; Frame and Value.Body share it. All functions are
// safe for concurrent use.
//
// The truth is HBase: the classes ZKMetadata and RecoverableZooKeeper (frame),
// ProtobufUtil ("PBUF" and what was before it), ZNodePaths (paths), and the
// messages of ZooKeeper.proto, HBase.proto, ClusterStatus.proto, ClusterId.proto,
// Replication.proto, Snapshot.proto, ErrorHandling.proto, LoadBalancer.proto,
// RegionNormalizer.proto, SnapshotCleanup.proto, AccessControl.proto,
// VisibilityLabels.proto and RSGroup.proto. Where versions disagree on a field,
// its comment says which is which. The znodes under testdata were written by
// HBase 1.7.2, 2.2.3, 2.4.18, 2.6.4 and 3.0.0-alpha-4.
package payload
