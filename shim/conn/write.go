package conn

import (
	"bytes"
	"errors"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/tree"
)

func isWrite(op proto.OpCode) bool {
	switch op {
	case proto.OpCreate, proto.OpCreate2, proto.OpCreateContainer, proto.OpCreateTTL, proto.OpDelete,
		proto.OpDeleteContainer, proto.OpSetData, proto.OpSetACL, proto.OpMulti:
		return true
	}
	return false
}

// request is a write of the client's, from submit to its reply.
type request struct {
	c      *Conn
	h      proto.RequestHeader
	start  time.Time
	weight int
	commit.Write
}

// submit hands a write over to the committer. It does not wait for the outcome:
// the next write may follow at once, a read waits (quiet).
func (c *Conn) submit(h proto.RequestHeader, body []byte) error {
	r := c.request(h, body)
	if r == nil {
		return c.fail(h, proto.MarshallingError)
	}
	if err := c.launch(r.weight); err != nil {
		return err
	}
	if err := c.o.Committer.Submit(c.ctx, &r.Write); err != nil {
		c.flight.done(r.weight)
		return err
	}
	return nil
}

// request makes a request of a write's frame, nil if it is malformed. Its time is
// that of its arrival.
func (c *Conn) request(h proto.RequestHeader, body []byte) *request {
	op, ok := decodeWrite(h.Type, bytes.Clone(body)) // the input buffer is used again
	if !ok {
		return nil
	}
	r := &request{c: c, h: h, start: c.burst.start, weight: min(1+len(body)/outWeight, maxOutstanding)}
	r.Request = tree.Request{
		Session: c.session.ID, Epoch: c.session.Epoch, Identity: c.identity.Load(),
		Now: r.start.UnixMilli(), Op: op,
	}
	r.Done = r.done
	return r
}

// launch counts a write that is about to be submitted.
func (c *Conn) launch(weight int) error {
	if err := c.await(maxOutstanding - weight); err != nil {
		return err
	}
	c.flight.add(weight)
	return nil
}

// decodeWrite reads the body of a write, whose memory becomes the op's.
func decodeWrite(op proto.OpCode, body []byte) (tree.Op, bool) {
	cur := jute.NewCursor(body)
	var out tree.Op
	switch op {
	case proto.OpCreate, proto.OpCreate2, proto.OpCreateContainer:
		var r proto.CreateRequest
		r.Decode(&cur)
		out = create(op, r, 0)
	case proto.OpCreateTTL:
		var r proto.CreateTTLRequest
		r.Decode(&cur)
		out = create(op, r.CreateRequest, r.TTL)
	case proto.OpDelete:
		var r proto.DeleteRequest
		r.Decode(&cur)
		out = tree.Delete{Path: r.Path, Version: r.Version}
	case proto.OpDeleteContainer:
		var r proto.DeleteContainerRequest
		r.Decode(&cur)
		out = tree.DeleteContainer{Path: r.Path}
	case proto.OpSetData:
		var r proto.SetDataRequest
		r.Decode(&cur)
		out = tree.SetData{Path: r.Path, Data: r.Data, Version: r.Version}
	case proto.OpSetACL:
		var r proto.SetACLRequest
		r.Decode(&cur)
		out = tree.SetACL{Path: r.Path, ACL: r.ACL, Version: r.Version}
	case proto.OpMulti:
		var r proto.MultiRequest
		r.Decode(&cur)
		if reads, _ := r.Reads(); reads {
			return nil, false
		}
		out = multi(r)
	}
	return out, cur.Err() == nil
}

func create(op proto.OpCode, r proto.CreateRequest, ttl int64) tree.Create {
	kind := tree.KindCreate
	switch op {
	case proto.OpCreate2:
		kind = tree.KindCreate2
	case proto.OpCreateContainer:
		kind = tree.KindContainer
	case proto.OpCreateTTL:
		kind = tree.KindTTL
	}
	return tree.Create{Path: r.Path, Data: r.Data, ACL: r.ACL, Mode: r.Mode, TTL: ttl, Kind: kind}
}

func multi(r proto.MultiRequest) tree.Multi {
	ops := make([]tree.Op, len(r.Ops))
	for i, op := range r.Ops {
		switch r := op.Request.(type) {
		case proto.CreateRequest:
			ops[i] = create(op.Type, r, 0)
		case proto.CreateTTLRequest:
			ops[i] = create(op.Type, r.CreateRequest, r.TTL)
		case proto.DeleteRequest:
			ops[i] = tree.Delete{Path: r.Path, Version: r.Version}
		case proto.SetDataRequest:
			ops[i] = tree.SetData{Path: r.Path, Data: r.Data, Version: r.Version}
		case proto.CheckVersionRequest:
			ops[i] = tree.Check{Path: r.Path, Version: r.Version}
		}
	}
	return tree.Multi{Ops: ops}
}

// done answers the write. It is called while the replica is locked, behind the
// events that the write causes.
func (r *request) done(out commit.Outcome) {
	r.c.answer(r.h, &out, r.start)
	r.c.flight.done(r.weight)
}

// answer tells the client what a request that came at start has led to.
func (c *Conn) answer(h proto.RequestHeader, out *commit.Outcome, start time.Time) {
	c.stats.answered(h, out.Zxid, start)
	switch {
	case out.Err != nil:
		c.cut(out.Err) // what the client calls a connection loss
	case errors.Is(out.Result.Err, tree.ErrSessionMoved):
		c.cut(out.Result.Err)
	default:
		c.queue(appendReply(c.out.lock(), h, out))
		return
	}
	c.send() // it counts all the same
}

// queue gives the buffer back with one more frame, which is not the reader's.
func (c *Conn) queue(buf []byte) {
	if !c.out.queue(buf) {
		c.cut(errDeaf)
	}
	c.send()
}

func appendReply(dst []byte, h proto.RequestHeader, out *commit.Outcome) []byte {
	dst, mark := proto.BeginFrame(dst)
	result := &out.Result
	code := codeOf(result.Err)
	if result.Multi != nil {
		code = proto.OK // its results tell
	}
	dst = proto.ReplyHeader{Xid: h.Xid, Zxid: out.Zxid, Err: code}.Append(dst)
	if code != proto.OK {
		return proto.EndFrame(dst, mark)
	}
	switch h.Type {
	case proto.OpCreate:
		dst = proto.CreateResponse{Path: result.Path}.Append(dst)
	case proto.OpCreate2, proto.OpCreateContainer, proto.OpCreateTTL:
		dst = proto.Create2Response{Path: result.Path, Stat: result.Stat}.Append(dst)
	case proto.OpSetData, proto.OpSetACL:
		dst = proto.AppendStat(dst, result.Stat)
	case proto.OpMulti:
		dst = multiResponse(result).Append(dst)
	}
	return proto.EndFrame(dst, mark)
}

// multiResponse tells the results of a multi; if it failed they are all errors.
func multiResponse(result *tree.Result) proto.MultiResponse {
	reply := proto.MultiResponse{Results: make([]proto.MultiResult, len(result.Multi))}
	for i := range result.Multi {
		one := &result.Multi[i]
		if result.Err != nil {
			reply.Results[i] = proto.MultiResult{Type: proto.OpError, Err: codeOf(one.Err)}
			continue
		}
		reply.Results[i] = proto.MultiResult{Type: opOf(one.Op), Path: one.Path, Stat: one.Stat}
	}
	return reply
}

func opOf(op tree.Op) proto.OpCode {
	switch op := op.(type) {
	case tree.Create:
		if op.Kind == tree.KindCreate {
			return proto.OpCreate
		}
		return proto.OpCreate2
	case tree.Delete:
		return proto.OpDelete
	case tree.SetData:
		return proto.OpSetData
	case tree.Check:
		return proto.OpCheck
	}
	return proto.OpError
}
