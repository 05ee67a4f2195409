package shim

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// TreeSink is told a tree and its changes by Server.FollowTree.
type TreeSink interface {
	// Reset says that what was told before is void. The whole tree follows,
	// parents before children, up to Ready.
	Reset()
	// Put says that a znode exists and what it holds; it is told again when its
	// data or the number of its children change. n is never modified, and must not
	// be.
	Put(path znode.Path, n *tree.Node)
	// Delete says that a znode is gone since the transaction zxid, children before
	// parents. It may be one that was never told, if it came and went while the
	// tree was.
	Delete(path znode.Path, zxid znode.Zxid)
	// Ready says that what was told is the state after the transaction zxid, seen
	// at the time at.
	Ready(zxid znode.Zxid, at time.Time)
}

// TreeScope says what of the tree is followed.
type TreeScope struct {
	// Roots, none of them below another, are followed with all that is below them,
	// also when they come to exist later.
	Roots []znode.Path
	// Choose is asked where Roots is empty: whether a child of / but /zookeeper is
	// followed with all that is below it, by the names of its children. It is asked
	// again whenever they change, until it says yes; then the znode is followed
	// until it is deleted. Choose must be short: the tree stands still meanwhile.
	Choose func(has func(name string) bool) bool
}

const (
	// treeQueue is how many events a follower may lag behind; one that lags
	// further is told the whole tree again.
	treeQueue = 4096
	// treeBatch is how many znodes are looked at at once: no change is applied in
	// the meantime.
	treeBatch = 512
)

// FollowTree tells sink the tree of this server's replica within scope, and then
// its changes, until ctx ends, whose error it returns, or the server closes. It
// calls sink from this goroutine. What happens to a znode between two Readys may
// be told as one change: the sink gets all states only if it is fast enough,
// and the last one always. A slow sink delays nobody.
func (s *Server) FollowTree(ctx context.Context, scope TreeScope, sink TreeSink) error {
	for _, r := range scope.Roots {
		if err := r.Validate(); err != nil {
			return err
		}
	}
	f := &treeFollower{scope: scope, wake: make(chan struct{}, 1)}
	s.followers.add(f)
	defer s.followers.remove(f)
	for {
		sink.Reset()
		f.forget()
		if err := s.tellTree(ctx, f, sink); err != nil {
			return err
		}
		for s.tellChanges(f, sink) {
			select {
			case <-f.wake:
			case <-ctx.Done():
				return ctx.Err()
			case <-s.ctx.Done():
				return errClosed
			}
		}
	}
}

// tellTree tells all that there is. Changes meanwhile are in the follower's
// queue.
func (s *Server) tellTree(ctx context.Context, f *treeFollower, sink TreeSink) error {
	var todo []znode.Path // the next one last
	s.replica.View(func(v *replica.View) {
		f.base = v.Base()
		todo = f.roots(v)
	})
	slices.Reverse(todo)
	var found []treePlace
	for len(todo) > 0 {
		found = found[:0]
		s.replica.View(func(v *replica.View) { found, todo = walkTree(v, found, todo, treeBatch) })
		for _, p := range found {
			sink.Put(p.path, p.node)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case s.ctx.Err() != nil:
			return errClosed
		}
	}
	return nil
}

// tellChanges tells what has happened, false if the whole tree must be told.
func (s *Server) tellChanges(f *treeFollower, sink TreeSink) bool {
	var steps []treeStep
	var zxid znode.Zxid
	whole, first := false, f.fresh
	s.replica.View(func(v *replica.View) {
		events, over := f.take()
		// Zxids that were told move with the base, without an event.
		if whole = over || v.Base() != f.base; !whole {
			steps, zxid = f.steps(v, events), v.Zxid()
		}
	})
	if whole {
		return false
	}
	for _, step := range steps {
		if step.node == nil {
			sink.Delete(step.path, step.zxid)
		} else {
			sink.Put(step.path, step.node)
		}
	}
	if first || len(steps) > 0 {
		sink.Ready(zxid, time.Now())
	}
	return true
}

// treePlace is a znode and where it is.
type treePlace struct {
	path znode.Path
	node *tree.Node
}

// walkTree appends to found at most limit znodes of those in todo, whose last is
// the first, and all below, parents first. It returns what is left to do.
func walkTree(v *replica.View, found []treePlace, todo []znode.Path, limit int) ([]treePlace, []znode.Path) {
	for n := 0; n < limit && len(todo) > 0; n++ {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		node := v.Node(p)
		if node == nil {
			continue
		}
		found = append(found, treePlace{p, node})
		for _, name := range slices.Backward(v.Children(p)) {
			todo = append(todo, p.Child(name))
		}
	}
	return found, todo
}

// onEvent is called under the replica's lock.
func (s *Server) onEvent(typ znode.EventType, path znode.Path, zxid znode.Zxid, acl, parentACL []znode.ACL) {
	s.watches.Fire(typ, path, zxid, acl, parentACL)
	s.followers.event(typ, path, zxid)
}

// treeFollowers are those who follow the tree. The zero value has none.
type treeFollowers struct {
	mu  sync.Mutex // of those who change the list
	all atomic.Pointer[[]*treeFollower]
}

func (t *treeFollowers) list() []*treeFollower {
	if all := t.all.Load(); all != nil {
		return *all
	}
	return nil
}

func (t *treeFollowers) add(f *treeFollower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := append(slices.Clone(t.list()), f)
	t.all.Store(&all)
}

func (t *treeFollowers) remove(f *treeFollower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(t.list()), func(other *treeFollower) bool { return other == f })
	t.all.Store(&all)
}

func (t *treeFollowers) event(typ znode.EventType, path znode.Path, zxid znode.Zxid) {
	for _, f := range t.list() {
		f.event(treeEvent{typ, path, zxid})
	}
}
