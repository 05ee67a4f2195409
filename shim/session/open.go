package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// maxGrants bounds how many taken ids in a row Open puts up with.
const maxGrants = 8

// Open makes a session whose timeout is as near to the asked one as Min and Max
// allow. Its errors are the store's and the Committer's.
func (m *Manager) Open(ctx context.Context, timeout time.Duration) (Session, error) {
	s := Session{Timeout: m.negotiate(timeout)}
	_, _ = rand.Read(s.Password[:]) // never fails
	start := time.Now()
	if err := m.grant(ctx, &s); err != nil {
		return Session{}, err
	}
	r := tree.Request{Internal: true, Now: time.Now().UnixMilli(), Op: tree.OpenSession{ID: s.ID, Session: record.Session{
		Timeout: int32(s.Timeout.Milliseconds()), Password: s.Password, Shim: m.o.Shim, Epoch: s.Epoch,
	}}}
	out := m.do(ctx, r, func(tree.Result) { m.own(s, start) })
	if err := errors.Join(out.Err, out.Result.Err); err != nil {
		m.revoke(s.ID)
		return Session{}, fmt.Errorf("open a session: %w", err)
	}
	return s, nil
}

// grant picks an id and makes the lease of that id.
func (m *Manager) grant(ctx context.Context, s *Session) error {
	for range maxGrants {
		s.ID = znode.SessionID(m.ids.Add(1))
		_, err := m.o.Store.Grant(ctx, store.LeaseID(s.ID), leaseTTL(s.Timeout))
		if !errors.Is(err, store.ErrLeaseExists) {
			return err
		}
	}
	return store.ErrLeaseExists
}

// Resume gives the session to a new connection. Its timeout is never longer than
// it was, since its lease is not either.
//
// ErrExpired is final; with any other error the session may live on.
func (m *Manager) Resume(ctx context.Context, id znode.SessionID, password []byte, timeout time.Duration) (Session, error) {
	rec, err := m.find(ctx, id)
	if err != nil {
		return Session{}, err
	}
	if subtle.ConstantTimeCompare(rec.Password[:], password) != 1 {
		return Session{}, ErrExpired
	}
	m.Touch(id)
	was := time.Duration(rec.Timeout) * time.Millisecond
	s := Session{ID: id, Password: rec.Password, Timeout: min(m.negotiate(timeout), was), Epoch: rec.Epoch}
	if m.has(s) && !m.o.Committer.Cut(id) {
		// Nothing is written, so nobody else would say that it was moved since,
		// or has ended: then its new owner does not hear the client here.
		if err := m.catchUp(ctx); err != nil {
			return Session{}, err
		}
		if now, ok := m.record(id); ok && now == rec && m.has(s) {
			return s, nil
		}
	}
	return m.move(ctx, s)
}

// find returns the session's record, from the replica if that has it.
func (m *Manager) find(ctx context.Context, id znode.SessionID) (record.Session, error) {
	if rec, ok := m.record(id); ok {
		return rec, nil
	}
	if err := m.catchUp(ctx); err != nil {
		return record.Session{}, err
	}
	if rec, ok := m.record(id); ok {
		return rec, nil
	}
	return record.Session{}, ErrExpired
}

// catchUp returns when the replica shows everything that was committed before.
func (m *Manager) catchUp(ctx context.Context) error {
	rev, err := m.o.Store.Sync(ctx)
	if err != nil {
		return err
	}
	return m.o.Replica.Wait(ctx, rev)
}

func (m *Manager) record(id znode.SessionID) (rec record.Session, ok bool) {
	m.o.Replica.View(func(v *replica.View) {
		if s := v.Session(id); s != nil {
			rec, ok = s.Session, true
		}
	})
	return rec, ok
}

// has reports whether the session is here as s says, and not about to end.
func (m *Manager) has(s Session) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	o := m.owned[s.ID]
	return o != nil && o.Session == s && !o.ending && !o.leaving
}

// move makes this shim the session's owner, at the next epoch.
func (m *Manager) move(ctx context.Context, s Session) (Session, error) {
	// Nobody may have renewed it for some time.
	start := time.Now()
	gone, err := m.o.Store.Renew(ctx, []store.LeaseID{store.LeaseID(s.ID)})
	if err != nil {
		return Session{}, err
	}
	if len(gone) > 0 {
		return Session{}, ErrExpired
	}
	op := tree.MoveSession{ID: s.ID, Shim: m.o.Shim, Timeout: int32(s.Timeout.Milliseconds())}
	out := m.do(ctx, tree.Request{Internal: true, Now: time.Now().UnixMilli(), Op: op}, func(r tree.Result) {
		s.Epoch = r.Epoch
		m.own(s, start)
	})
	switch {
	case out.Err != nil:
		return Session{}, fmt.Errorf("resume a session: %w", out.Err)
	case errors.Is(out.Result.Err, tree.ErrSessionExpired):
		return Session{}, ErrExpired
	case out.Result.Err != nil:
		return Session{}, fmt.Errorf("resume a session: %w", out.Result.Err)
	}
	s.Epoch = out.Result.Epoch
	return s, m.confirm(s)
}

// confirm returns an error if the session, of which this shim was made the owner,
// is another's by now. OnSession may have heard of that before it knew that the
// session was here: a replica that was loaded again shows what came later first.
func (m *Manager) confirm(s Session) error {
	var now *tree.Session
	m.o.Replica.View(func(v *replica.View) { now = v.Session(s.ID) })
	m.OnSession(s.ID, now)
	return m.lost(now, s.Epoch)
}

// do is Committer.Do that calls took while the replica is still locked, whether
// or not ctx has ended meanwhile.
func (m *Manager) do(ctx context.Context, r tree.Request, took func(tree.Result)) commit.Outcome {
	done := make(chan commit.Outcome, 1)
	err := m.o.Committer.Submit(ctx, &commit.Write{Request: r, Done: func(out commit.Outcome) {
		if out.Err == nil && out.Result.Err == nil {
			took(out.Result)
		}
		done <- out
	}})
	if err != nil {
		return commit.Outcome{Err: err}
	}
	select {
	case out := <-done:
		return out
	case <-ctx.Done():
		return commit.Outcome{Err: fmt.Errorf("%w: %w", store.ErrUnknown, ctx.Err())}
	}
}

func (m *Manager) negotiate(timeout time.Duration) time.Duration {
	return max(min(timeout, m.o.Max), m.o.Min).Truncate(time.Millisecond)
}

// firstID returns the id before the first one: a byte that differs between
// processes, 40 bits of milliseconds, and 16 bits to count with, from somewhere
// in their lower half on: two processes of the same byte that start in the same
// millisecond must not use each other's ids, even one after the other. Ids rise,
// and are positive.
func firstID() int64 {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	r := binary.BigEndian.Uint64(random[:])
	shim, start := int64(r>>16%0x7e)+1, int64(r&0x7fff)
	return shim<<56 | time.Now().UnixMilli()&(1<<40-1)<<16 | start
}

// hex is how ZooKeeper writes session ids.
func hex(id znode.SessionID) string { return "0x" + strconv.FormatUint(uint64(id), 16) }
