package replica

import (
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// Hooks are called while the replica is locked for writing; see the package's
// comment. Any of them may be nil.
type Hooks struct {
	// Event tells what happened to the znode at path, in the order in which it
	// happened. acl is the znode's at that moment, parentACL its parent's for
	// EventCreated and EventDeleted. The change of the parent's children goes
	// without saying. EventChildrenChanged is told by Load alone, for a znode
	// whose children changed although no event of a child tells it.
	Event func(typ znode.EventType, path znode.Path, zxid znode.Zxid, acl, parentACL []znode.ACL)
	// Session tells that a session's record is rec now, or was removed if rec is
	// nil, after all events and Done calls of the change.
	Session func(id znode.SessionID, rec *tree.Session)
	// Repair tells that the stored child counter of path is wrong, and the
	// pzxid that it should have at least.
	Repair func(path znode.Path, pzxid znode.Zxid)
}

// Own is what the process knows about a change that it made itself.
type Own struct {
	// Journal lists all events, positions rising.
	Journal record.Journal
	// Requests is the number of requests in the batch.
	Requests int
	// Last is the position of the last request that succeeded. Its zxid is the
	// replica's after the change.
	Last int
	// Done, if set, is called for each position from 0 to Requests-1, after the
	// events of that position and before those of the next.
	// late says that the tree has shown the change, or later ones, before: events
	// with higher zxids may be out.
	Done func(pos int, late bool)
}

// Replica is the tree in memory. The zero value is not usable: use New.
type Replica struct {
	log   zerolog.Logger
	hooks Hooks

	mu      sync.RWMutex
	view    *View
	loaded  bool
	scratch change

	// Copies of the view's, written under mu.
	rev  atomic.Int64
	zxid atomic.Int64
	base atomic.Int64

	waiters waiters
}

// New returns an empty Replica at revision 0.
func New(log zerolog.Logger, hooks Hooks) *Replica {
	if hooks.Event == nil {
		hooks.Event = func(znode.EventType, znode.Path, znode.Zxid, []znode.ACL, []znode.ACL) {}
	}
	if hooks.Session == nil {
		hooks.Session = func(znode.SessionID, *tree.Session) {}
	}
	if hooks.Repair == nil {
		hooks.Repair = func(znode.Path, znode.Zxid) {}
	}
	return &Replica{log: log, hooks: hooks, view: newView()}
}

// View calls fn with the tree, which does not change before fn returns. fn must
// be short, since it delays every change, and must not call View again.
func (r *Replica) View(fn func(v *View)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	fn(r.view)
}

// Revision returns the revision that the tree is at. It does not lock.
func (r *Replica) Revision() store.Revision { return store.Revision(r.rev.Load()) }

// Zxid returns the last zxid. It does not lock.
func (r *Replica) Zxid() znode.Zxid { return znode.Zxid(r.zxid.Load()) }

// Base returns the base of zxids. It does not lock.
func (r *Replica) Base() znode.Zxid { return znode.Zxid(r.base.Load()) }

// publish makes the view's position known to the methods that do not lock.
func (r *Replica) publish() {
	r.base.Store(int64(r.view.meta.Base))
	r.zxid.Store(int64(r.view.zxid))
	r.rev.Store(int64(r.view.rev))
}
