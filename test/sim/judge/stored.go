package judge

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

var errStored = errors.New("a stored record cannot be read")

// stored is what one revision changed, decoded.
type stored struct {
	nodes    map[string]*storedNode // nil: deleted
	order    []string               // of nodes
	counters map[string]*storedCounter
	sessions map[int64]*storedSession
	journal  []journalEntry
	base     int64
}

// storedNode has pending zxids as negative numbers.
type storedNode struct {
	node
	lease int64
}

type storedCounter struct {
	creates, children int32
	pzxid             int64
}

type storedSession struct {
	timeout int64 // milliseconds
	epoch   int64
	shim    string
	lease   int64
}

type journalEntry struct {
	pos  int64
	typ  int32
	path string
	acl  bool // it has the znode's ACL at that moment, which is not the one behind
}

func decodeChange(c Change) (*stored, error) {
	s := &stored{
		nodes: map[string]*storedNode{}, counters: map[string]*storedCounter{}, sessions: map[int64]*storedSession{},
	}
	for _, e := range c.Events {
		r := reader{rest: e.Value}
		if !e.Delete {
			if v := r.byte(); v != 1 && (e.Key[0] != 'm' || e.Key == "m/meta") {
				return nil, errStored
			}
		}
		switch {
		case e.Key == "j" && !e.Delete:
			s.journal = r.journal()
		case e.Key == "m/meta" && !e.Delete:
			s.base = r.varint()
			r.rest = nil
		case strings.HasPrefix(e.Key, "z/"):
			path := e.Key[1:]
			s.order = append(s.order, path)
			s.nodes[path] = nil
			if !e.Delete {
				s.nodes[path] = &storedNode{node: r.node(), lease: e.Lease}
			}
		case strings.HasPrefix(e.Key, "c/"):
			s.counters[e.Key[1:]] = nil
			if !e.Delete {
				s.counters[e.Key[1:]] = &storedCounter{int32(r.varint()), int32(r.varint()), r.varint()}
			}
		case strings.HasPrefix(e.Key, "s/"):
			id, err := strconv.ParseUint(e.Key[2:], 16, 64)
			if err != nil {
				return nil, errStored
			}
			s.sessions[int64(id)] = nil
			if !e.Delete {
				x := &storedSession{timeout: r.varint(), epoch: r.varint(), lease: e.Lease}
				r.bytes(16) // the password
				x.shim = string(r.bytes(len(r.rest)))
				s.sessions[int64(id)] = x
			}
		default:
			r.rest = nil
		}
		if r.failed || len(r.rest) > 0 {
			return nil, errStored
		}
	}
	return s, nil
}

// reader reads a stored record.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.failed, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.bytes(max(n, -1))
	return v
}

func (r *reader) count() int {
	v, n := binary.Uvarint(r.rest)
	r.bytes(max(n, -1))
	if v > uint64(len(r.rest)) {
		r.failed = true
		return 0
	}
	return int(v)
}

func (r *reader) string() string { return string(r.bytes(r.count())) }

func (r *reader) acl() []wire.ACL {
	var acl []wire.ACL
	for range r.count() {
		acl = append(acl, wire.ACL{Perms: int32(r.varint()), Scheme: r.string(), ID: r.string()})
	}
	return acl
}

func (r *reader) node() node {
	const hasData, openACL = 1, 2
	flags := r.byte()
	n := node{
		czxid: r.varint(), mzxid: r.varint(), ctime: r.varint(), mtime: r.varint(),
		version: int32(r.varint()), aversion: int32(r.varint()), owner: r.varint(),
	}
	n.acl = open
	if flags&openACL == 0 {
		n.acl = r.acl()
	}
	if flags&hasData != 0 {
		n.data = append([]byte{}, r.bytes(len(r.rest))...)
	}
	return n
}

func (r *reader) journal() []journalEntry {
	var j []journalEntry
	for range r.count() {
		v, n := binary.Uvarint(r.rest)
		r.bytes(max(n, -1))
		e := journalEntry{pos: int64(v), typ: int32(r.byte()), path: r.string()}
		e.acl = len(r.acl()) > 0
		j = append(j, e)
	}
	return j
}
