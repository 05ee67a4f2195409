package hbasemodel

import (
	"fmt"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// SessionID is the id of a session with the quorum, 0 for none.
type SessionID int64

// String gives the id in hexadecimal, as ZooKeeper logs it.
func (s SessionID) String() string { return fmt.Sprintf("0x%x", uint64(s)) }

// MarshalText gives the same as String.
func (s SessionID) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Origin is the znode that a row was read from, and how it decoded.
type Origin struct {
	Path string `json:"path"`
	// Writer is the process that wrote the data last, such as "master:16000",
	// empty where the data are not framed.
	Writer string `json:"writer,omitempty"`
	// Session owns the znode, 0 if it is not ephemeral.
	Session SessionID `json:"session,omitzero"`
	Czxid   int64     `json:"czxid"`
	Mzxid   int64     `json:"mzxid"`
	Ctime   time.Time `json:"ctime,omitzero"`
	Mtime   time.Time `json:"mtime,omitzero"`
	Version int32     `json:"version"`
	// Form says how the body was written, Length how long the data are in bytes.
	Form   payload.Form `json:"form"`
	Length int          `json:"length"`
	// Err is why the data or the name mean nothing, nil if they do. It matches
	// one of package payload's errors. Problem is the same as a text.
	Err     error  `json:"-"`
	Problem string `json:"problem,omitempty"`
}

// node is a znode as the model holds it: decoded, without its bytes.
type node struct {
	origin  Origin
	rel     string // the path below the cluster's parent
	name    string // the last element of it
	kind    payload.Kind
	server  payload.ServerName // of znodes that are named after one
	message payload.Message
}

// newNode reads a znode; it is false for one that is not HBase's.
func newNode(rel string, z Znode) (*node, bool) {
	v := payload.Decode(rel, z.Data)
	if v.Kind == payload.KindUnknown || rel == "root-region-server" {
		return nil, false
	}
	n := &node{rel: rel, name: v.Name, kind: v.Kind, message: v.Message}
	n.origin = Origin{
		Path: z.Path, Writer: v.Writer, Session: SessionID(z.Stat.EphemeralOwner),
		Czxid: z.Stat.Czxid, Mzxid: z.Stat.Mzxid, Ctime: z.Stat.Ctime, Mtime: z.Stat.Mtime,
		Version: z.Stat.Version, Form: v.Form, Length: v.Length,
	}
	n.fail(v.Err)
	switch n.kind {
	case payload.KindRegionServer, payload.KindBackupMaster, payload.KindDraining, payload.KindReplicator:
		var err error
		n.server, err = payload.ParseServerName(n.name)
		n.fail(err)
	case payload.KindMeta:
		_, err := replicaOf(n.name)
		n.fail(err)
	}
	return n, true
}

// fail notes why a znode means nothing; the first reason stays.
func (n *node) fail(err error) {
	if err != nil && n.origin.Err == nil {
		n.origin.Err, n.origin.Problem = err, err.Error()
	}
}

// as gives the znode's message, the zero value where it has none of that type.
// A missing znode has none.
func as[M payload.Message](n *node) (m M) {
	if n != nil {
		m, _ = n.message.(M)
	}
	return m
}
