package payload

import (
	"fmt"
	"net/url"
	"strings"
)

// SplitLogTask is ZooKeeper.proto's SplitLogTask: the data of splitWAL/*, 1.x
// to 3.x, where splitting WALs is coordinated in ZooKeeper
// (ZKSplitLogManagerCoordination; the default up to 2.3).
type SplitLogTask struct {
	State SplitState
	// Server is the owner, or the master that made the task.
	Server ServerName
	// Mode is 1.x's.
	Mode    RecoveryMode
	Unknown []byte
}

// DecodeSplitLogTask reads a body.
func DecodeSplitLogTask(body []byte) (SplitLogTask, Form, error) {
	return decodePBUF(body, (*SplitLogTask).read)
}

func (t *SplitLogTask) read(b []byte) error {
	f := fieldsOf("SplitLogTask", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asVarint:
			t.State = SplitState(f.varint())
		case 2<<3 | asBytes:
			f.server(&t.Server)
		case 3<<3 | asVarint:
			t.Mode = RecoveryMode(f.varint())
		default:
			f.keep()
		}
	}
	f.need(1, "state")
	f.need(2, "server_name")
	t.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (t SplitLogTask) Summary() string {
	if t.Mode != RecoveryUnknown {
		return fmt.Sprintf("%s by %s, %s", t.State, clean(t.Server.String()), t.Mode)
	}
	return fmt.Sprintf("%s by %s", t.State, clean(t.Server.String()))
}

// SplitState is SplitLogTask.State; unlisted numbers stay as they are.
type SplitState int32

// The states.
const (
	SplitUnassigned SplitState = iota
	SplitOwned
	SplitResigned
	SplitDone
	SplitErr
)

var splitStateNames = []string{"UNASSIGNED", "OWNED", "RESIGNED", "DONE", "ERR"}

func (s SplitState) String() string { return enumName(splitStateNames, int32(s)) }

// MarshalText gives the name.
func (s SplitState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// RecoveryMode is 1.x's SplitLogTask.RecoveryMode; unlisted numbers stay.
type RecoveryMode int32

// The modes.
const (
	RecoveryUnknown RecoveryMode = iota
	RecoverySplitting
	RecoveryReplay
)

var recoveryModeNames = []string{"UNKNOWN", "LOG_SPLITTING", "LOG_REPLAY"}

func (m RecoveryMode) String() string { return enumName(recoveryModeNames, int32(m)) }

// MarshalText gives the name.
func (m RecoveryMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// SplitTaskWAL gives the path of the WAL that a splitWAL/* znode is named
// after; it is false for a RESCAN znode, which only wakes the workers, and for
// a name that is not URL-escaped.
func SplitTaskWAL(name string) (wal string, ok bool) {
	if strings.HasPrefix(name, "RESCAN") {
		return "", false
	}
	wal, err := url.QueryUnescape(name)
	return wal, err == nil
}
