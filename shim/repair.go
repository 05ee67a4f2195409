package shim

import (
	"errors"
	"sync"
	"time"

	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// repairs are the child counters that are wrong in the store since a lease took
// znodes away, with the pzxid that they should have at least: one a znode.
type repairs struct {
	mu   sync.Mutex
	todo map[znode.Path]znode.Zxid
	more chan struct{} // size 1: todo is not empty
}

func newRepairs() repairs {
	return repairs{todo: map[znode.Path]znode.Zxid{}, more: make(chan struct{}, 1)}
}

// add is the replica's hook.
func (r *repairs) add(p znode.Path, pzxid znode.Zxid) {
	r.mu.Lock()
	r.todo[p] = max(r.todo[p], pzxid)
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
}

func (r *repairs) take() map[znode.Path]znode.Zxid {
	r.mu.Lock()
	defer r.mu.Unlock()
	todo := r.todo
	r.todo = map[znode.Path]znode.Zxid{}
	return todo
}

// repair stores counters as the replica counts them, until Close. Other shims
// may do the same: it is done once, or twice to the same end.
func (s *Server) repair() {
	for {
		select {
		case <-s.repairs.more:
		case <-s.ctx.Done():
			return
		}
		for p, pzxid := range s.repairs.take() {
			out := s.committer.Do(s.ctx, tree.Request{
				Internal: true, Now: time.Now().UnixMilli(), Op: tree.RepairCounter{Path: p, Pzxid: pzxid},
			})
			if err := errors.Join(out.Err, out.Result.Err); err != nil {
				s.log.Warn().Err(err).Str("path", string(p)).Msg("child counter not repaired yet")
				s.repairs.add(p, pzxid)
				if !wait(s.ctx, time.Second) {
					return
				}
			}
		}
	}
}
