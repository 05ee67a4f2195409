// Package jute turns bytes into primitives and back: ints, longs, booleans,
// buffers, strings and vectors, as ZooKeeper's serialization of that name does.
// It knows no ZooKeeper record.
//
// Encoding appends to a byte slice and cannot fail. Decoding goes through a
// Cursor with one sticky error: read all fields of a record, then ask Err once.
// No input makes it panic, and it never allocates more than a small multiple of
// the bytes that are really there. Bounding a whole message (jute.maxbuffer) is
// up to whoever reads it from the network; the length of a buffer inside is then
// bounded by the message, so jute.maxbuffer's extra size has no counterpart.
//
// Numbers are big-endian. A buffer, string or vector starts with its length as
// an int; −1 stands for null. Null and empty stay distinct for buffers and
// vectors (nil and empty non-nil slices); a null string reads as "".
//
// Strings are UTF-8. Malformed input is repaired as Java does it, with U+FFFD.
// Unlike Java's BinaryOutputArchive, which writes a character beyond U+FFFF as
// two surrogates of three bytes each that nobody can read back, AppendString
// writes proper UTF-8.
//
// A Cursor is for one goroutine. The truth is BinaryInputArchive and
// BinaryOutputArchive of ZooKeeper 3.9 (zookeeper-jute).
package jute
