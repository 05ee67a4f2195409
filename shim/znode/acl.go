package znode

// Perms is a set of permissions (ZooDefs.Perms).
type Perms int32

// The permissions, and all of them together.
const (
	Read Perms = 1 << iota
	Write
	Create
	Delete
	Admin
	All = Read | Write | Create | Delete | Admin
)

// ID is an identity: of a client, or in an ACL.
type ID struct{ Scheme, ID string }

// ACL grants permissions to an identity.
type ACL struct {
	Perms Perms
	ID    ID
}

// Anyone is the identity that every client has.
var Anyone = ID{"world", "anyone"}

// OpenACL lets everyone do everything (ZooDefs.Ids.OPEN_ACL_UNSAFE). Callers
// must not modify it.
var OpenACL = []ACL{{All, Anyone}}

// ReadACL lets everyone read (ZooDefs.Ids.READ_ACL_UNSAFE). Callers must not
// modify it.
var ReadACL = []ACL{{Read, Anyone}}
