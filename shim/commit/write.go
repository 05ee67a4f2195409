package commit

import (
	"errors"

	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// The errors of an Outcome that are not the store's.
var (
	// ErrClosed: the Committer was closed.
	ErrClosed = errors.New("commit: closed")
	// ErrConflictStorm: others changed what the write relies on each time it
	// was tried.
	ErrConflictStorm = errors.New("commit: too many conflicts")
	// ErrCut: an earlier write of the session ended without an answer.
	ErrCut = errors.New("commit: an earlier write of the session was not answered")
)

// Write is a request for a change.
type Write struct {
	Request tree.Request
	// Done is called exactly once for a Write that Submit took, among the
	// writes of a session in the order of Submit. It is called in one of the goroutines that write to the replica,
	// mostly while that is locked: it must be short, and must not block, submit
	// or look at the replica.
	Done func(Outcome)
}

// Outcome is how a Write ended.
type Outcome struct {
	// Result is the answer if Err is nil; its zxids are final.
	Result tree.Result
	// Zxid belongs into the reply: that of the transaction, or of the last one
	// before it if the request changed nothing.
	Zxid znode.Zxid
	// Err means that there is no answer: the connection is to be closed without
	// one. If it matches store.ErrUnknown the write may have taken effect, and
	// may still do so until its session is moved; otherwise it never will.
	Err error
}
