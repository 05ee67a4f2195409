// Package proto holds ZooKeeper's wire protocol: frames, headers, opcodes,
// error codes and records, one file a record.
//
// Every record is a struct with an Append method that encodes it and a Decode
// method that reads it from a jute.Cursor, so that servers, clients and tests
// share them. Decode leaves its error in the Cursor; a record whose Decode
// failed holds nothing of use. Decoding is as lenient as ZooKeeper: bytes after
// a record are ignored, any non-zero byte is true, and a negative vector count
// is an empty vector. What does not decode is MARSHALLINGERROR.
//
// Buffers in a decoded record alias the frame that they were read from; strings
// are copies. Vectors in requests keep null (nil) and empty apart; in responses
// nil is written as an empty vector, because clients do not expect null there.
//
// All functions are safe for concurrent use on distinct records.
//
// The truth is zookeeper.jute of ZooKeeper 3.9, and the classes ZooDefs.OpCode,
// KeeperException.Code, MultiOperationRecord, MultiResponse and ProtocolManager.
package proto
