package shim

import (
	"context"
	"errors"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

const (
	// callTimeout bounds a call to the store.
	callTimeout = 10 * time.Second
	// loadTimeout bounds the loading of the whole tree.
	loadTimeout = 5 * time.Minute
)

// follow brings every change of the store to the replica, until Close.
func (s *Server) follow() {
	pause := time.Duration(0)
	for {
		began := time.Now()
		err := s.store.Watch(s.ctx, s.replica.Revision()+1, func(c store.Change) error {
			s.committer.Apply(c)
			return nil
		})
		if s.ctx.Err() != nil {
			return
		}
		if pause < time.Second { // else it has been said
			s.log.Warn().Err(err).Msg("the store's stream ended")
		}
		if errors.Is(err, store.ErrCompacted) {
			err = s.reload()
		}
		if err == nil || time.Since(began) > 10*time.Second {
			pause = 0
		}
		pause = min(max(2*pause, 20*time.Millisecond), time.Second)
		if !wait(s.ctx, pause) {
			return
		}
	}
}

// reload makes up for changes that the store no longer has.
func (s *Server) reload() error {
	ctx, cancel := context.WithTimeout(s.ctx, loadTimeout)
	defer cancel()
	err := s.load(ctx)
	if err == nil {
		err = s.raise(ctx, false)
	}
	if err != nil {
		s.log.Error().Err(err).Msg("the tree could not be loaded")
		return err
	}
	s.log.Info().Int64("revision", int64(s.replica.Revision())).Msg("the tree was loaded again")
	return nil
}
