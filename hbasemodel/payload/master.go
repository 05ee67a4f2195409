package payload

import "fmt"

// Master is ZooKeeper.proto's Master: the data of master and of
// backup-masters/*, 1.x to 3.x (MasterAddressTracker.toByteArray).
type Master struct {
	Server ServerName
	// RPCVersion is 0 in every version so far.
	RPCVersion uint32
	// InfoPort is the port of the web UI; 0 or -1 where there is none.
	InfoPort int32
	Unknown  []byte
}

// DecodeMaster reads a body. As HBase does it takes what was written before
// protobuf, with FormLegacy: a server name or host:port as text.
func DecodeMaster(body []byte) (Master, Form, error) {
	m, form, err := decodePBUF(body, (*Master).read)
	if form == FormUnknown {
		if s, legacy := legacyServer(body); legacy == nil {
			return Master{Server: s}, FormLegacy, nil
		}
	}
	return m, form, err
}

func (m *Master) read(b []byte) error {
	f := fieldsOf("Master", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			f.server(&m.Server)
		case 2<<3 | asVarint:
			m.RPCVersion = uint32(f.varint())
		case 3<<3 | asVarint:
			m.InfoPort = int32(f.varint())
		default:
			f.keep()
		}
	}
	f.need(1, "master")
	m.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (m Master) AppendBody(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = appendServer(dst, 1, m.Server)
	dst = appendVarint(dst, 2, uint64(m.RPCVersion))
	dst = appendVarint(dst, 3, uint64(uint32(m.InfoPort)))
	return append(dst, m.Unknown...)
}

// Summary implements Message.
func (m Master) Summary() string {
	return fmt.Sprintf("%s, %s", clean(m.Server.String()), infoPort(m.InfoPort))
}

func infoPort(p int32) string {
	if p <= 0 {
		return "no info port"
	}
	return fmt.Sprintf("info port %d", p)
}
