package payload

import "fmt"

// TableLock is ZooKeeper.proto's TableLock: the data of table-lock/TABLE/*,
// 1.x (TableLockManager).
type TableLock struct {
	Table TableName
	// Owner is the zero value where not said.
	Owner    ServerName
	ThreadID int64
	// Shared: a read lock.
	Shared  bool
	Purpose string
	// Created is in milliseconds since the Unix epoch.
	Created int64
	Unknown []byte
}

// DecodeTableLock reads a body.
func DecodeTableLock(body []byte) (TableLock, Form, error) {
	return decodePBUF(body, (*TableLock).read)
}

func (l *TableLock) read(b []byte) error {
	f := fieldsOf("TableLock", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			f.table(&l.Table)
		case 2<<3 | asBytes:
			f.server(&l.Owner)
		case 3<<3 | asVarint:
			l.ThreadID = int64(f.varint())
		case 4<<3 | asVarint:
			l.Shared = f.bool()
		case 5<<3 | asBytes:
			l.Purpose = f.string()
		case 6<<3 | asVarint:
			l.Created = int64(f.varint())
		default:
			f.keep()
		}
	}
	l.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (l TableLock) Summary() string {
	kind := "exclusive"
	if l.Shared {
		kind = "shared"
	}
	return fmt.Sprintf("%s, held by %s for %s", kind, clean(l.Owner.String()), clean(l.Purpose))
}
