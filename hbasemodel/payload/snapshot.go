package payload

import "fmt"

// Snapshot is SnapshotDescription (HBase.proto in 1.x, Snapshot.proto since
// 2.0): the data of online-snapshot/acquired/*, up to 2.5.
type Snapshot struct {
	Name, Table string
	// Created is in milliseconds since the Unix epoch, 0 where not said.
	Created int64
	Type    SnapshotType
	// Version is that of the format on disk.
	Version int32
	Owner   string
	// Permissions are those of the table, kept as they were encoded.
	Permissions []byte
	// TTL is in seconds, 0 for ever.
	TTL int64
	// MaxFileSize is in bytes, 0 where not said.
	MaxFileSize int64
	Unknown     []byte
}

// DecodeSnapshot reads a body.
func DecodeSnapshot(body []byte) (Snapshot, Form, error) { return decodePBUF(body, (*Snapshot).read) }

func (s *Snapshot) read(b []byte) error {
	s.Type = SnapshotFlush
	f := fieldsOf("SnapshotDescription", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			s.Name = f.string()
		case 2<<3 | asBytes:
			s.Table = f.string()
		case 3<<3 | asVarint:
			s.Created = int64(f.varint())
		case 4<<3 | asVarint:
			s.Type = SnapshotType(f.varint())
		case 5<<3 | asVarint:
			s.Version = int32(f.varint())
		case 6<<3 | asBytes:
			s.Owner = f.string()
		case 7<<3 | asBytes:
			s.Permissions = f.copied()
		case 8<<3 | asVarint:
			s.TTL = int64(f.varint())
		case 9<<3 | asVarint:
			s.MaxFileSize = int64(f.varint())
		default:
			f.keep()
		}
	}
	f.need(1, "name")
	s.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (s Snapshot) Summary() string {
	return fmt.Sprintf("%s of table %s, %s", clean(s.Name), clean(s.Table), s.Type)
}

// SnapshotType is SnapshotDescription.Type; unlisted numbers stay as they are.
type SnapshotType int32

// The types.
const (
	SnapshotDisabled SnapshotType = iota
	SnapshotFlush
	SnapshotSkipFlush
)

var snapshotTypeNames = []string{"DISABLED", "FLUSH", "SKIPFLUSH"}

func (t SnapshotType) String() string { return enumName(snapshotTypeNames, int32(t)) }

// MarshalText gives the name.
func (t SnapshotType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
