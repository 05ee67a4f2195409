package judge

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// story makes up the History of a server that is right, one request after the
// other, for tests to break.
type story struct {
	h        History
	tree     *tree
	seq      Seq
	rev      int64
	watchers map[*Conn]*watcher
	epochs   map[int64]int64
	xid      int32
}

const tick = 10 * time.Millisecond

func newStory() *story {
	s := &story{tree: newTree(), watchers: map[*Conn]*watcher{}, epochs: map[int64]int64{}, rev: 1}
	s.h.Late = time.Second
	var kvs []KV
	for _, p := range []string{"/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"} {
		n := &node{data: []byte{}, acl: open}
		if p == "/zookeeper/config" {
			n.acl, n.aversion = []wire.ACL{{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}}, -1
		}
		s.tree.put(p, 0, n)
		kvs = append(kvs, KV{Key: "z" + p, Value: encodeNode(n)})
	}
	s.change(kvs...)
	return s
}

func (s *story) stamp() (Seq, time.Duration, int64) {
	s.seq++
	at := time.Duration(s.seq) * tick
	return s.seq, at, 1_000_000 + at.Milliseconds()
}

// change adds a revision.
func (s *story) change(kvs ...KV) *Change {
	s.rev++
	seq, at, now := s.stamp()
	s.h.Changes = append(s.h.Changes, Change{Seq: seq, At: at, Time: now, Revision: s.rev, Events: kvs})
	return &s.h.Changes[len(s.h.Changes)-1]
}

func (s *story) add(c *Conn, e Entry) {
	e.Seq, e.At, e.Time = s.stamp()
	c.Log = append(c.Log, e)
}

// connect opens or moves a session.
func (s *story) connect(session int64) *Conn {
	c := &Conn{Client: fmt.Sprintf("c%d", session), Server: "s.1", Session: session, Timeout: 5 * time.Second, Open: true}
	s.h.Conns = append(s.h.Conns, c)
	s.add(c, Entry{Kind: Asked})
	s.session(session)
	s.add(c, Entry{Kind: Welcomed, Session: session})
	s.watchers[c] = newWatcher(actor{session, ""})
	return c
}

func (s *story) session(id int64) {
	value := binary.AppendVarint([]byte{1}, 5000)
	value = binary.AppendVarint(value, s.epochs[id])
	s.epochs[id]++
	s.change(KV{Key: fmt.Sprintf("s/%016x", id), Value: append(value, "0123456789abcdefs"...), Lease: id})
}

// send is a request without an answer.
func (s *story) send(c *Conn, op wire.Op) {
	s.xid++
	s.add(c, Entry{Kind: Sent, Xid: s.xid, Op: op})
}

// do is a request, what it changes, what others are told of it, and the answer.
func (s *story) do(c *Conn, op wire.Op) {
	s.send(c, op)
	xid := s.xid
	zxid := first(s.rev)
	if isWrite(op.Code) {
		zxid = first(s.rev + 1)
	}
	d := s.tree.at(zxid).draft(zxid)
	x := d.do(actor{c.Session, ""}, op)
	if isWrite(op.Code) && succeeded(op, x) {
		s.commit(d, op, c.Session)
	} else {
		zxid = first(s.rev)
	}
	if op.Code == wire.AddWatch || op.Code == wire.Ping {
		x.err = wire.OK
	}
	call := &call{conn: c, op: op, reply: &Entry{Frame: wire.Frame{Zxid: zxid, Err: x.err}}}
	body := encodeReply(op.Code, x)
	if op.Code == wire.SetWatches {
		for _, e := range s.watchers[c].rearm(op, s.tree.at(zxid)) {
			s.tell(c, e)
		}
		body, call.reply.Frame.Err = nil, wire.OK
	}
	if op.Code == wire.Sync {
		body, call.reply.Frame.Err = appendString(nil, op.Path), wire.OK
	}
	s.watchers[c].answered(call)
	s.add(c, Entry{Kind: Got, Frame: wire.Frame{Xid: xid, Zxid: zxid, Err: call.reply.Frame.Err, Body: body}})
}

// commit stores what a draft changes and tells those who watch it.
func (s *story) commit(d *draft, op wire.Op, session int64) {
	var kvs []KV
	for _, p := range d.order {
		n, was := d.changed[p], s.tree.at(d.zxid-1).get(p)
		if n == nil {
			kvs = append(kvs, KV{Key: "z" + p, Delete: true})
			continue
		}
		if was == nil || !same(n, was) {
			n.mtime = 1_000_000
			n.ctime = max(n.ctime, 1_000_000)
			kv := KV{Key: "z" + p, Value: encodeNode(n)}
			if n.ephemeral() {
				kv.Lease = n.owner
			}
			kvs = append(kvs, kv)
		}
		if was != nil && was.pzxid != n.pzxid {
			value := []byte{1}
			for _, v := range []int64{int64(n.creates), int64(len(d.names(p))), n.pzxid} {
				value = binary.AppendVarint(value, v)
			}
			kvs = append(kvs, KV{Key: "c" + p, Value: value})
		}
	}
	if op.Code == wire.CloseSession {
		kvs = append(kvs, KV{Key: fmt.Sprintf("s/%016x", session), Delete: true})
	}
	d.commit()
	s.change(kvs...)
	for _, c := range s.h.Conns {
		for _, e := range d.events {
			for _, told := range s.watchers[c].told(e) {
				s.tell(c, told)
			}
		}
	}
}

func (s *story) tell(c *Conn, e Event) {
	body := binary.BigEndian.AppendUint32(nil, uint32(e.Type))
	body = appendString(binary.BigEndian.AppendUint32(body, 3), e.Path)
	s.add(c, Entry{Kind: Got, Frame: wire.Frame{Xid: wire.XidEvent, Zxid: e.Zxid, Body: body}})
}

// silence lets time pass.
func (s *story) silence(d time.Duration) { s.seq += Seq(d / tick) }

// entries returns the frames with an xid, and events with XidEvent.
func entries(c *Conn, match func(Entry) bool) []int {
	var out []int
	for i, e := range c.Log {
		if match(e) {
			out = append(out, i)
		}
	}
	return out
}

func isEvent(e Entry) bool { return e.Kind == Got && e.Frame.Xid == wire.XidEvent }
func isReply(e Entry) bool { return e.Kind == Got && e.Frame.Xid != wire.XidEvent }

func encodeNode(n *node) []byte {
	flags := byte(0)
	if n.data != nil {
		flags |= 1
	}
	if slices.Equal(n.acl, open) {
		flags |= 2
	}
	b := []byte{1, flags}
	for _, v := range []int64{n.czxid, n.mzxid, n.ctime, n.mtime, int64(n.version), int64(n.aversion), n.owner} {
		b = binary.AppendVarint(b, v)
	}
	if flags&2 == 0 {
		b = binary.AppendUvarint(b, uint64(len(n.acl)))
		for _, a := range n.acl {
			b = binary.AppendVarint(b, int64(a.Perms))
			for _, x := range []string{a.Scheme, a.ID} {
				b = append(binary.AppendUvarint(b, uint64(len(x))), x...)
			}
		}
	}
	return append(b, n.data...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

func encodeReply(code wire.OpCode, x answer) []byte {
	if x.err != wire.OK {
		return nil
	}
	var b []byte
	switch code {
	case wire.Create, wire.Create2:
		b = appendString(b, x.reply.Path)
	case wire.AddWatch:
		return make([]byte, 4)
	case wire.GetData:
		b = appendString(b, string(x.reply.Data))
	case wire.GetChildren, wire.GetEphemerals:
		b = binary.BigEndian.AppendUint32(b, uint32(len(x.reply.Children)))
		for _, name := range x.reply.Children {
			b = appendString(b, name)
		}
	case wire.Multi:
		for _, r := range x.reply.Results {
			b = append(binary.BigEndian.AppendUint32(b, uint32(r.Code)), 0, 0, 0, 0, 0)
			if r.Code == wire.ErrorResult {
				b = binary.BigEndian.AppendUint32(b, uint32(r.Err))
			} else {
				b = append(b, encodeReply(r.Code, answer{reply: r.Reply})...)
			}
		}
		return append(b, 0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff)
	}
	if s := x.reply.Stat; s != nil && code != wire.Create {
		for _, v := range []int64{s.Czxid, s.Mzxid, s.Ctime, s.Mtime} {
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		}
		for _, v := range []int32{s.Version, s.Cversion, s.Aversion} {
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		}
		b = binary.BigEndian.AppendUint64(b, uint64(s.EphemeralOwner))
		for _, v := range []int32{s.DataLength, s.NumChildren} {
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		}
		b = binary.BigEndian.AppendUint64(b, uint64(s.Pzxid))
	}
	return b
}
