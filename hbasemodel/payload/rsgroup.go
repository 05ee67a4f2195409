package payload

// RSGroup is RSGroup.proto's RSGroupInfo: the data of rsgroup/*, a copy of
// hbase:rsgroup for when that is offline (RSGroupInfoManagerImpl). Its servers
// have no start code.
type RSGroup struct {
	Name    string
	Servers []ServerName
	Tables  []TableName
	// Configuration exists since 2.4.
	Configuration []Pair
	Unknown       []byte
}

// DecodeRSGroup reads a body.
func DecodeRSGroup(body []byte) (RSGroup, Form, error) { return decodePBUF(body, (*RSGroup).read) }

func (g *RSGroup) read(b []byte) error {
	f := fieldsOf("RSGroupInfo", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			g.Name = f.string()
		case 3<<3 | asBytes:
			var t TableName
			f.table(&t)
			g.Tables = append(g.Tables, t)
		case 4<<3 | asBytes:
			var s ServerName
			f.server(&s)
			g.Servers = append(g.Servers, s)
		case 5<<3 | asBytes:
			g.Configuration = f.pair(g.Configuration)
		default:
			f.keep()
		}
	}
	f.need(1, "name")
	g.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (g RSGroup) Summary() string {
	return clean(g.Name) + ", " + countOf(len(g.Servers), "server", "servers") + ", " + countOf(len(g.Tables), "table", "tables")
}
