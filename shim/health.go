package shim

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// health is whether clients are served.
type health struct{ err atomic.Pointer[error] }

func (h *health) get() error {
	if err := h.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (h *health) set(err error) {
	if err == nil {
		h.err.Store(nil)
		return
	}
	h.err.Store(&err)
}

// probeInterval is the time between two questions to the store.
const probeInterval = time.Second

// watchOver asks the store for a sign of life every now and then, and waits for
// the replica to show what it says. When that has failed for two ticks the
// clients are sent away; they may come back as soon as it succeeds.
func (s *Server) watchOver() {
	patience := 2 * s.cfg.TickTime
	last := time.Now()
	for wait(s.ctx, min(probeInterval, s.cfg.TickTime/2)) {
		ctx, cancel := context.WithTimeout(s.ctx, patience)
		err := s.probe(ctx)
		cancel()
		switch {
		case s.ctx.Err() != nil:
			return
		case err == nil:
			last = time.Now()
			s.serveAgain()
		case time.Since(last) >= patience:
			s.suspend(fmt.Errorf("the store is out of reach: %w", err))
		}
	}
}

// probe returns nil when the replica shows what the store holds.
func (s *Server) probe(ctx context.Context) error {
	rev, err := s.store.Sync(ctx)
	if err != nil {
		return err
	}
	return s.replica.Wait(ctx, rev)
}

func (s *Server) suspend(why error) {
	if s.health.get() == nil {
		s.log.Error().Err(why).Msg("clients are sent away")
	}
	s.health.set(why)
	s.hub.Suspend()
}

func (s *Server) serveAgain() {
	if s.health.get() == nil {
		return
	}
	s.log.Info().Msg("clients are served again")
	s.health.set(nil)
	s.hub.Resume()
}
