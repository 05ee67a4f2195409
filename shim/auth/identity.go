package auth

import (
	"slices"
	"strings"

	"github.com/hquorum/hquorum/shim/znode"
)

// Identity is who a client is: a set of ids, in the order in which they were
// proved. It implements tree.Identity. The zero Identity has none and may do
// what world:anyone may.
type Identity struct{ ids []znode.ID }

func (id Identity) with(more znode.ID) Identity {
	if slices.Contains(id.ids, more) {
		return id
	}
	return Identity{ids: append(slices.Clip(id.ids), more)}
}

// IDs returns the identity's ids. Callers must not modify them.
func (id Identity) IDs() []znode.ID { return id.ids }

// ClientInfos returns what whoAmI tells (AuthUtil.getClientInfos): the ids with
// the user's name alone, "" where the scheme has no users.
func (id Identity) ClientInfos() []znode.ID {
	infos := make([]znode.ID, len(id.ids))
	for i, x := range id.ids {
		infos[i].Scheme = x.Scheme
		switch x.Scheme {
		case schemeDigest:
			infos[i].ID, _, _ = strings.Cut(x.ID, ":")
		case schemeIP:
			infos[i].ID = x.ID
		}
	}
	return infos
}

// Allow reports whether acl grants one of perms. An empty acl grants
// everything, and so does any acl to the super user.
func (id Identity) Allow(acl []znode.ACL, perms znode.Perms) bool {
	if len(acl) == 0 {
		return true
	}
	for i := range acl {
		if acl[i].Perms&perms != 0 && acl[i].ID == znode.Anyone {
			return true
		}
	}
	for _, x := range id.ids {
		if x.Scheme == schemeSuper {
			return true
		}
		for i := range acl {
			a := &acl[i]
			if a.Perms&perms == 0 || a.ID.Scheme != x.Scheme {
				continue
			}
			if x.Scheme == schemeDigest && x.ID == a.ID.ID || x.Scheme == schemeIP && matchIP(x.ID, a.ID.ID) {
				return true
			}
		}
	}
	return false
}

// Fix returns acl as it is stored: duplicates removed, every "auth" entry
// replaced by one for each authenticated id. The only error is ErrInvalidACL.
func (id Identity) Fix(acl []znode.ACL) ([]znode.ACL, error) {
	if len(acl) == 1 && acl[0].ID == znode.Anyone {
		if acl[0].Perms == znode.All {
			return znode.OpenACL, nil
		}
		return acl, nil
	}
	var fixed []znode.ACL
	seen := make(map[znode.ACL]struct{}, len(acl))
	for _, a := range acl {
		if _, ok := seen[a]; ok {
			continue
		}
		seen[a] = struct{}{}
		switch {
		case a.ID == znode.Anyone,
			a.ID.Scheme == schemeDigest && validDigest(a.ID.ID),
			a.ID.Scheme == schemeIP && validIP(a.ID.ID):
			fixed = append(fixed, a)
		case a.ID.Scheme == schemeAuth:
			before := len(fixed)
			for _, x := range id.ids {
				if x.Scheme == schemeDigest {
					fixed = append(fixed, znode.ACL{Perms: a.Perms, ID: x})
				}
			}
			if len(fixed) == before {
				return nil, ErrInvalidACL
			}
		default:
			return nil, ErrInvalidACL
		}
	}
	if len(fixed) == 0 {
		return nil, ErrInvalidACL
	}
	return fixed, nil
}

// MaskDigests returns acl without the digests' secrets, as a client sees it
// that may read but not administrate (FinalRequestProcessor, getACL).
func MaskDigests(acl []znode.ACL) []znode.ACL {
	masked := slices.Clone(acl)
	for i := range masked {
		if x := &masked[i].ID; x.Scheme == schemeDigest {
			if user, _, ok := strings.Cut(x.ID, ":"); ok {
				x.ID = user + ":x"
			}
		}
	}
	return masked
}
