package payload

import "fmt"

// Peer is ZooKeeper.proto's (since 2.1 Replication.proto's) ReplicationPeer:
// the data of replication/peers/*, 1.x to 3.x (ReplicationPeerConfigUtil).
type Peer struct {
	// ClusterKey is quorum:port:parent of the other cluster, or since 2.6 a
	// URI; empty where the endpoint needs none.
	ClusterKey string
	// Endpoint is the class that ships, empty for HBase's own.
	Endpoint      string
	Data          []BytesPair
	Configuration []Pair
	// Tables limits the peer to these tables and families.
	Tables     []TableFamilies
	Namespaces []string
	// Bandwidth is the limit in bytes a second per server, 0 for none.
	Bandwidth int64
	// ReplicateAll and what it leaves out exist since 2.1. All is nil where
	// the writer did not say, as 1.x does.
	ReplicateAll      *bool
	ExcludeTables     []TableFamilies
	ExcludeNamespaces []string
	// Serial: since 2.1, in the order of the edits.
	Serial bool
	// RemoteWALDir: 3.x, a peer of synchronous replication.
	RemoteWALDir string
	Unknown      []byte
}

// TableFamilies is TableCF: a table, and of its families these, or all.
type TableFamilies struct {
	Table    TableName
	Families []string
}

func (t TableFamilies) String() string {
	if len(t.Families) == 0 {
		return t.Table.String()
	}
	return t.Table.String() + ":" + list(t.Families, func(s string) string { return s })
}

// BytesPair is HBase.proto's BytesBytesPair.
type BytesPair struct {
	First, Second []byte
}

// DecodePeer reads a body. As HBase does it takes the cluster key as plain
// text, with FormLegacy.
func DecodePeer(body []byte) (Peer, Form, error) {
	p, form, err := decodePBUF(body, (*Peer).read)
	if form == FormUnknown {
		if !isText(body) {
			return Peer{}, FormUnknown, fmt.Errorf("%w, nor is it text", err)
		}
		return Peer{ClusterKey: string(body)}, FormLegacy, nil
	}
	return p, form, err
}

func (p *Peer) read(b []byte) error {
	f := fieldsOf("ReplicationPeer", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			p.ClusterKey = f.string()
		case 2<<3 | asBytes:
			p.Endpoint = f.string()
		case 3<<3 | asBytes:
			p.Data = append(p.Data, f.bytesPair())
		case 4<<3 | asBytes:
			p.Configuration = f.pair(p.Configuration)
		case 5<<3 | asBytes:
			p.Tables = append(p.Tables, f.tableFamilies())
		case 6<<3 | asBytes:
			p.Namespaces = append(p.Namespaces, f.string())
		case 6<<3 | asVarint, 7<<3 | asVarint: // 1.x has the bandwidth at 6
			p.Bandwidth = int64(f.varint())
		case 8<<3 | asVarint:
			all := f.bool()
			p.ReplicateAll = &all
		case 9<<3 | asBytes:
			p.ExcludeTables = append(p.ExcludeTables, f.tableFamilies())
		case 10<<3 | asBytes:
			p.ExcludeNamespaces = append(p.ExcludeNamespaces, f.string())
		case 11<<3 | asVarint:
			p.Serial = f.bool()
		case 12<<3 | asBytes:
			p.RemoteWALDir = f.string()
		default:
			f.keep()
		}
	}
	p.Unknown = f.unknown
	return f.err
}

func (f *fields) bytesPair() (p BytesPair) {
	in := fieldsOf("BytesBytesPair", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			p.First = in.copied()
		case 2<<3 | asBytes:
			p.Second = in.copied()
		default:
			in.keep()
		}
	}
	in.need(1, "first")
	in.need(2, "second")
	f.nested(in.err)
	f.keepInside(in.unknown)
	return p
}

func (f *fields) tableFamilies() (t TableFamilies) {
	in := fieldsOf("TableCF", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			in.table(&t.Table)
		case 2<<3 | asBytes:
			t.Families = append(t.Families, in.string())
		default:
			in.keep()
		}
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
	return t
}

// Summary implements Message. The configuration and the data stay out of it.
func (p Peer) Summary() string {
	s := "to " + clean(p.ClusterKey)
	if p.ClusterKey == "" {
		s = "to no cluster"
	}
	if p.Endpoint != "" {
		s += " by " + clean(p.Endpoint)
	}
	if len(p.Tables) > 0 {
		s += ", tables " + list(p.Tables, TableFamilies.String)
	}
	if len(p.Namespaces) > 0 {
		s += ", namespaces " + list(p.Namespaces, func(s string) string { return s })
	}
	if len(p.ExcludeTables) > 0 {
		s += ", not tables " + list(p.ExcludeTables, TableFamilies.String)
	}
	if len(p.ExcludeNamespaces) > 0 {
		s += ", not namespaces " + list(p.ExcludeNamespaces, func(s string) string { return s })
	}
	if p.Serial {
		s += ", serial"
	}
	if p.RemoteWALDir != "" {
		s += ", synchronous"
	}
	if p.Bandwidth != 0 {
		s += fmt.Sprintf(", at most %d bytes a second", p.Bandwidth)
	}
	return s
}
