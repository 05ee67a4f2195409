package session

import (
	"context"
	"errors"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/tree"
)

const (
	idle  = time.Hour   // expireAll is roused before
	retry = time.Second // after an expiry that the store did not take
)

// End asks, for the client, to end the session; done is told when it has,
// behind whatever the session's connection submitted before. done is a
// commit.Write's. The connection is not kicked. With Result.Err tree.ErrTooLarge
// the session ends a little later, by its lease.
//
// An error means that the request was not taken.
func (m *Manager) End(ctx context.Context, s Session, done func(commit.Outcome)) error {
	m.leaving(s, true)
	err := m.close(ctx, s, func(out commit.Outcome) {
		if out.Err != nil || out.Result.Err != nil {
			m.leaving(s, false)
		}
		done(out)
	})
	if err != nil {
		m.leaving(s, false)
	}
	return err
}

func (m *Manager) leaving(s Session, is bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o := m.owned[s.ID]; o != nil && o.Epoch == s.Epoch {
		o.leaving = is
	}
}

// close submits the end of s.
func (m *Manager) close(ctx context.Context, s Session, done func(commit.Outcome)) error {
	r := tree.Request{
		Internal: true, Session: s.ID, Epoch: s.Epoch,
		Now: time.Now().UnixMilli(), Op: tree.CloseSession{ID: s.ID},
	}
	return m.o.Committer.Submit(ctx, &commit.Write{Request: r, Done: func(out commit.Outcome) {
		if out.Err == nil && (out.Result.Err == nil || errors.Is(out.Result.Err, tree.ErrTooLarge)) {
			// Its lease is empty now; or it holds more than a transaction can
			// delete, and the store does it.
			m.revoke(s.ID)
		}
		done(out)
	}})
}

// expireAll expires sessions until Close.
func (m *Manager) expireAll() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-m.wake:
		case <-m.ctx.Done():
			return
		}
		silent, next := m.silent()
		for _, e := range silent {
			m.expire(e.o, e.s)
		}
		timer.Reset(next)
	}
}

// expiry is a session to expire, as it was when it came due: one that is resumed
// meanwhile is another.
type expiry struct {
	o *owned
	s Session
}

// silent marks, and returns, the sessions to expire now, and when to ask again.
func (m *Manager) silent() ([]expiry, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.fresh() {
		return nil, idle // renewAll rouses us
	}
	var silent []expiry
	now := m.now()
	for len(m.queue) > 0 {
		o := m.queue[0]
		if o.due > now {
			return silent, o.due - now
		}
		deadline := time.Duration(o.heard.Load()) + o.Timeout
		switch {
		case deadline > now:
			m.look(o, deadline)
		case o.conn != nil && o.conn.Busy():
			// It counts as heard when it no longer is busy, which is not before
			// now: this is not too late.
			m.look(o, now+o.Timeout)
		default:
			m.look(o, now+retry)
			if !o.ending && !o.leaving {
				o.ending = true
				silent = append(silent, expiry{o, o.Session})
			}
		}
	}
	return silent, idle
}

// expire ends a session that silent returned.
func (m *Manager) expire(o *owned, s Session) {
	err := m.close(m.ctx, s, func(out commit.Outcome) {
		switch {
		case errors.Is(out.Result.Err, tree.ErrSessionExpired):
			m.lose(o, s.Epoch, ErrExpired)
		case errors.Is(out.Result.Err, tree.ErrSessionMoved):
			m.lose(o, s.Epoch, ErrMoved)
		default: // OnSession hears of it, or it is tried again
			m.mu.Lock()
			o.ending = false
			m.mu.Unlock()
		}
	})
	if err != nil {
		m.mu.Lock()
		o.ending = false
		m.mu.Unlock()
		return
	}
	m.o.Log.Info().Str("session", hex(s.ID)).Dur("timeout", s.Timeout).Msg("session expires")
}
