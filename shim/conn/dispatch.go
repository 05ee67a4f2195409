package conn

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/znode"
)

// viewRequests bounds how many requests are answered from one view of the
// replica, since a view delays its changes.
const viewRequests = 256

// noZxid is what ZooKeeper sends where it knows none: with events that a
// reconnected client has missed, and with the refusal of an unknown opcode.
const noZxid znode.Zxid = -1

// handle brings a request on its way. An error ends the connection.
func (c *Conn) handle(frame []byte) error {
	h, body := header(frame)
	if body == nil {
		return errMalformed
	}
	c.burst.count(h)
	switch {
	case isRead(h.Type):
		if err := c.quiet(); err != nil {
			return err
		}
		c.frame = frame
		c.o.Replica.View(c.reads)
		return nil
	case isWrite(h.Type):
		return c.submit(h, body)
	}
	switch h.Type {
	case proto.OpAuth:
		return c.addAuth(h, body)
	case proto.OpSync:
		return c.sync(h, body)
	case proto.OpCloseSession:
		return c.closeSession(h)
	case proto.OpReconfig, proto.OpSASL:
		return c.fail(h, proto.Unimplemented)
	}
	if err := c.quiet(); err != nil {
		return err
	}
	c.reply(h.Xid, noZxid, proto.Unimplemented, nil)
	return errDone
}

// header splits a frame; the body is nil if there is no header.
func header(frame []byte) (h proto.RequestHeader, body []byte) {
	cur := jute.NewCursor(frame)
	h.Decode(&cur)
	if cur.Err() != nil {
		return h, nil
	}
	return h, frame[len(frame)-len(cur.Rest()):]
}

func isRead(op proto.OpCode) bool {
	switch op {
	case proto.OpGetData, proto.OpExists, proto.OpGetChildren, proto.OpGetChildren2, proto.OpPing,
		proto.OpGetACL, proto.OpMultiRead, proto.OpSetWatches, proto.OpSetWatches2, proto.OpAddWatch,
		proto.OpCheckWatches, proto.OpRemoveWatches, proto.OpGetEphemerals,
		proto.OpGetAllChildrenNumber, proto.OpWhoAmI:
		return true
	}
	return false
}

// readBurst answers the read in c.frame and those right behind it.
func (c *Conn) readBurst(v *replica.View) {
	h, body := header(c.frame)
	for range viewRequests {
		c.read(v, h, body)
		if c.pending >= outBurst {
			return
		}
		frame, ok, err := c.in.next()
		if err != nil || !ok {
			return // the caller asks again
		}
		h, body = header(frame)
		if body == nil || !isRead(h.Type) {
			c.in.back(frame)
			return
		}
		c.burst.count(h)
	}
}

// read answers one read. The reply is appended while the view is held, so that
// no event of a later change can overtake it.
func (c *Conn) read(v *replica.View, h proto.RequestHeader, body []byte) {
	cur := jute.NewCursor(body)
	switch h.Type {
	case proto.OpPing:
		c.reply(proto.XidPing, v.Zxid(), proto.OK, nil)
	case proto.OpWhoAmI:
		c.whoAmI(v, h)
	case proto.OpGetEphemerals:
		c.getEphemerals(v, h, &cur)
	case proto.OpSetWatches, proto.OpSetWatches2:
		c.setWatches(v, h, &cur)
	case proto.OpMultiRead:
		c.multiRead(v, h, &cur)
	case proto.OpAddWatch:
		c.addWatch(v, h, &cur)
	case proto.OpCheckWatches:
		c.checkWatches(v, h, &cur)
	case proto.OpRemoveWatches:
		c.removeWatches(v, h, &cur)
	case proto.OpGetData:
		c.getData(v, h, &cur)
	case proto.OpExists:
		c.exists(v, h, &cur)
	case proto.OpGetChildren, proto.OpGetChildren2:
		c.getChildren(v, h, &cur)
	case proto.OpGetACL:
		c.getACL(v, h, &cur)
	case proto.OpGetAllChildrenNumber:
		c.getAllChildrenNumber(v, h, &cur)
	}
}

// begin starts a reply of the reader's; end finishes it.
func (c *Conn) begin(xid proto.Xid, zxid znode.Zxid, code proto.Code) (dst []byte, mark int) {
	dst, mark = proto.BeginFrame(c.out.lock())
	return proto.ReplyHeader{Xid: xid, Zxid: zxid, Err: code}.Append(dst), mark
}

func (c *Conn) end(dst []byte, mark int) {
	dst = proto.EndFrame(dst, mark)
	c.pending = max(len(dst), 1)
	c.out.unlock(dst)
}

// reply sends a whole reply of the reader's. A nil body means none.
func (c *Conn) reply(xid proto.Xid, zxid znode.Zxid, code proto.Code, body func(dst []byte) []byte) {
	dst, mark := c.begin(xid, zxid, code)
	if body != nil {
		dst = body(dst)
	}
	c.end(dst, mark)
}

// deny answers a read with an error.
func (c *Conn) deny(v *replica.View, h proto.RequestHeader, code proto.Code) {
	c.reply(h.Xid, v.Zxid(), code, nil)
}

// fail answers with an error what is no read, behind what was asked before it.
func (c *Conn) fail(h proto.RequestHeader, code proto.Code) error {
	if err := c.quiet(); err != nil {
		return err
	}
	c.o.Replica.View(func(v *replica.View) { c.deny(v, h, code) })
	return nil
}
