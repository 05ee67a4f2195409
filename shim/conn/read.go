package conn

import (
	"strings"
	"unsafe"

	"github.com/hquorum/hquorum/shim/auth"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// pathOf reads a path without copying it: it is valid as long as the frame. To
// keep it, keep a clone. Malformed UTF-8 is not repaired, it names no znode
// either way. A null is what makes Java throw.
func pathOf(cur *jute.Cursor) znode.Path {
	if cur.Null() {
		cur.Fail(jute.ErrNull)
	}
	b := cur.Buffer()
	return znode.Path(unsafe.String(unsafe.SliceData(b), len(b)))
}

func clone(p znode.Path) znode.Path { return znode.Path(strings.Clone(string(p))) }

// rooted returns the path that p means: "" is the root's other name (DataTree).
func rooted(p znode.Path) znode.Path {
	if p == "" {
		return znode.Root
	}
	return p
}

func lookup(v *replica.View, p znode.Path) *tree.Node { return v.Node(rooted(p)) }

// readable returns the znode at p if the client may do one of perms.
func (c *Conn) readable(v *replica.View, p znode.Path, perms znode.Perms) (*tree.Node, proto.Code) {
	n := lookup(v, p)
	switch {
	case n == nil:
		return nil, proto.NoNode
	case !c.allow(n.ACL, perms):
		return nil, proto.NoAuth
	}
	return n, proto.OK
}

// target reads what most reads consist of: a path, and whether to watch it. It
// answers the request if that is malformed.
func (c *Conn) target(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) (p znode.Path, watched, ok bool) {
	if p, watched = pathOf(cur), cur.Bool(); cur.Err() != nil {
		c.deny(v, h, proto.MarshallingError)
		return "", false, false
	}
	return p, watched, true
}

func (c *Conn) getData(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	p, watched, ok := c.target(v, h, cur)
	if !ok {
		return
	}
	n, code := c.readable(v, p, znode.Read)
	if n == nil {
		c.deny(v, h, code)
		return
	}
	if watched {
		c.o.Watches.AddData(clone(p), c)
	}
	dst, mark := c.begin(h.Xid, v.Zxid(), proto.OK)
	dst = jute.AppendBuffer(dst, n.Data)
	c.end(proto.AppendStat(dst, n.Stat()), mark)
}

// exists arms the watch on a znode that is not there, too; nothing but READ
// keeps a client from it.
func (c *Conn) exists(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	p, watched, ok := c.target(v, h, cur)
	if !ok {
		return
	}
	if strings.IndexByte(string(p), 0) >= 0 {
		c.deny(v, h, proto.BadArguments)
		return
	}
	n, code := c.readable(v, p, znode.Read)
	if code == proto.NoAuth {
		c.deny(v, h, code)
		return
	}
	if watched {
		c.o.Watches.AddData(clone(p), c)
	}
	if n == nil {
		c.deny(v, h, code)
		return
	}
	dst, mark := c.begin(h.Xid, v.Zxid(), proto.OK)
	c.end(proto.AppendStat(dst, n.Stat()), mark)
}

func (c *Conn) getChildren(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	p, watched, ok := c.target(v, h, cur)
	if !ok {
		return
	}
	n, code := c.readable(v, p, znode.Read)
	if n == nil {
		c.deny(v, h, code)
		return
	}
	if watched {
		c.o.Watches.AddChild(clone(p), c)
	}
	dst, mark := c.begin(h.Xid, v.Zxid(), proto.OK)
	dst = v.AppendChildren(dst, rooted(p))
	if h.Type == proto.OpGetChildren2 {
		dst = proto.AppendStat(dst, n.Stat())
	}
	c.end(dst, mark)
}

// getACL shows a digest's secret only to who may administrate.
func (c *Conn) getACL(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	p := pathOf(cur)
	if cur.Err() != nil {
		c.deny(v, h, proto.MarshallingError)
		return
	}
	n, code := c.readable(v, p, znode.Read|znode.Admin)
	if n == nil {
		c.deny(v, h, code)
		return
	}
	acl := n.ACL
	if !c.allow(acl, znode.Admin) {
		acl = auth.MaskDigests(acl)
	}
	c.reply(h.Xid, v.Zxid(), proto.OK, proto.GetACLResponse{ACL: acl, Stat: n.Stat()}.Append)
}

// getAllChildrenNumber counts descendants. The root's other name "" counts the
// root itself as well, as a prefix of all names.
func (c *Conn) getAllChildrenNumber(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	p := pathOf(cur)
	if cur.Err() != nil {
		c.deny(v, h, proto.MarshallingError)
		return
	}
	n, code := c.readable(v, p, znode.Read)
	if n == nil {
		c.deny(v, h, code)
		return
	}
	total := 0
	if p == "" {
		p, total = znode.Root, 1
	}
	total += v.AllChildrenNumber(p)
	c.reply(h.Xid, v.Zxid(), proto.OK, proto.GetAllChildrenNumberResponse{Total: int32(total)}.Append)
}

// getEphemerals lists the session's ephemeral znodes whose paths start with a
// prefix, which need not end where a name does.
func (c *Conn) getEphemerals(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	var r proto.GetEphemeralsRequest
	if r.Decode(cur); cur.Err() != nil {
		c.deny(v, h, proto.MarshallingError)
		return
	}
	paths := v.Ephemerals(c.session.ID)
	if trimmed := strings.TrimFunc(string(r.Prefix), javaSpace); trimmed != "" && trimmed != "/" {
		var some []znode.Path
		for _, p := range paths {
			if strings.HasPrefix(string(p), string(r.Prefix)) {
				some = append(some, p)
			}
		}
		paths = some
	}
	c.reply(h.Xid, v.Zxid(), proto.OK, proto.GetEphemeralsResponse{Ephemerals: paths}.Append)
}

// javaSpace is what Java's String.trim takes away.
func javaSpace(r rune) bool { return r <= ' ' }

func (c *Conn) whoAmI(v *replica.View, h proto.RequestHeader) {
	clients := c.identity.Load().ClientInfos()
	c.reply(h.Xid, v.Zxid(), proto.OK, proto.WhoAmIResponse{Clients: clients}.Append)
}

// multiRead answers each read by itself. A write among them, which only a whole
// request of writes can bring, is an error with an empty body, as ZooKeeper's.
func (c *Conn) multiRead(v *replica.View, h proto.RequestHeader, cur *jute.Cursor) {
	var r proto.MultiRequest
	if r.Decode(cur); cur.Err() != nil {
		c.deny(v, h, proto.MarshallingError)
		return
	}
	if reads, some := r.Reads(); some && !reads {
		c.reply(h.Xid, v.Zxid(), proto.MarshallingError, proto.MultiResponse{}.Append)
		return
	}
	var reply proto.MultiResponse
	for _, op := range r.Ops {
		reply.Results = append(reply.Results, c.readOne(v, op))
	}
	c.reply(h.Xid, v.Zxid(), proto.OK, reply.Append)
}

func (c *Conn) readOne(v *replica.View, op proto.MultiOp) proto.MultiResult {
	var p znode.Path
	switch r := op.Request.(type) {
	case proto.GetDataRequest:
		p = r.Path
	case proto.GetChildrenRequest:
		p = r.Path
	}
	n, code := c.readable(v, p, znode.Read)
	switch {
	case n == nil:
		return proto.MultiResult{Type: proto.OpError, Err: code}
	case op.Type == proto.OpGetChildren:
		return proto.MultiResult{Type: op.Type, Children: v.Children(rooted(p))}
	}
	return proto.MultiResult{Type: op.Type, Data: n.Data, Stat: n.Stat()}
}
