package tree

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// Op is what a request asks for: one of the types below, by value. Paths are as
// the client sent them, valid or not; data and ACLs become the tree's and must
// not be modified afterwards.
type Op interface{ op() }

// CreateKind is the op code that a create came with.
type CreateKind int

// The kinds of create.
const (
	// KindCreate answers with the path alone; the others add a Stat.
	KindCreate CreateKind = iota
	KindCreate2
	// KindContainer makes a container, whatever the mode says.
	KindContainer
	// KindTTL alone looks at TTL.
	KindTTL
)

type (
	// Create makes a znode. TTL is in milliseconds.
	Create struct {
		Path znode.Path
		Data []byte // nil is null
		ACL  []znode.ACL
		Mode znode.CreateMode // not necessarily valid
		TTL  int64
		Kind CreateKind
	}
	// Delete removes a znode that has no children and, unless Version is -1,
	// that version.
	Delete struct {
		Path    znode.Path
		Version int32
	}
	// SetData replaces a znode's data.
	SetData struct {
		Path    znode.Path
		Data    []byte // nil is null
		Version int32
	}
	// SetACL replaces a znode's ACL; Version is compared with its aversion.
	SetACL struct {
		Path    znode.Path
		ACL     []znode.ACL
		Version int32
	}
	// Check compares a znode's version.
	Check struct {
		Path    znode.Path
		Version int32
	}
	// Multi does all of Ops or none. It holds Create, Delete, SetData and Check
	// and, like ZooKeeper's, takes the kind of a Create from its mode where the
	// mode tells.
	Multi struct{ Ops []Op }
	// DeleteContainer removes a znode that is not ephemeral and has no
	// children. Nobody's permission is asked if the request is Internal, but it
	// must be a container that had a child then, or a TTL znode that was not
	// changed for its time before Now.
	DeleteContainer struct{ Path znode.Path }

	// OpenSession stores a new session's record, attached to the lease of the
	// same id. It needs an Internal request.
	OpenSession struct {
		ID      znode.SessionID
		Session record.Session
	}
	// MoveSession gives a session to a shim, with a new timeout in milliseconds
	// and its epoch raised by one. It needs an Internal request; Result.Epoch
	// tells the new epoch.
	MoveSession struct {
		ID      znode.SessionID
		Shim    string
		Timeout int32
	}
	// CloseSession removes a session and its ephemeral znodes, those included
	// that earlier requests of the batch made. Request.Epoch must be the
	// session's epoch even if the request is Internal, as an expiry is: a
	// session that moved is not its former owner's to end. The order of the
	// deletes is that of the paths. A session with more ephemeral znodes than a
	// transaction may hold is ErrTooLarge: revoke its lease instead.
	CloseSession struct{ ID znode.SessionID }

	// PutMeta replaces the tree's meta record if its key has the ModRevision
	// Rev, 0 meaning that there is none. It needs an Internal request.
	PutMeta struct {
		Meta record.Meta
		Rev  store.Revision
	}
	// RepairCounter stores the child counter that the View shows, which a lost
	// lease has left wrong in the store, with Pzxid unless a later one is
	// known. It does nothing if the znode is gone or never had a child. It
	// needs an Internal request.
	RepairCounter struct {
		Path  znode.Path
		Pzxid znode.Zxid
	}
)

func (Create) op()          {}
func (Delete) op()          {}
func (SetData) op()         {}
func (SetACL) op()          {}
func (Check) op()           {}
func (Multi) op()           {}
func (DeleteContainer) op() {}
func (OpenSession) op()     {}
func (MoveSession) op()     {}
func (CloseSession) op()    {}
func (PutMeta) op()         {}
func (RepairCounter) op()   {}
