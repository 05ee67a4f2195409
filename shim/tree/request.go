package tree

import (
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// Request is an Op with what is known about who asks, and when.
type Request struct {
	// Session is the client's session and Epoch the one that its connection
	// has seen: unless the session's record has the same epoch the request
	// fails with ErrSessionMoved, or ErrSessionExpired without a record.
	Session znode.SessionID
	Epoch   int64
	// Identity may be nil if the request is Internal.
	Identity Identity
	// Now is the time of the request in milliseconds since the Unix epoch.
	Now int64
	Op  Op
	// Internal marks a request that the shim makes itself: no session is
	// checked and no permission asked.
	Internal bool
}

// Result answers a request.
type Result struct {
	// Err is nil or one of this package's errors. That of a Multi is the error
	// of the op that failed it; ZooKeeper answers such a Multi with code 0 and
	// the codes of Multi's elements, unless Multi is nil.
	Err error
	// Op is the request's op. In a Multi a Create has the Kind that it was
	// taken for.
	Op Op
	// Path is that of the op, of a sequential Create the created one.
	Path znode.Path
	// Stat is the znode's after a Create, SetData or SetACL. Its zxids may be
	// pending until Resolve.
	Stat znode.Stat
	// Multi has one Result for each op of a Multi. If one failed, those before
	// it have no Err but changed nothing either, and those behind it have
	// ErrRuntimeInconsistency.
	Multi []Result
	// Epoch is the session's after a MoveSession.
	Epoch int64
}

// Resolve makes the zxids of r final, given the base of zxids and the revision
// at which the batch was committed.
func (r *Result) Resolve(base znode.Zxid, rev store.Revision) {
	r.Stat.Czxid = r.Stat.Czxid.Resolve(base, int64(rev))
	r.Stat.Mzxid = r.Stat.Mzxid.Resolve(base, int64(rev))
	r.Stat.Pzxid = r.Stat.Pzxid.Resolve(base, int64(rev))
	for i := range r.Multi {
		r.Multi[i].Resolve(base, rev)
	}
}
