package replica

import (
	"context"
	"slices"
	"sync"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// Wait returns nil as soon as everything up to rev has been applied, or ctx's
// error if that ends first.
func (r *Replica) Wait(ctx context.Context, rev store.Revision) error {
	return r.waiters.wait(ctx, func() bool { return r.Revision() >= rev })
}

// WaitZxid returns nil as soon as the tree shows the transaction z and all
// before it, or ctx's error if that ends first. From then on the replica's zxid
// is not below z: another process may know of later positions in the same
// revision than can be told from what is stored, and who has seen them there
// must not see time go back here.
func (r *Replica) WaitZxid(ctx context.Context, z znode.Zxid) error {
	if err := r.waiters.wait(ctx, func() bool {
		return r.Zxid() >= z || znode.LastZxid(r.Base(), int64(r.Revision())) >= z
	}); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.view.zxid < z {
		r.view.zxid = z
		r.publish()
	}
	return nil
}

// waiters wakes those whose condition has come true. Conditions must not lock.
type waiters struct {
	mu   sync.Mutex
	list []waiter
}

type waiter struct {
	ready func() bool
	woken chan struct{}
}

func (w *waiters) wait(ctx context.Context, ready func() bool) error {
	if ready() {
		return nil
	}
	me := waiter{ready, make(chan struct{})}
	w.mu.Lock()
	if ready() {
		w.mu.Unlock()
		return nil
	}
	w.list = append(w.list, me)
	w.mu.Unlock()
	select {
	case <-me.woken:
		return nil
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		w.list = slices.DeleteFunc(w.list, func(o waiter) bool { return o.woken == me.woken })
		return ctx.Err()
	}
}

// wake is called after each change that may make a condition true.
func (w *waiters) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = slices.DeleteFunc(w.list, func(o waiter) bool {
		ready := o.ready()
		if ready {
			close(o.woken)
		}
		return ready
	})
}
