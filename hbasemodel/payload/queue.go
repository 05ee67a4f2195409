package payload

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Position is ZooKeeper.proto's ReplicationHLogPosition: the data of
// replication/rs/SN/QUEUE/WAL (a position in the WAL, in bytes), of
// replication/regions/* (serial replication: the last sequence id that was
// shipped) and of recovering-regions/REGION (1.x: the last flushed sequence
// id). 3.x keeps the first two in hbase:replication.
type Position struct {
	Position int64
	Unknown  []byte
}

// DecodePosition reads a body. No bytes are position 0: a WAL of which nothing
// was shipped. As HBase does it takes eight raw bytes, with FormLegacy.
func DecodePosition(body []byte) (Position, Form, error) {
	if len(body) == 0 {
		return Position{}, formOf(body), nil
	}
	p, form, err := decodePBUF(body, (*Position).read)
	if form == FormUnknown && len(body) == 8 {
		return Position{Position: int64(binary.BigEndian.Uint64(body))}, FormLegacy, nil
	}
	return p, form, err
}

func (p *Position) read(b []byte) error {
	f := fieldsOf("ReplicationHLogPosition", b)
	for f.next() {
		if f.tag == 1<<3|asVarint {
			p.Position = int64(f.varint())
		} else {
			f.keep()
		}
	}
	f.need(1, "position")
	p.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (p Position) AppendBody(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = appendVarint(dst, 1, uint64(p.Position))
	return append(dst, p.Unknown...)
}

// Summary implements Message.
func (p Position) Summary() string { return strconv.FormatInt(p.Position, 10) }

// ReplicationLock is ZooKeeper.proto's ReplicationLock: the data of
// replication/rs/SN/lock, 1.x, by which one server claims a dead one's queues.
type ReplicationLock struct {
	// Owner is a server name wherever HBase made it.
	Owner   string
	Unknown []byte
}

// DecodeReplicationLock reads a body.
func DecodeReplicationLock(body []byte) (ReplicationLock, Form, error) {
	return decodePBUF(body, (*ReplicationLock).read)
}

func (l *ReplicationLock) read(b []byte) error {
	f := fieldsOf("ReplicationLock", b)
	for f.next() {
		if f.tag == 1<<3|asBytes {
			l.Owner = f.string()
		} else {
			f.keep()
		}
	}
	f.need(1, "lock_owner")
	l.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (l ReplicationLock) Summary() string { return clean(l.Owner) }

// Queue is the name of a replication queue: the peer, and for a queue that was
// claimed the dead servers that had it, the first owner first.
type Queue struct {
	Peer string
	Dead []ServerName
}

// ParseQueue reads peer[-server…], as the class ReplicationQueueInfo does: host
// names may hold '-', so that one ends a server only behind two commas. The
// error matches ErrServerName.
func ParseQueue(name string) (Queue, error) {
	peer, rest, claimed := strings.Cut(name, "-")
	q := Queue{Peer: peer}
	for claimed && rest != "" {
		comma := strings.IndexByte(rest, ',')
		comma += 1 + strings.IndexByte(rest[comma+1:], ',')
		end := len(rest)
		if dash := strings.IndexByte(rest[comma+1:], '-'); dash >= 0 {
			end = comma + 1 + dash
		}
		server, err := ParseServerName(rest[:end])
		if err != nil {
			return q, err
		}
		q.Dead = append(q.Dead, server)
		rest = strings.TrimPrefix(rest[end:], "-")
	}
	return q, nil
}

// WAL is the name of a write-ahead log.
type WAL struct {
	Server ServerName
	// Group is what multiwal puts between the server and the time.
	Group string
	// Created is when it was opened, in milliseconds since the Unix epoch.
	Created int64
	// Suffix is "meta", "syncrep" or, for most, empty.
	Suffix string
}

// ParseWAL reads the file name of a WAL, which is what queues list:
// escaped server[.group].time[.suffix] (AbstractFSWALProvider).
func ParseWAL(name string) (WAL, error) {
	plain, err := url.PathUnescape(name)
	if err != nil {
		return WAL{}, fmt.Errorf("%w: WAL %q", ErrMalformed, clean(name))
	}
	var w WAL
	rest, last := cutLast(plain)
	w.Created, err = strconv.ParseInt(last, 10, 64)
	if err != nil {
		w.Suffix = last
		rest, last = cutLast(rest)
		if w.Created, err = strconv.ParseInt(last, 10, 64); err != nil {
			return WAL{}, fmt.Errorf("%w: WAL %q has no time", ErrMalformed, clean(name))
		}
	}
	// The start code ends at the first dot behind the second comma.
	comma := strings.IndexByte(rest, ',')
	comma += 1 + strings.IndexByte(rest[comma+1:], ',')
	comma = max(comma, 0) // no comma: no server either, says ParseServerName
	server := rest
	if dot := strings.IndexByte(rest[comma:], '.'); dot >= 0 {
		server, w.Group = rest[:comma+dot], rest[comma+dot+1:]
	}
	w.Server, err = ParseServerName(server)
	if err != nil {
		return WAL{}, fmt.Errorf("%w: WAL %q: %w", ErrMalformed, clean(name), err)
	}
	return w, nil
}

func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, '.')
	return s[:max(i, 0)], s[i+1:]
}
