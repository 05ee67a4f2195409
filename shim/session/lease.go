package session

import (
	"context"
	"time"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

const (
	maxTick    = 500 * time.Millisecond
	maxPeriod  = 3 * time.Second
	allowance  = time.Second // for one Renew to reach the store
	callTime   = 5 * time.Second
	maxRevokes = 4096
	revokeGap  = 10 * time.Millisecond
)

// period is how old a renewal may be before the next tick makes another.
func period(timeout time.Duration) time.Duration { return min(timeout/6, maxPeriod) }

// leaseTTL is how long the lease of a session lives after a renewal.
//
// If the owner dies at once after it has heard the client, at h, the lease must
// live until h + timeout. The last renewal was sent at r; the next would have
// been sent at r + period, or a tick later, and would have reached the store
// within the allowance. So h <= r + period + tick + allowance, and a lease that
// ends no sooner than r + leaseTTL lives long enough with
//
//	leaseTTL = timeout + period + maxTick + allowance
//
// It does not matter whether the client was heard since the last renewal: all
// sessions are renewed until they expire, because a client may be heard after
// long silence. A store that takes longer than the allowance is one that has
// lost its leader, and the next leader starts all leases again.
func leaseTTL(timeout time.Duration) time.Duration {
	return timeout + period(timeout) + maxTick + allowance
}

// renewAll renews leases until Close.
func (m *Manager) renewAll() {
	ticker := time.NewTicker(m.tick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.renew()
		case <-m.ctx.Done():
			return
		}
	}
}

// renew renews the leases that are due. That it answers is the evidence that the
// store works, without which no session expires.
func (m *Manager) renew() {
	start := time.Now()
	ids := m.toRenew(start)
	var gone []store.LeaseID
	if len(ids) > 0 {
		ctx, cancel := context.WithTimeout(m.ctx, callTime)
		defer cancel()
		var err error
		if gone, err = m.o.Store.Renew(ctx, ids); err != nil {
			if m.ctx.Err() != nil {
				return
			}
			m.o.Log.Warn().Err(err).Int("leases", len(ids)).Msg("leases not renewed")
			return
		}
	}
	m.hear(time.Now())
	m.renewed(ids, gone, start)
}

func (m *Manager) toRenew(now time.Time) []store.LeaseID {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var ids []store.LeaseID
	for id, o := range m.owned {
		if now.Sub(o.renewed) >= period(o.Timeout) {
			ids = append(ids, store.LeaseID(id))
		}
	}
	return ids
}

// renewed notes what a Renew of ids, sent at start, has said.
func (m *Manager) renewed(ids, gone []store.LeaseID, start time.Time) {
	dead := make(map[store.LeaseID]bool, len(gone))
	for _, id := range gone {
		dead[id] = true
	}
	lost := map[*owned]int64{}
	m.mu.Lock()
	for _, id := range ids {
		switch o := m.owned[znode.SessionID(id)]; {
		case o == nil:
		case dead[id]:
			lost[o] = o.Epoch
		default:
			o.renewed = start
		}
	}
	m.mu.Unlock()
	for o, epoch := range lost {
		m.lose(o, epoch, ErrExpired)
	}
}

// patience is how long the store may be silent before time stands still. A
// client that lives was last heard a third of its timeout before the silence
// began, or later, so its session comes due two thirds of the timeout after; the
// renewals, which are a sixth apart, and the patience make the silence known
// before.
func (m *Manager) patience() time.Duration { return min(m.o.Min/3, 4*maxTick) }

// fresh reports whether the store has answered lately. m.mu is held.
func (m *Manager) fresh() bool { return time.Since(m.answered) <= m.patience() }

// hear notes that the store answered, or was not asked. If it was silent for long, or this process
// was, the silence does not count for any session: those whose clients could not
// be heard, or not be answered, would expire for no fault of theirs.
func (m *Manager) hear(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	silence := now.Sub(m.answered)
	m.answered = now
	if silence <= m.patience() {
		return
	}
	for _, o := range m.owned {
		heard := min(time.Duration(o.heard.Load())+silence, m.now())
		o.heard.Store(int64(heard))
	}
	m.rouse()
	m.o.Log.Warn().Dur("silence", silence).Int("sessions", len(m.owned)).Msg("the store was silent: sessions live on for as long")
}

// revoke ends the lease of a session that has ended, some time.
func (m *Manager) revoke(id znode.SessionID) {
	select {
	case m.revokes <- id:
	default: // nobody renews it
	}
}

// revokeAll revokes leases until Close, slowly: a revocation costs the store much
// more than anything else here.
func (m *Manager) revokeAll() {
	ticker := time.NewTicker(revokeGap)
	defer ticker.Stop()
	for {
		select {
		case id := <-m.revokes:
			ctx, cancel := context.WithTimeout(m.ctx, callTime)
			if err := m.o.Store.Revoke(ctx, store.LeaseID(id)); err != nil {
				m.o.Log.Debug().Err(err).Str("session", hex(id)).Msg("lease left to end by itself")
			}
			cancel()
		case <-m.ctx.Done():
			return
		}
		select {
		case <-ticker.C:
		case <-m.ctx.Done():
			return
		}
	}
}
