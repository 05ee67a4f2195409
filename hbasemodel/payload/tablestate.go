package payload

// Table is the data of table/*: ZooKeeper.proto's Table in 1.x, where it is the
// truth (ZKTableStateManager), DeprecatedTableState in 2.x, a mirror of
// hbase:meta (MirroringTableStateManager). 3.x does not write it.
type Table struct {
	State   TableState
	Unknown []byte
}

// DecodeTable reads a body.
func DecodeTable(body []byte) (Table, Form, error) { return decodePBUF(body, (*Table).read) }

func (t *Table) read(b []byte) error {
	f := fieldsOf("Table", b)
	for f.next() {
		if f.tag == 1<<3|asVarint {
			t.State = TableState(f.varint())
		} else {
			f.keep()
		}
	}
	f.need(1, "state")
	t.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (t Table) AppendBody(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = appendVarint(dst, 1, uint64(int64(t.State)))
	return append(dst, t.Unknown...)
}

// Summary implements Message.
func (t Table) Summary() string { return t.State.String() }

// TableState is Table.State; unlisted numbers stay as they are.
type TableState int32

// The states.
const (
	TableEnabled TableState = iota
	TableDisabled
	TableDisabling
	TableEnabling
)

var tableStateNames = []string{"ENABLED", "DISABLED", "DISABLING", "ENABLING"}

func (s TableState) String() string { return enumName(tableStateNames, int32(s)) }

// MarshalText gives the name.
func (s TableState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
