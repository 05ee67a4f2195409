package wire

import "strconv"

// Stat is a znode's metadata. Times are milliseconds since 1970.
type Stat struct {
	Czxid, Mzxid, Ctime, Mtime  int64
	Version, Cversion, Aversion int32
	EphemeralOwner              int64
	DataLength, NumChildren     int32
	Pzxid                       int64
}

// Err is the err field of a reply header.
type Err int32

// The error codes that a standalone ZooKeeper 3.9 gives to a client.
const (
	OK                      Err = 0
	RuntimeInconsistency    Err = -2
	MarshallingError        Err = -5
	Unimplemented           Err = -6
	BadArguments            Err = -8
	NoNode                  Err = -101
	NoAuth                  Err = -102
	BadVersion              Err = -103
	NoChildrenForEphemerals Err = -108
	NodeExists              Err = -110
	NotEmpty                Err = -111
	SessionExpired          Err = -112
	InvalidCallback         Err = -113
	InvalidACL              Err = -114
	AuthFailed              Err = -115
	SessionMoved            Err = -118
	NoWatcher               Err = -121
	ReconfigDisabled        Err = -123
)

var errNames = map[Err]string{
	OK: "ok", RuntimeInconsistency: "RUNTIMEINCONSISTENCY", MarshallingError: "MARSHALLINGERROR",
	Unimplemented: "UNIMPLEMENTED", BadArguments: "BADARGUMENTS", NoNode: "NONODE", NoAuth: "NOAUTH",
	BadVersion: "BADVERSION", NoChildrenForEphemerals: "NOCHILDRENFOREPHEMERALS", NodeExists: "NODEEXISTS",
	NotEmpty: "NOTEMPTY", SessionExpired: "SESSIONEXPIRED", InvalidCallback: "INVALIDCALLBACK",
	InvalidACL: "INVALIDACL", AuthFailed: "AUTHFAILED", SessionMoved: "SESSIONMOVED", NoWatcher: "NOWATCHER",
	ReconfigDisabled: "RECONFIGDISABLED",
}

func (e Err) String() string {
	if name := errNames[e]; name != "" {
		return name
	}
	return "err" + strconv.Itoa(int(e))
}

// Event types of a watch event.
const (
	EventCreated         int32 = 1
	EventDeleted         int32 = 2
	EventDataChanged     int32 = 3
	EventChildrenChanged int32 = 4
)

// Event is the body of a frame whose xid is XidEvent.
type Event struct {
	Type, State int32
	Path        string
}

// ClientInfo is one line of the answer to whoAmI.
type ClientInfo struct{ Scheme, User string }

// Reply is the decoded body of a reply: the fields that the request's record has are set. Rest is what follows the
// record, which should be nothing.
type Reply struct {
	Path     string
	Data     []byte
	Stat     *Stat
	Children []string
	ACL      []ACL
	Number   int32
	Infos    []ClientInfo
	Results  []Result
	Rest     []byte
}

// Result is the answer to one operation of a multi or multiRead.
type Result struct {
	Code      OpCode // ErrorResult for an error
	HeaderErr Err    // err of the MultiHeader
	Err       Err    // of the ErrorResponse
	Reply     Reply
}

// DecodeReply reads the body of a successful reply to a request with the given opcode.
func DecodeReply(code OpCode, body []byte) (Reply, error) {
	c := &cursor{rest: body}
	r := c.reply(code)
	r.Rest = c.rest
	return r, c.err
}

// DecodeEvent reads the body of a watch event.
func DecodeEvent(body []byte) (Event, error) {
	c := &cursor{rest: body}
	e := Event{Type: c.int(), State: c.int(), Path: c.string()}
	if c.err == nil && len(c.rest) > 0 {
		c.err = ErrShort
	}
	return e, c.err
}

func (c *cursor) reply(code OpCode) (r Reply) {
	switch code {
	case Create, Sync:
		r.Path = c.string()
	case Create2, CreateContainer, CreateTTL:
		r.Path = c.string()
		r.Stat = c.stat()
	case Exists, SetData, SetACL:
		r.Stat = c.stat()
	case GetData, Reconfig:
		r.Data = c.buffer()
		r.Stat = c.stat()
	case SASL:
		r.Data = c.buffer()
	case GetChildren, GetEphemerals:
		r.Children = c.strings()
	case GetChildren2:
		r.Children = c.strings()
		r.Stat = c.stat()
	case GetACL:
		r.ACL = c.acl()
		r.Stat = c.stat()
	case GetAllChildrenNumber, AddWatch:
		r.Number = c.int()
	case WhoAmI:
		for n := c.count(); n > 0 && c.err == nil; n-- {
			r.Infos = append(r.Infos, ClientInfo{c.string(), c.string()})
		}
	case Multi, MultiRead:
		r.Results = c.results()
	}
	return r
}

func (c *cursor) results() []Result {
	list := []Result{}
	for c.err == nil {
		code, done, headerErr := OpCode(c.int()), c.bool(), Err(c.int())
		if c.err != nil || done {
			break
		}
		result := Result{Code: code, HeaderErr: headerErr}
		if code == ErrorResult {
			result.Err = Err(c.int())
		} else {
			result.Reply = c.reply(code)
		}
		list = append(list, result)
	}
	return list
}
