// Package record defines what the shim keeps in its store: the keys and the
// encoded values of znodes, child counters, sessions, the tree's meta data and
// the journal of a transaction.
//
// Each record has Append, which encodes it behind a version byte, and a Decode
// function. Encodings are compact and canonical: what decodes encodes to the
// same bytes again. Decoding is strict and never panics: any other input is an
// error that matches ErrCorrupt, or ErrVersion where a newer shim wrote it.
//
// Zxids are stored as they are in the struct. A pending one means "the revision
// of this key, at that position of its transaction": whoever decodes resolves
// it with znode.Zxid.Resolve and the key's ModRevision. A record is therefore
// only ever written with final zxids or those of its own transaction.
//
// Keys, relative to the store's prefix:
//
//	z<path>         Node, "z/" is the root, "z/hbase" is /hbase
//	c<path>         Counter, absent while the znode never had a child
//	s/<session id>  Session, 16 hex digits, attached to the session's lease
//	m/meta          Meta
//	m/clock         Clock
//	m/fence/<shim>  the store's own
//	j               Journal of the last transaction that needed one
//
// The package holds values only and is safe for concurrent use; decoded byte
// slices alias their input, which the caller must not modify afterwards.
package record
