// Package auth says who a client is and what an ACL lets it do: the schemes
// world, auth, digest and ip, and the super user.
//
// It is pure and safe for concurrent use: an Identity never changes, adding
// credentials to one makes another.
//
// The truth is ZooKeeper 3.9: classes ZooKeeperServer (checkACL),
// PrepRequestProcessor (fixupACL), DigestAuthenticationProvider,
// IPAuthenticationProvider and AuthUtil.
package auth
