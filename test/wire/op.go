package wire

import "strconv"

// OpCode is the type field of a request header.
type OpCode int32

// The opcodes of ZooKeeper 3.9.
const (
	Notification         OpCode = 0
	Create               OpCode = 1
	Delete               OpCode = 2
	Exists               OpCode = 3
	GetData              OpCode = 4
	SetData              OpCode = 5
	GetACL               OpCode = 6
	SetACL               OpCode = 7
	GetChildren          OpCode = 8
	Sync                 OpCode = 9
	Ping                 OpCode = 11
	GetChildren2         OpCode = 12
	Check                OpCode = 13
	Multi                OpCode = 14
	Create2              OpCode = 15
	Reconfig             OpCode = 16
	CheckWatches         OpCode = 17
	RemoveWatches        OpCode = 18
	CreateContainer      OpCode = 19
	DeleteContainer      OpCode = 20
	CreateTTL            OpCode = 21
	MultiRead            OpCode = 22
	Auth                 OpCode = 100
	SetWatches           OpCode = 101
	SASL                 OpCode = 102
	GetEphemerals        OpCode = 103
	GetAllChildrenNumber OpCode = 104
	SetWatches2          OpCode = 105
	AddWatch             OpCode = 106
	WhoAmI               OpCode = 107
	CreateSession        OpCode = -10
	CloseSession         OpCode = -11
	ErrorResult          OpCode = -1 // only in the answer to a multi
)

var opNames = map[OpCode]string{
	Create: "create", Delete: "delete", Exists: "exists", GetData: "getData", SetData: "setData", GetACL: "getACL",
	SetACL: "setACL", GetChildren: "getChildren", Sync: "sync", Ping: "ping", GetChildren2: "getChildren2",
	Check: "check", Multi: "multi", Create2: "create2", Reconfig: "reconfig", CheckWatches: "checkWatches",
	RemoveWatches: "removeWatches", CreateContainer: "createContainer", DeleteContainer: "deleteContainer",
	CreateTTL: "createTTL", MultiRead: "multiRead", Auth: "auth", SetWatches: "setWatches", SASL: "sasl",
	GetEphemerals: "getEphemerals", GetAllChildrenNumber: "getAllChildrenNumber", SetWatches2: "setWatches2",
	AddWatch: "addWatch", WhoAmI: "whoAmI", CreateSession: "createSession", CloseSession: "closeSession",
	ErrorResult: "error", Notification: "notification",
}

func (c OpCode) String() string {
	if name := opNames[c]; name != "" {
		return name
	}
	return "op" + strconv.Itoa(int(c))
}

// Known tells whether ZooKeeper 3.9 answers requests of this opcode with anything but UNIMPLEMENTED.
func (c OpCode) Known() bool {
	return opNames[c] != "" && c != Check && c != Notification && c != ErrorResult
}

// The xids that ZooKeeper's own client gives to requests that are not the user's.
const (
	XidEvent      int32 = -1
	XidPing       int32 = -2
	XidAuth       int32 = -4
	XidSetWatches int32 = -8
)

// ACL is one entry of an access control list.
type ACL struct {
	Perms      int32
	Scheme, ID string
}

// Permission bits of an ACL.
const (
	PermRead   int32 = 1
	PermWrite  int32 = 2
	PermCreate int32 = 4
	PermDelete int32 = 8
	PermAdmin  int32 = 16
	PermAll    int32 = 31
)

// Op is any request: Code says which record is written, and so which of the fields count.
type Op struct {
	Code    OpCode
	Path    string // Null for a null string; also the prefix of getEphemerals
	Data    []byte // nil is null; also the credentials of auth and the token of sasl
	ACL     []ACL  // nil is null
	Flags   int32  // create mode, as in ZooKeeper's CreateMode
	TTL     int64  // milliseconds
	Version int32
	Watch   bool
	Mode    int32 // mode of addWatch, type of checkWatches and removeWatches
	Scheme  string
	Zxid    int64 // relativeZxid of setWatches
	// The watches of setWatches (3 lists: data, exist, child) and setWatches2 (5: also persistent, recursive), and
	// in the first list the three strings of reconfig.
	Lists [5][]string
	Ops   []Op   // of multi and multiRead
	Raw   []byte // if not nil, replaces the body that the other fields would give
}

// Body encodes the request without its header.
func (o Op) Body() []byte {
	if o.Raw != nil {
		return o.Raw
	}
	return o.appendBody(nil)
}

func (o Op) appendBody(b []byte) []byte {
	switch o.Code {
	case Create, Create2, CreateContainer:
		return appendInt(appendACL(appendBuffer(appendString(b, o.Path), o.Data), o.ACL), o.Flags)
	case CreateTTL:
		b = appendInt(appendACL(appendBuffer(appendString(b, o.Path), o.Data), o.ACL), o.Flags)
		return appendLong(b, o.TTL)
	case Delete, Check:
		return appendInt(appendString(b, o.Path), o.Version)
	case Exists, GetData, GetChildren, GetChildren2:
		return appendBool(appendString(b, o.Path), o.Watch)
	case SetData:
		return appendInt(appendBuffer(appendString(b, o.Path), o.Data), o.Version)
	case GetACL, Sync, GetEphemerals, GetAllChildrenNumber, DeleteContainer:
		return appendString(b, o.Path)
	case SetACL:
		return appendInt(appendACL(appendString(b, o.Path), o.ACL), o.Version)
	case AddWatch, CheckWatches, RemoveWatches:
		return appendInt(appendString(b, o.Path), o.Mode)
	case Auth:
		return appendBuffer(appendString(appendInt(b, 0), o.Scheme), o.Data)
	case SASL:
		return appendBuffer(b, o.Data)
	case SetWatches, SetWatches2:
		lists := o.Lists[:3]
		if o.Code == SetWatches2 {
			lists = o.Lists[:]
		}
		b = appendLong(b, o.Zxid)
		for _, list := range lists {
			b = appendStrings(b, list)
		}
		return b
	case Reconfig:
		for i := range 3 {
			s := Null
			if i < len(o.Lists[0]) {
				s = o.Lists[0][i]
			}
			b = appendString(b, s)
		}
		return appendLong(b, o.Zxid)
	case CreateSession:
		return appendInt(b, o.Flags)
	case Multi, MultiRead:
		for _, sub := range o.Ops {
			b = appendInt(appendBool(appendInt(b, int32(sub.Code)), false), -1)
			b = append(b, sub.Body()...)
		}
		return appendInt(appendBool(appendInt(b, -1), true), -1)
	}
	return b
}

// Frame encodes the request with its header and the length in front.
func (o Op) Frame(xid int32) []byte {
	body := o.Body()
	b := appendInt(nil, int32(len(body)+8))
	return append(appendInt(appendInt(b, xid), int32(o.Code)), body...)
}

// Xid is the xid that ZooKeeper's client would use for this request where it does not count, 0 where it counts.
func (o Op) Xid() int32 {
	switch o.Code {
	case Ping:
		return XidPing
	case Auth:
		return XidAuth
	case SetWatches, SetWatches2:
		return XidSetWatches
	}
	return 0
}
