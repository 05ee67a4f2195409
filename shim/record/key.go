package record

import (
	"strings"

	"github.com/hquorum/hquorum/shim/znode"
)

// The keys that exist once.
const (
	MetaKey    = "m/meta"
	ClockKey   = "m/clock"
	WriterKey  = "m/writer"
	JournalKey = "j"
)

// The prefixes of the other keys.
const (
	NodePrefix    = "z"
	CounterPrefix = "c"
	SessionPrefix = "s/"
	FencePrefix   = "m/fence/"
)

// Kind says what a key holds.
type Kind int

// The kinds of key. KindOther is anything that this package does not read,
// fences included.
const (
	KindOther Kind = iota
	KindNode
	KindCounter
	KindSession
	KindMeta
	KindClock
	KindWriter
	KindJournal
)

// NodeKey returns the key of the znode at p.
func NodeKey(p znode.Path) string { return NodePrefix + string(p) }

// CounterKey returns the key of the child counter of the znode at p.
func CounterKey(p znode.Path) string { return CounterPrefix + string(p) }

const hexDigits = "0123456789abcdef"

// SessionKey returns the key of a session's record.
func SessionKey(id znode.SessionID) string {
	var key [len(SessionPrefix) + 16]byte
	copy(key[:], SessionPrefix)
	for i, v := len(key)-1, uint64(id); i >= len(SessionPrefix); i, v = i-1, v>>4 {
		key[i] = hexDigits[v&0xf]
	}
	return string(key[:])
}

// ParseKey says what key holds; p is set for a KindNode and a KindCounter, id
// for a KindSession. A key that the functions above would not have made is a
// KindOther.
func ParseKey(key string) (kind Kind, p znode.Path, id znode.SessionID) {
	switch key {
	case MetaKey:
		return KindMeta, "", 0
	case ClockKey:
		return KindClock, "", 0
	case WriterKey:
		return KindWriter, "", 0
	case JournalKey:
		return KindJournal, "", 0
	}
	switch {
	case strings.HasPrefix(key, NodePrefix+"/"):
		return KindNode, znode.Path(key[len(NodePrefix):]), 0
	case strings.HasPrefix(key, CounterPrefix+"/"):
		return KindCounter, znode.Path(key[len(CounterPrefix):]), 0
	case strings.HasPrefix(key, SessionPrefix):
		if id, ok := parseID(key[len(SessionPrefix):]); ok {
			return KindSession, "", id
		}
	}
	return KindOther, "", 0
}

func parseID(s string) (znode.SessionID, bool) {
	if len(s) != 16 {
		return 0, false
	}
	var v uint64
	for i := range len(s) {
		d := strings.IndexByte(hexDigits, s[i])
		if d < 0 {
			return 0, false
		}
		v = v<<4 | uint64(d)
	}
	return znode.SessionID(v), true
}
