package auth

import (
	"errors"
	"net/netip"

	"github.com/hquorum/hquorum/shim/znode"
)

// The errors of this package.
var (
	// ErrAuthFailed: the scheme refuses the credentials.
	ErrAuthFailed = errors.New("auth: authentication failed")
	// ErrUnknownScheme: there is no such scheme to authenticate with.
	ErrUnknownScheme = errors.New("auth: unknown scheme")
	// ErrInvalidACL: an ACL is empty, names an unknown scheme or a malformed
	// id, or "auth" where the client has no authenticated id.
	ErrInvalidACL = errors.New("auth: invalid ACL")
)

// The schemes.
const (
	schemeWorld  = "world"
	schemeAuth   = "auth"
	schemeDigest = "digest"
	schemeIP     = "ip"
	schemeSuper  = "super"
)

// Options configure a Registry.
type Options struct {
	// SuperDigest is "super:" and the base64 of the SHA-1 of "super:password":
	// whoever shows that password may do everything. Empty: nobody.
	SuperDigest string
}

// Registry knows the schemes.
type Registry struct{ options Options }

// NewRegistry returns a Registry of the schemes world, auth, digest and ip.
func NewRegistry(o Options) *Registry { return &Registry{options: o} }

// Connect returns the identity of a client that connects from remote: its
// address, under the ip scheme.
func (r *Registry) Connect(remote netip.Addr) Identity {
	return Identity{ids: []znode.ID{{Scheme: schemeIP, ID: javaAddr(remote)}}}
}

// Add returns id with what credentials of a scheme prove. The errors are
// ErrAuthFailed and ErrUnknownScheme; either ends a client's connection. A nil
// auth is null.
func (r *Registry) Add(id Identity, scheme string, auth []byte) (Identity, error) {
	switch scheme {
	case schemeIP: // known since Connect
		return id, nil
	case schemeDigest:
		if auth == nil {
			return id, ErrAuthFailed
		}
		digest := digestOf(javaString(auth))
		if r.options.SuperDigest != "" && digest == r.options.SuperDigest {
			id = id.with(znode.ID{Scheme: schemeSuper})
		}
		return id.with(znode.ID{Scheme: schemeDigest, ID: digest}), nil
	}
	return id, ErrUnknownScheme
}
