package shim

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// treeFollower is one call of FollowTree.
type treeFollower struct {
	scope TreeScope
	wake  chan struct{} // holds a token if there is something in the queue; 1

	mu    sync.Mutex
	queue []treeEvent // at most treeQueue
	spare []treeEvent // the last queue, to be used again
	over  bool        // more happened than the queue could take

	// What follows belongs to FollowTree's goroutine.
	base   znode.Zxid
	chosen map[znode.Path]bool // where the scope has no roots
	fresh  bool                // the tree was told, its changes meanwhile were not
}

type treeEvent struct {
	typ  znode.EventType
	path znode.Path
	zxid znode.Zxid
}

// treeStep is what the sink is told: a znode, or that it is gone.
type treeStep struct {
	path znode.Path
	node *tree.Node // nil: gone
	zxid znode.Zxid // of the deletion
}

// event notes what happened, or that it was too much. It is O(1) but for the
// number of roots.
func (f *treeFollower) event(e treeEvent) {
	if !f.concerns(e.path) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.over:
		return
	case len(f.queue) == treeQueue:
		f.over, f.queue = true, nil
	default:
		f.queue = append(f.queue, e)
	}
	select {
	case f.wake <- struct{}{}:
	default: // it is awake
	}
}

// concerns reports whether p can be in the scope.
func (f *treeFollower) concerns(p znode.Path) bool {
	if len(f.scope.Roots) == 0 {
		return p != znode.Root && !below(p, znode.ZooKeeper)
	}
	for _, r := range f.scope.Roots {
		if below(p, r) {
			return true
		}
	}
	return false
}

// below reports whether p is r or below it.
func below(p, r znode.Path) bool {
	rest, ok := strings.CutPrefix(string(p), string(r))
	return ok && (rest == "" || rest[0] == '/' || r == znode.Root)
}

// topOf returns the child of / that p, which is not /, is or is below.
func topOf(p znode.Path) znode.Path {
	if i := strings.IndexByte(string(p[1:]), '/'); i >= 0 {
		return p[:i+1]
	}
	return p
}

// take empties the queue. The result is valid until the next call.
func (f *treeFollower) take() (events []treeEvent, over bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	events, over = f.queue, f.over
	f.queue, f.spare, f.over = f.spare[:0], events, false
	return events, over
}

// forget empties the queue: the whole tree will be told.
func (f *treeFollower) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue, f.over = f.queue[:0], false
	f.chosen, f.fresh = map[znode.Path]bool{}, true
}

// roots returns what the sink is to be told with all that is below.
func (f *treeFollower) roots(v *replica.View) []znode.Path {
	if len(f.scope.Roots) > 0 {
		return slices.Clone(f.scope.Roots)
	}
	var roots []znode.Path
	for _, name := range v.Children(znode.Root) {
		if p := znode.Root.Child(name); f.choose(v, p) {
			roots = append(roots, p)
		}
	}
	return roots
}

// choose asks whether a child of / is to be followed, and remembers it.
func (f *treeFollower) choose(v *replica.View, top znode.Path) bool {
	if !f.concerns(top) || v.Node(top) == nil || f.scope.Choose == nil {
		return false
	}
	if f.scope.Choose(func(name string) bool { return v.Node(top.Child(name)) != nil }) {
		f.chosen[top] = true
	}
	return f.chosen[top]
}

// follows reports whether the sink is told of p.
func (f *treeFollower) follows(p znode.Path) bool {
	return f.concerns(p) && (len(f.scope.Roots) > 0 || f.chosen[topOf(p)])
}

// steps makes of what happened what the sink is told: deletions in their place,
// and of every znode that is left its present state, where it was touched first
// since it exists, so that parents come before children.
func (f *treeFollower) steps(v *replica.View, events []treeEvent) []treeStep {
	b := treeBrief{f: f, v: v, deleted: map[znode.Path]int{}, put: map[znode.Path]bool{}, known: map[znode.Path]bool{}}
	for i, e := range events {
		if e.typ == znode.EventDeleted {
			b.deleted[e.path] = i
		}
	}
	open := map[znode.Path]bool{} // children of / that are not followed, to be looked at
	for i, e := range events {
		if !f.follows(e.path) {
			open[topOf(e.path)] = true
			continue
		}
		b.add(i, e)
		if e.typ == znode.EventDeleted && f.chosen[e.path] {
			delete(f.chosen, e.path)
			open[e.path] = true
		}
	}
	f.fresh = false
	for _, top := range slices.Sorted(maps.Keys(open)) {
		if !f.choose(v, top) {
			continue
		}
		found, _ := walkTree(v, nil, []znode.Path{top}, v.NodeCount())
		for _, p := range found {
			b.steps = append(b.steps, treeStep{path: p.path, node: p.node})
		}
	}
	return b.steps
}

// treeBrief is the work of treeFollower.steps.
type treeBrief struct {
	f       *treeFollower
	v       *replica.View
	steps   []treeStep
	deleted map[znode.Path]int  // the last event that deleted it
	put     map[znode.Path]bool // is among the steps
	known   map[znode.Path]bool // whether the sink knows of it, of those that had an event
}

func (b *treeBrief) add(i int, e treeEvent) {
	known, seen := b.known[e.path]
	if !seen {
		known = b.f.fresh || e.typ != znode.EventCreated
	}
	switch e.typ {
	case znode.EventDeleted:
		if known {
			b.steps = append(b.steps, treeStep{path: e.path, zxid: e.zxid})
		}
		known = false
		b.tell(i, e.path.Parent())
	case znode.EventCreated:
		b.tell(i, e.path.Parent()) // it has one child more
		known = b.tell(i, e.path) || known
	default:
		b.tell(i, e.path)
	}
	b.known[e.path] = known
}

// tell puts p among the steps, unless event i or a later one deletes it. It
// reports whether p is among them.
func (b *treeBrief) tell(i int, p znode.Path) bool {
	if last, ok := b.deleted[p]; b.put[p] || ok && last >= i {
		return b.put[p]
	}
	n := b.v.Node(p)
	if n == nil || !b.f.follows(p) {
		return false
	}
	b.put[p] = true
	b.steps = append(b.steps, treeStep{path: p, node: n})
	return true
}
