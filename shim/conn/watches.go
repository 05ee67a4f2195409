package conn

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// Frame encodes an event as clients get it. It is what a watch.Manager that
// connections register with is made with.
func Frame(typ znode.EventType, path znode.Path, zxid znode.Zxid) []byte {
	return appendEvent(nil, typ, path, zxid)
}

func appendEvent(dst []byte, typ znode.EventType, path znode.Path, zxid znode.Zxid) []byte {
	dst, mark := proto.BeginFrame(dst)
	dst = proto.ReplyHeader{Xid: proto.XidWatcherEvent, Zxid: zxid}.Append(dst)
	dst = proto.WatcherEvent{Type: typ, State: proto.StateSyncConnected, Path: path}.Append(dst)
	return proto.EndFrame(dst, mark)
}

// Notify implements watch.Watcher.
func (c *Conn) Notify(e *watch.Event) {
	c.queue(append(c.out.lock(), e.Frame...))
	c.hub.stats.sent.Add(1)
}

// setWatches registers again what a client watched before it reconnected, and
// tells at once what it has missed (DataTree.setWatches). Like ZooKeeper it asks
// for no permission here: a client that may not read a znode learns no more than
// exists tells it.
func (c *Conn) setWatches(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	var r proto.SetWatches2
	if h.Type == proto.OpSetWatches {
		r.SetWatches.Decode(cur)
		r.Persistent, r.PersistentRecursive = []znode.Path{}, []znode.Path{}
	} else {
		r.Decode(cur)
	}
	null := r.Data == nil || r.Exist == nil || r.Child == nil || r.Persistent == nil || r.PersistentRecursive == nil
	if cur.Err() != nil || null {
		c.deny(v, h, proto.MarshallingError)
		return
	}
	for _, p := range r.Data {
		switch n := lookup(v, p); {
		case n == nil:
			c.missed(znode.EventDeleted, p)
		case n.Mzxid > r.RelativeZxid:
			c.missed(znode.EventDataChanged, p)
		default:
			c.o.Watches.AddData(p, c)
		}
	}
	for _, p := range r.Exist {
		if lookup(v, p) != nil {
			c.missed(znode.EventCreated, p)
		} else {
			c.o.Watches.AddData(p, c)
		}
	}
	for _, p := range r.Child {
		switch n := lookup(v, p); {
		case n == nil:
			c.missed(znode.EventDeleted, p)
		case n.Pzxid > r.RelativeZxid:
			c.missed(znode.EventChildrenChanged, p)
		default:
			c.o.Watches.AddChild(p, c)
		}
	}
	for _, p := range r.Persistent {
		c.o.Watches.AddPersistent(p, c)
	}
	for _, p := range r.PersistentRecursive {
		c.o.Watches.AddRecursive(p, c)
	}
	c.reply(h.Xid, v.Zxid(), proto.OK, nil)
}

// missed tells of an event that happened while the client was away.
func (c *Conn) missed(typ znode.EventType, p znode.Path) {
	dst := appendEvent(c.out.lock(), typ, p, noZxid)
	c.pending = len(dst)
	c.out.unlock(dst)
	c.burst.events++
}

// addWatch adds a watch that stays. The znode need neither exist nor be
// readable: permission is asked when the watch fires.
func (c *Conn) addWatch(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	var r proto.AddWatchRequest
	r.Decode(cur)
	switch {
	case cur.Err() == nil && r.Mode == proto.AddPersistent:
		c.o.Watches.AddPersistent(r.Path, c)
	case cur.Err() == nil && r.Mode == proto.AddPersistentRecursive:
		c.o.Watches.AddRecursive(r.Path, c)
	default:
		c.deny(v, h, proto.MarshallingError)
		return
	}
	c.reply(h.Xid, v.Zxid(), proto.OK, proto.ErrorResponse{}.Append)
}

func (c *Conn) checkWatches(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	var r proto.CheckWatchesRequest
	r.Decode(cur)
	kind := watch.Kind(r.Type)
	switch {
	case cur.Err() != nil || !kind.Valid():
		c.deny(v, h, proto.MarshallingError)
	case !c.o.Watches.Contains(r.Path, kind, c):
		c.deny(v, h, proto.NoWatcher)
	default:
		c.reply(h.Xid, v.Zxid(), proto.OK, nil)
	}
}

func (c *Conn) removeWatches(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	var r proto.RemoveWatchesRequest
	r.Decode(cur)
	kind := watch.Kind(r.Type)
	switch {
	case cur.Err() != nil || !kind.Valid():
		c.deny(v, h, proto.MarshallingError)
	case !c.o.Watches.Remove(r.Path, kind, c):
		c.deny(v, h, proto.NoWatcher)
	default:
		c.reply(h.Xid, v.Zxid(), proto.OK, nil)
	}
}
