package payload

import "fmt"

// MetaRegionServer is ZooKeeper.proto's MetaRegionServer: the data of
// meta-region-server and, for replica N of hbase:meta, of meta-region-server-N.
// 1.x: written by the region server; 2.x and later: by the master, since 2.5 as
// a mirror only (MetaTableLocator.setMetaLocation).
type MetaRegionServer struct {
	Server ServerName
	// RPCVersion is 0 in every version so far.
	RPCVersion uint32
	State      RegionState
	// StateAssumed: the writer left the state out, which HBase reads as OPEN.
	StateAssumed bool
	Unknown      []byte
}

// DecodeMetaRegionServer reads a body. As HBase does it takes what was written
// before protobuf, with FormLegacy: a server name or host:port as text.
func DecodeMetaRegionServer(body []byte) (MetaRegionServer, Form, error) {
	m, form, err := decodePBUF(body, (*MetaRegionServer).read)
	if form == FormUnknown {
		if s, legacy := legacyServer(body); legacy == nil {
			return MetaRegionServer{Server: s, State: RegionOpen, StateAssumed: true}, FormLegacy, nil
		}
	}
	return m, form, err
}

func (m *MetaRegionServer) read(b []byte) error {
	m.State, m.StateAssumed = RegionOpen, true
	f := fieldsOf("MetaRegionServer", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			f.server(&m.Server)
		case 2<<3 | asVarint:
			m.RPCVersion = uint32(f.varint())
		case 3<<3 | asVarint:
			m.State, m.StateAssumed = RegionState(f.varint()), false
		default:
			f.keep()
		}
	}
	f.need(1, "server")
	m.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (m MetaRegionServer) AppendBody(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = appendServer(dst, 1, m.Server)
	dst = appendVarint(dst, 2, uint64(m.RPCVersion))
	if !m.StateAssumed {
		dst = appendVarint(dst, 3, uint64(int64(m.State)))
	}
	return append(dst, m.Unknown...)
}

// Summary implements Message.
func (m MetaRegionServer) Summary() string {
	return fmt.Sprintf("%s, %s", clean(m.Server.String()), m.State)
}

// RegionState is ClusterStatus.proto's RegionState.State. Numbers that this
// list does not have stay as they are.
type RegionState int32

// The states, and the version that brought the later ones.
const (
	RegionOffline RegionState = iota
	RegionPendingOpen
	RegionOpening
	RegionOpen
	RegionPendingClose
	RegionClosing
	RegionClosed
	RegionSplitting
	RegionSplit
	RegionFailedOpen
	RegionFailedClose
	RegionMerging
	RegionMerged
	RegionSplittingNew
	RegionMergingNew
	RegionAbnormallyClosed // 2.2
)

var regionStateNames = []string{
	"OFFLINE", "PENDING_OPEN", "OPENING", "OPEN", "PENDING_CLOSE", "CLOSING", "CLOSED", "SPLITTING", "SPLIT",
	"FAILED_OPEN", "FAILED_CLOSE", "MERGING", "MERGED", "SPLITTING_NEW", "MERGING_NEW", "ABNORMALLY_CLOSED",
}

func (s RegionState) String() string { return enumName(regionStateNames, int32(s)) }

// MarshalText gives the name.
func (s RegionState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
