package payload

// TableName is HBase.proto's (1.x: Table.proto's) TableName. It is comparable;
// the zero value is no table.
type TableName struct {
	Namespace, Qualifier string
}

// String gives ns:qualifier, and the qualifier alone in the default namespace,
// as HBase names znodes.
func (t TableName) String() string {
	if t.Namespace == "default" || t.Namespace == "" {
		return t.Qualifier
	}
	return t.Namespace + ":" + t.Qualifier
}

// MarshalText gives the same as String.
func (t TableName) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

func (f *fields) table(t *TableName) {
	in := fieldsOf("TableName", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			t.Namespace = in.string()
		case 2<<3 | asBytes:
			t.Qualifier = in.string()
		default:
			in.keep()
		}
	}
	in.need(1, "namespace")
	in.need(2, "qualifier")
	f.nested(in.err)
	f.keepInside(in.unknown)
}

// Pair is HBase.proto's NameStringPair, one entry of a configuration.
type Pair struct {
	Name, Value string
	Unknown     []byte
}

func (p *Pair) read(b []byte) error {
	f := fieldsOf("NameStringPair", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			p.Name = f.string()
		case 2<<3 | asBytes:
			p.Value = f.string()
		default:
			f.keep()
		}
	}
	f.need(1, "name")
	f.need(2, "value")
	p.Unknown = f.unknown
	return f.err
}

func (f *fields) pair(dst []Pair) []Pair {
	var p Pair
	f.nested(p.read(f.bytes()))
	return append(dst, p)
}

func appendPair(dst []byte, p Pair) []byte {
	dst = appendString(dst, 1, p.Name)
	dst = appendString(dst, 2, p.Value)
	return append(dst, p.Unknown...)
}
