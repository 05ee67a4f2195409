package judge

import (
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// Seq numbers what was recorded, in the order in which it happened.
type Seq int64

// History is everything that is known about a run.
type History struct {
	// Changes are the store's, from revision 1 on, none left out.
	Changes []Change
	Conns   []*Conn
	Loads   []Load
	// Lost are the sessions whose leases were taken away although somebody
	// renewed them.
	Lost map[int64]bool
	// Trouble is when the store or a server did not work, so that sessions may
	// have lived on.
	Trouble []Span
	// Late is how long after its time a session may end at most while nothing
	// is in trouble.
	Late time.Duration
}

// Span is a time, from and to included.
type Span struct{ From, To time.Duration }

// Change is what a revision of the store changed.
type Change struct {
	Seq      Seq
	At       time.Duration // since the run began
	Time     int64         // the same as milliseconds since the Unix epoch
	Revision int64
	Events   []KV
}

// KV is one key's change. Keys are relative to the servers' prefix.
type KV struct {
	Key    string
	Value  []byte
	Lease  int64
	Delete bool
}

// Load is a server's reading of the whole store after it had begun to serve.
type Load struct {
	Seq      Seq
	At       time.Duration
	Server   string // one life of a server
	Revision int64
	// Emitted is the last revision that the server was told of before.
	Emitted int64
}

// Kind says what an Entry is.
type Kind int

// The kinds of Entry.
const (
	Asked    Kind = iota // the client sent a ConnectRequest
	Welcomed             // it was answered
	Sent                 // the client sent a request
	Got                  // the client got a frame
	Ended                // the client knows that the connection has ended
)

// Entry is something that happened at the client's end of a connection.
type Entry struct {
	Seq   Seq
	At    time.Duration
	Time  int64 // milliseconds since the Unix epoch
	Kind  Kind
	Xid   int32   // of a request
	Op    wire.Op // of a request
	Frame wire.Frame
	// Of a ConnectRequest or its answer.
	Session int64
	Zxid    int64
	Text    string
}

// Conn is one connection of a client.
type Conn struct {
	Client string
	Server string // one life of a server
	// Digest is the digest id that the client has proved before its first
	// other request, if any.
	Digest string
	// Session and Timeout are set once the connection is established.
	Session int64
	Timeout time.Duration
	Log     []Entry
	// Open says that the connection worked until the end of the run.
	Open bool
}

// welcomed is when the connection was established.
func (c *Conn) welcomed() Seq {
	for i := range c.Log {
		if c.Log[i].Kind == Welcomed {
			return c.Log[i].Seq
		}
	}
	return 0
}

// Violation is a broken promise.
type Violation struct {
	Property string
	Seq      Seq // where it shows
	Text     string
	Path     string // the znode that it is about, if it is about one
	Conn     *Conn  // the connection, if it is about one
	Session  int64  // the session, if it is about one
}

// call is a request and its reply.
type call struct {
	conn  *Conn
	sent  *Entry
	reply *Entry // nil: none
	op    wire.Op
	after *call // the one before it on the connection

	got wire.Reply // decoded
	// taken is the zxid at which the model has found it done, 0 if not.
	taken int64
	// overtaken: a later one of the connection was done.
	overtaken bool
	// doubt: nobody can tell whether it was this request which was done, or
	// another that was not answered either.
	doubt bool
	// vague: it was done in the revision of taken, but nobody knows where.
	vague bool
}

func (c *call) answered() bool { return c.reply != nil }
func (c *call) ok() bool       { return c.reply != nil && c.reply.Frame.Err == wire.OK }
func (c *call) zxid() int64    { return c.reply.Frame.Zxid }

// write reports whether the request may change the tree.
func (c *call) write() bool { return isWrite(c.op.Code) }

// done reports whether the request was answered to have changed the tree.
func (c *call) done() bool {
	if !c.ok() || !c.write() || !succeeded(c.op, answer{reply: c.got}) {
		return false
	}
	return c.op.Code != wire.Multi || slices.ContainsFunc(c.op.Ops, func(o wire.Op) bool { return o.Code != wire.Check })
}

func isWrite(code wire.OpCode) bool {
	switch code {
	case wire.Create, wire.Create2, wire.CreateContainer, wire.CreateTTL, wire.Delete,
		wire.SetData, wire.SetACL, wire.Multi, wire.CloseSession:
		return true
	}
	return false
}

// revision is the part of a zxid that the store's revision is.
func revision(zxid int64) int64 { return zxid >> 12 }

// first and last are the zxids that a revision has.
func first(rev int64) int64 { return rev << 12 }
func last(rev int64) int64  { return rev<<12 | 0xfff }
