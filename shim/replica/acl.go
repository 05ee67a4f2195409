package replica

import (
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/znode"
)

// nobody is the ACL of a quarantined znode. It is not empty because an empty
// ACL lets everyone in (ZooKeeperServer.checkACL).
var nobody = []znode.ACL{{Perms: 0, ID: znode.Anyone}}

// acls keeps one copy of each ACL in use (ReferenceCountedACLCache).
type acls struct {
	known map[string]*sharedACL
	key   []byte // scratch
}

type sharedACL struct {
	list  []znode.ACL
	key   string
	users int
}

// acquire returns the copy to use instead of list, or nil if list needs none.
func (a *acls) acquire(list []znode.ACL) *sharedACL {
	if len(list) == 0 || &list[0] == &znode.OpenACL[0] {
		return nil
	}
	a.key = a.key[:0]
	for i := range list {
		a.key = binary.AppendVarint(a.key, int64(list[i].Perms))
		a.key = binary.AppendUvarint(a.key, uint64(len(list[i].ID.Scheme)))
		a.key = append(a.key, list[i].ID.Scheme...)
		a.key = binary.AppendUvarint(a.key, uint64(len(list[i].ID.ID)))
		a.key = append(a.key, list[i].ID.ID...)
	}
	s := a.known[string(a.key)]
	if s == nil {
		s = &sharedACL{list: list, key: string(a.key)}
		a.known[s.key] = s
	}
	s.users++
	return s
}

// release gives back what acquire returned.
func (a *acls) release(s *sharedACL) {
	if s == nil {
		return
	}
	if s.users--; s.users == 0 {
		delete(a.known, s.key)
	}
}
