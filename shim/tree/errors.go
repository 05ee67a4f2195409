package tree

import "errors"

// The errors of a request. All but ErrTooLarge have a ZooKeeper error code of
// the same name (class KeeperException.Code).
var (
	ErrNoNode                  = errors.New("no such znode")
	ErrNodeExists              = errors.New("znode exists")
	ErrNotEmpty                = errors.New("znode has children")
	ErrNoAuth                  = errors.New("not authorized")
	ErrBadVersion              = errors.New("version does not match")
	ErrBadArguments            = errors.New("bad arguments")
	ErrInvalidACL              = errors.New("invalid ACL")
	ErrNoChildrenForEphemerals = errors.New("an ephemeral znode cannot have children")
	// ErrSessionExpired: the session has no record (any more).
	ErrSessionExpired = errors.New("session expired")
	// ErrSessionMoved: the session belongs to a newer connection; the one that
	// asked must be closed without a reply.
	ErrSessionMoved = errors.New("session moved")
	// ErrRuntimeInconsistency is what the ops of a multi behind the failed one
	// get.
	ErrRuntimeInconsistency = errors.New("skipped, an earlier op of the multi failed")
	// ErrUnimplemented: TTL znodes are switched off, or an op that a multi
	// cannot hold.
	ErrUnimplemented = errors.New("unimplemented")
	// ErrTooLarge: the request alone exceeds what a transaction may hold.
	ErrTooLarge = errors.New("request exceeds what a transaction may hold")
	// ErrSessionExists: OpenSession named an id that is taken.
	ErrSessionExists = errors.New("session exists")
)
