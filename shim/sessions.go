package shim

import (
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// onSession is the replica's hook.
func (s *Server) onSession(id znode.SessionID, rec *tree.Session) {
	if s.sessions != nil { // it is nil during the first load
		s.sessions.OnSession(id, rec)
	}
}
