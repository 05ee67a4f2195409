package hbasemodel

import (
	"slices"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// Security shows names and counts, never a secret.
type Security struct {
	Observed Observed `json:"observed"`
	// Access is acl/* (ZKPermissionWatcher of the AccessController).
	Access View[AccessEntry] `json:"access"`
	// Labels are the names in visibility/labels, LabelUsers counts those in
	// visibility/user_auths (ZKVisibilityLabelWatcher).
	Labels     []string `json:"labels,omitempty"`
	LabelUsers int      `json:"labelUsers,omitempty"`
	// LabelOrigins are those two, where they are there.
	LabelOrigins []Origin `json:"labelOrigins,omitempty"`
	// TokenKeys are tokenauth/keys/* (ZKSecretWatcher).
	TokenKeys View[TokenKey] `json:"tokenKeys"`
	// KeyMaster is the server that rolls them (ZKLeaderManager), empty for none.
	KeyMaster       string  `json:"keyMaster,omitempty"`
	KeyMasterOrigin *Origin `json:"keyMasterOrigin,omitempty"`
}

// AccessEntry is what one table or namespace has of grants.
type AccessEntry struct {
	// Name is a table, or @namespace; that of hbase:acl holds the global ones.
	Name   string `json:"name"`
	Users  int    `json:"users"`
	Grants int    `json:"grants"`
	Origin Origin `json:"origin"`
}

// TokenKey is a key that signs tokens. It is never decoded.
type TokenKey struct {
	Name   string `json:"name"`
	Origin Origin `json:"origin"`
}

func (c *cluster) accessEntry(rel string) *AccessEntry {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	row := &AccessEntry{Name: n.name, Origin: n.origin}
	users := as[payload.Permissions](n).Users
	row.Users = len(users)
	for _, u := range users {
		row.Grants += len(u.Grants)
	}
	return row
}

func (c *cluster) tokenKey(rel string) *TokenKey {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	return &TokenKey{Name: n.name, Origin: n.origin}
}

func (c *cluster) security(o Observed) *Security {
	labels, users, master := c.nodes["visibility/labels"], c.nodes["visibility/user_auths"], c.nodes["tokenauth/keymaster"]
	v := &Security{
		Observed:   o,
		LabelUsers: len(as[payload.Authorizations](users).Users),
		KeyMaster:  as[payload.KeyMaster](master).ID, KeyMasterOrigin: originOf(master),
	}
	for _, l := range as[payload.VisibilityLabels](labels).Labels {
		v.Labels = append(v.Labels, l.Label)
	}
	slices.Sort(v.Labels)
	for _, n := range []*node{labels, users} {
		if n != nil {
			v.LabelOrigins = append(v.LabelOrigins, n.origin)
		}
	}
	v.Access.Observed, v.TokenKeys.Observed = o, o
	v.Access.Rows, v.TokenKeys.Rows = c.acl.read(), c.tokens.read()
	v.Access.Keeping = c.keeping(len(v.Access.Rows), place{absent: "the AccessController is not in use"})
	v.TokenKeys.Keeping = c.keeping(len(v.TokenKeys.Rows), place{absent: "no tokens are in use"})
	return v
}
