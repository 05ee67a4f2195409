package shim

import (
	"errors"
	"time"

	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// reap deletes empty containers and outdated TTL znodes, until Close
// (ContainerManager). Each delete is checked again when it is planned; that it
// fails does not matter.
func (s *Server) reap() {
	gap := time.Minute / time.Duration(s.cfg.ContainerMaxPerMinute)
	for wait(s.ctx, s.cfg.ContainerCheckInterval) {
		if s.Health() != nil {
			continue
		}
		for _, p := range s.outdated() {
			began := time.Now()
			out := s.committer.Do(s.ctx, tree.Request{
				Internal: true, Now: time.Now().UnixMilli(), Op: tree.DeleteContainer{Path: p},
			})
			err := errors.Join(out.Err, out.Result.Err)
			s.log.Debug().Err(err).Str("path", string(p)).Msg("container or TTL znode reaped")
			if !wait(s.ctx, max(gap-time.Since(began), 0)) {
				return
			}
		}
	}
}

// outdated returns the containers that had children and have none, and the TTL
// znodes without children whose time has passed since their last change.
func (s *Server) outdated() []znode.Path {
	var paths []znode.Path
	now := time.Now().UnixMilli()
	s.replica.View(func(v *replica.View) {
		for p, n := range v.Containers() {
			if n.Children == 0 && n.Stat().Cversion > 0 {
				paths = append(paths, p)
			}
		}
		for p, n := range v.TTLs() {
			if n.Children == 0 && now-n.Mtime > n.Owner.TTL() {
				paths = append(paths, p)
			}
		}
	})
	return paths
}
