package proto

import (
	"errors"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// ErrMulti is the Cursor's error after a multi that ZooKeeper does not take: an
// unknown operation or create mode, or reads mixed with writes.
var ErrMulti = errors.New("proto: malformed multi")

// MultiRequest is a list of operations: those of multi are done all or none,
// those of multiRead each by itself. A MultiResponse answers it.
type MultiRequest struct {
	Ops []MultiOp
}

// MultiOp is one operation of a MultiRequest. The type of Request goes with
// Type:
//
//	OpCreate, OpCreate2, OpCreateContainer  CreateRequest
//	OpCreateTTL                             CreateTTLRequest
//	OpDelete                                DeleteRequest
//	OpSetData                               SetDataRequest
//	OpCheck                                 CheckVersionRequest
//	OpGetChildren                           GetChildrenRequest
//	OpGetData                               GetDataRequest
type MultiOp struct {
	Type    OpCode
	Request MultiRecord
}

// MultiRecord is the request of a MultiOp; only this package implements it.
type MultiRecord interface {
	Append(dst []byte) []byte
	multi()
}

func (CreateRequest) multi()       {}
func (DeleteRequest) multi()       {}
func (SetDataRequest) multi()      {}
func (CheckVersionRequest) multi() {}
func (GetChildrenRequest) multi()  {}
func (GetDataRequest) multi()      {}

// Append appends r's encoding to dst.
func (r MultiRequest) Append(dst []byte) []byte {
	for _, op := range r.Ops {
		dst = MultiHeader{Type: op.Type, Err: -1}.Append(dst)
		dst = op.Request.Append(dst)
	}
	return multiEnd.Append(dst)
}

// Decode reads r from c. As in ZooKeeper, the operation of a create follows from
// its mode where the two disagree (a container mode makes it OpCreateContainer,
// and OpCreateTTL without a TTL mode is OpCreate), reads set no watches, and all
// operations are either reads or writes. Whether they are the kind that the
// opcode asks for is not looked at here.
func (r *MultiRequest) Decode(c *jute.Cursor) {
	r.Ops = nil
	for {
		var h MultiHeader
		h.Decode(c)
		if c.Err() != nil || h.Done {
			return
		}
		if c.Null() { // every operation starts with its path
			c.Fail(jute.ErrNull)
			return
		}
		op := decodeMultiOp(h.Type, c)
		if c.Err() != nil {
			return
		}
		if len(r.Ops) > 0 && r.Ops[0].reads() != op.reads() {
			c.Fail(ErrMulti)
			return
		}
		r.Ops = append(r.Ops, op)
	}
}

// Reads reports whether r's operations are reads; ok is false if it has none.
func (r MultiRequest) Reads() (reads, ok bool) {
	if len(r.Ops) == 0 {
		return false, false
	}
	return r.Ops[0].reads(), true
}

func (o MultiOp) reads() bool { return o.Type == OpGetData || o.Type == OpGetChildren }

func decodeMultiOp(op OpCode, c *jute.Cursor) MultiOp {
	switch op {
	case OpCreate, OpCreate2, OpCreateContainer:
		var r CreateRequest
		r.Decode(c)
		if !r.Mode.Valid() || r.Mode.TTL() || r.ACL == nil {
			c.Fail(ErrMulti)
		}
		return MultiOp{createOp(op, r.Mode), r}
	case OpCreateTTL:
		var r CreateTTLRequest
		r.Decode(c)
		if r.Mode.TTL() {
			return MultiOp{op, r}
		}
		return MultiOp{createOp(OpCreate, r.Mode), r.CreateRequest}
	case OpDelete:
		var r DeleteRequest
		r.Decode(c)
		return MultiOp{op, r}
	case OpSetData:
		var r SetDataRequest
		r.Decode(c)
		return MultiOp{op, r}
	case OpCheck:
		var r CheckVersionRequest
		r.Decode(c)
		return MultiOp{op, r}
	case OpGetChildren:
		var r GetChildrenRequest
		r.Decode(c)
		r.Watch = false
		return MultiOp{op, r}
	case OpGetData:
		var r GetDataRequest
		r.Decode(c)
		r.Watch = false
		return MultiOp{op, r}
	}
	c.Fail(ErrMulti)
	return MultiOp{}
}

func createOp(op OpCode, mode znode.CreateMode) OpCode {
	if mode == znode.ModeContainer {
		return OpCreateContainer
	}
	return op
}
