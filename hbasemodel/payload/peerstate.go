package payload

// ReplicationState is the data of replication/peers/*/peer-state, 1.x to 3.x:
// the message of that name (ZKReplicationPeerStorage).
type ReplicationState struct {
	State   PeerState
	Unknown []byte
}

// DecodeReplicationState reads a body.
func DecodeReplicationState(body []byte) (ReplicationState, Form, error) {
	return decodePBUF(body, (*ReplicationState).read)
}

func (r *ReplicationState) read(b []byte) error {
	f := fieldsOf("ReplicationState", b)
	for f.next() {
		if f.tag == 1<<3|asVarint {
			r.State = PeerState(f.varint())
		} else {
			f.keep()
		}
	}
	f.need(1, "state")
	r.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (r ReplicationState) AppendBody(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = appendVarint(dst, 1, uint64(int64(r.State)))
	return append(dst, r.Unknown...)
}

// Summary implements Message.
func (r ReplicationState) Summary() string { return r.State.String() }

// PeerState is ReplicationState.State; unlisted numbers stay as they are.
type PeerState int32

// The states.
const (
	PeerEnabled PeerState = iota
	PeerDisabled
)

var peerStateNames = []string{"ENABLED", "DISABLED"}

func (s PeerState) String() string { return enumName(peerStateNames, int32(s)) }

// MarshalText gives the name.
func (s PeerState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SyncReplicationState is the data of replication/peers/*/sync-rep-state and
// new-sync-rep-state, 3.x: the message of that name.
type SyncReplicationState struct {
	State   SyncState
	Unknown []byte
}

// DecodeSyncReplicationState reads a body.
func DecodeSyncReplicationState(body []byte) (SyncReplicationState, Form, error) {
	return decodePBUF(body, (*SyncReplicationState).read)
}

func (r *SyncReplicationState) read(b []byte) error {
	f := fieldsOf("SyncReplicationState", b)
	for f.next() {
		if f.tag == 1<<3|asVarint {
			r.State = SyncState(f.varint())
		} else {
			f.keep()
		}
	}
	f.need(1, "state")
	r.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (r SyncReplicationState) Summary() string { return r.State.String() }

// SyncState is SyncReplicationState.State; unlisted numbers stay as they are.
type SyncState int32

// The states.
const (
	SyncNone SyncState = iota
	SyncActive
	SyncDowngradeActive
	SyncStandby
)

var syncStateNames = []string{"NONE", "ACTIVE", "DOWNGRADE_ACTIVE", "STANDBY"}

func (s SyncState) String() string { return enumName(syncStateNames, int32(s)) }

// MarshalText gives the name.
func (s SyncState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// PeerTables is the data of replication/peers/*/tableCFs, 1.x: text like
// "t1:cf1,cf2;ns:t2". It is kept as it is written.
type PeerTables struct{ Text string }

// DecodePeerTables reads a body.
func DecodePeerTables(body []byte) (PeerTables, Form, error) {
	switch {
	case len(body) == 0:
		return PeerTables{}, formOf(body), nil
	case !isText(body):
		return PeerTables{}, FormUnknown, ErrMalformed
	}
	return PeerTables{Text: string(body)}, FormText, nil
}

// Summary implements Message.
func (p PeerTables) Summary() string {
	if p.Text == "" {
		return "every table"
	}
	return clean(p.Text)
}
