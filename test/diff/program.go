package diff

import (
	"fmt"
	"math"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// Program is what both servers are asked to do. A path that starts with ~ lies under the program's own znode.
type Program struct {
	Name  string
	Root  bool // ~ is the root itself; the program has the servers for itself
	Steps []Step
}

// Step is one thing that one client does. Exactly one of Connect, Drop, Raw, Await and Ops says what.
type Step struct {
	ID     int // stays the same when other steps are removed
	Client string
	Known  string // why the servers may differ here: a row of docs/guarantees.md; "" where they may not

	Connect *Connect
	Drop    bool
	Raw     []byte    // sent as it is, without a length in front
	Await   string    // wait until this path does not exist
	Ops     []wire.Op // sent at once
	Damage  *Damage   // done to the body of the only op
}

// Which session a Connect asks for.
type Session int

const (
	NewSession    Session = iota
	Resume                // the client's last session
	WrongPassword         // the client's last session, with a password that is not its own
	UnknownID             // a session that never was
)

func (s Session) String() string {
	return [...]string{"a new session", "the last session", "the last session with a wrong password", "an unknown session"}[s]
}

// Which lastZxidSeen a Connect, or relativeZxid a setWatches, carries, where it is not the id of a step.
const (
	ZxidSeen   = -1 // the newest that the client has seen
	ZxidZero   = -2
	ZxidFuture = -3
)

// Connect opens a connection, taking the session over from the client's former one if that is still open.
type Connect struct {
	Session    Session
	Timeout    int32 // milliseconds
	NoReadOnly bool  // leave the readOnly byte out, as clients before 3.4 do
	ReadOnly   bool
	Zxid       int
	Protocol   int32
	Bytes      []byte // if not nil, sent instead of a connect request
}

// Damage changes an encoded body: first Cut bytes are cut from its end, then a number is overwritten at At if At ≥ 0,
// then Pad bytes of zero are appended.
type Damage struct {
	Cut, Pad int
	At       int
	Int      int32
}

func (d *Damage) apply(body []byte) []byte {
	body = append([]byte{}, body[:max(0, len(body)-d.Cut)]...)
	if d.At >= 0 && d.At+4 <= len(body) {
		v := uint32(d.Int)
		copy(body[d.At:], []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	return append(body, make([]byte, d.Pad)...)
}

// Operations counts what the program asks of a server.
func (p Program) Operations() (n int) {
	for _, s := range p.Steps {
		n += max(1, len(s.Ops))
	}
	return n
}

func (p Program) String() string {
	var b strings.Builder
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "%4d %s\n", s.ID, s)
	}
	return b.String()
}

func (s Step) String() string {
	switch {
	case s.Connect != nil:
		how := *s.Connect
		if how.Bytes != nil {
			return fmt.Sprintf("%s: connect with the bytes %x", s.Client, clip(string(how.Bytes)))
		}
		return fmt.Sprintf("%s: connect %s timeout=%d noReadOnly=%v readOnly=%v seen=%s protocol=%d", s.Client, how.Session, how.Timeout, how.NoReadOnly, how.ReadOnly, zxidOf(how.Zxid), how.Protocol)
	case s.Drop:
		return s.Client + ": drop the connection"
	case s.Raw != nil:
		return fmt.Sprintf("%s: raw %x", s.Client, clip(string(s.Raw)))
	case s.Await != "":
		return fmt.Sprintf("%s: wait until %q is gone", s.Client, s.Await)
	}
	parts := make([]string, len(s.Ops))
	for i, op := range s.Ops {
		parts[i] = describe(op)
	}
	text := s.Client + ": " + strings.Join(parts, "\n              ")
	if s.Damage != nil {
		text += fmt.Sprintf(" damaged %+v", *s.Damage)
	}
	return text
}

func describe(op wire.Op) string {
	text := op.Code.String()
	field := func(format string, args ...any) { text += " " + fmt.Sprintf(format, args...) }
	switch op.Code {
	case wire.Ping, wire.WhoAmI, wire.CloseSession:
	case wire.Auth:
		field("%s %q", op.Scheme, op.Data)
	case wire.SetWatches, wire.SetWatches2:
		field("since=%s %q", zxidOf(int(op.Zxid)), op.Lists)
	case wire.Multi, wire.MultiRead:
		for _, sub := range op.Ops {
			text += "\n                  " + describe(sub)
		}
	default:
		field("%s", quote(op.Path))
	}
	switch op.Code {
	case wire.Create, wire.Create2, wire.CreateContainer, wire.CreateTTL:
		field("data=%s acl=%s flags=%d", quoteData(op.Data), describeACL(op.ACL), op.Flags)
		if op.Code == wire.CreateTTL {
			field("ttl=%d", op.TTL)
		}
	case wire.SetData:
		field("data=%s v=%d", quoteData(op.Data), op.Version)
	case wire.Delete, wire.Check:
		field("v=%d", op.Version)
	case wire.SetACL:
		field("acl=%s v=%d", describeACL(op.ACL), op.Version)
	case wire.Exists, wire.GetData, wire.GetChildren, wire.GetChildren2:
		if op.Watch {
			field("watch")
		}
	case wire.AddWatch, wire.CheckWatches, wire.RemoveWatches:
		field("mode=%d", op.Mode)
	}
	return text
}

func describeACL(list []wire.ACL) string {
	if list == nil {
		return "null"
	}
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = fmt.Sprintf("%s:%s:%d", quote(a.Scheme), quote(a.ID), a.Perms)
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func zxidOf(z int) string {
	switch z {
	case ZxidSeen:
		return "seen"
	case ZxidZero:
		return "0"
	case ZxidFuture:
		return "future"
	}
	return fmt.Sprintf("step %d", z)
}

func quote(s string) string {
	if s == wire.Null {
		return "null"
	}
	return fmt.Sprintf("%q", clip(s))
}

func quoteData(b []byte) string {
	if b == nil {
		return "null"
	}
	return fmt.Sprintf("%q", clip(string(b)))
}

// clip keeps printed lines readable; what is cut is stood for by its length and a checksum, so that it still differs
// where the text differs.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	var sum uint32
	for _, c := range []byte(s) {
		sum = sum*31 + uint32(c)
	}
	return fmt.Sprintf("%s…(%d bytes, %08x)", s[:most], len(s), sum)
}

// place puts a path template under base.
func place(base, path string) string {
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return path
	}
	if base == "" && path == "~" {
		return "/"
	}
	return base + path[1:]
}

// placeOp puts every path of the op under base and turns its relative zxid into a real one.
func placeOp(base string, op wire.Op, zxid func(int) int64) wire.Op {
	op.Path = place(base, op.Path)
	for i, list := range op.Lists {
		if list == nil {
			continue
		}
		placed := make([]string, len(list))
		for j, path := range list {
			placed[j] = place(base, path)
		}
		op.Lists[i] = placed
	}
	if op.Code == wire.SetWatches || op.Code == wire.SetWatches2 {
		op.Zxid = zxid(int(op.Zxid))
	}
	if op.Ops != nil {
		subs := make([]wire.Op, len(op.Ops))
		for i, sub := range op.Ops {
			subs[i] = placeOp(base, sub, zxid)
		}
		op.Ops = subs
	}
	return op
}

// armsWatches tells whether events may follow from the op.
func armsWatches(op wire.Op) bool {
	return op.Watch || op.Code == wire.AddWatch || op.Code == wire.SetWatches || op.Code == wire.SetWatches2
}

const farFuture = math.MaxInt64 >> 1
