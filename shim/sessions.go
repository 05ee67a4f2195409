package shim

import (
	"sync"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// moves are the sessions whose records were put lately: one entry a session.
// The hook that tells of them may not look at the replica.
type moves struct {
	mu   sync.Mutex
	ids  map[znode.SessionID]struct{}
	more chan struct{} // size 1: ids is not empty
}

func newMoves() moves {
	return moves{ids: map[znode.SessionID]struct{}{}, more: make(chan struct{}, 1)}
}

func (m *moves) add(id znode.SessionID) {
	m.mu.Lock()
	m.ids[id] = struct{}{}
	m.mu.Unlock()
	select {
	case m.more <- struct{}{}:
	default:
	}
}

func (m *moves) take() map[znode.SessionID]struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := m.ids
	m.ids = map[znode.SessionID]struct{}{}
	return ids
}

// onSession is the replica's hook.
func (s *Server) onSession(id znode.SessionID, gone bool) {
	switch {
	case !gone:
		s.moves.add(id)
	case s.sessions != nil: // it is nil during the first load
		s.sessions.OnSession(id, nil)
	}
}

// tellMoves tells the session manager of records that were put, until Close. The
// writes of a former owner fail without that.
func (s *Server) tellMoves() {
	for {
		select {
		case <-s.moves.more:
		case <-s.ctx.Done():
			return
		}
		for id := range s.moves.take() {
			var rec *tree.Session
			s.replica.View(func(v *replica.View) { rec = v.Session(id) })
			if rec != nil {
				s.sessions.OnSession(id, rec)
			}
		}
	}
}
