package session

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// Options of a Manager. All but Log are required.
type Options struct {
	Store     store.Store
	Replica   *replica.Replica
	Committer *commit.Committer
	// Shim names this process among those that share the store.
	Shim string
	// Min and Max bound the timeouts that clients may have (minSessionTimeout
	// and maxSessionTimeout).
	Min, Max time.Duration
	Log      zerolog.Logger
}

// Manager keeps the sessions that this shim owns.
type Manager struct {
	o     Options
	tick  time.Duration // between renewals
	start time.Time     // what owned.heard counts from
	ids   atomic.Int64

	mu       sync.RWMutex
	owned    map[znode.SessionID]*owned
	queue    queue
	answered time.Time // when the store last answered a renewal

	wake    chan struct{} // expireAll must look again
	revokes chan znode.SessionID
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// owned is a session of this shim. All but heard is under Manager.mu.
type owned struct {
	Session
	heard   atomic.Int64 // nanoseconds since Manager.start
	conn    Conn         // nil: none
	renewed time.Time    // its lease lives on from here at least
	ending  bool         // its expiry is under way
	leaving bool         // its client's farewell is
	due     time.Duration
	index   int // in the queue
}

// New starts a Manager. The replica must be loaded.
func New(o Options) *Manager {
	m := &Manager{
		o: o, tick: max(min(o.Min/6, maxTick), time.Millisecond), start: time.Now(), answered: time.Now(),
		owned:   map[znode.SessionID]*owned{},
		wake:    make(chan struct{}, 1),
		revokes: make(chan znode.SessionID, maxRevokes),
	}
	m.ids.Store(firstID())
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.running.Go(m.expireAll)
	m.running.Go(m.renewAll)
	m.running.Go(m.revokeAll)
	return m
}

// Close ends the goroutines. The sessions live on: their clients may resume them
// here or elsewhere until their leases end.
func (m *Manager) Close() error {
	m.cancel()
	m.running.Wait()
	return nil
}

// Touch notes that the session's client was heard.
func (m *Manager) Touch(id znode.SessionID) {
	m.mu.RLock()
	if s := m.owned[id]; s != nil {
		s.heard.Store(int64(m.now()))
	}
	m.mu.RUnlock()
}

// Bind makes c the session's connection, and kicks the one before. ErrMoved or
// ErrExpired mean that s is no longer as Open or Resume returned it.
func (m *Manager) Bind(s Session, c Conn) error {
	m.mu.Lock()
	o := m.owned[s.ID]
	if o == nil || o.Epoch != s.Epoch {
		m.mu.Unlock()
		if o == nil {
			return ErrExpired
		}
		return ErrMoved
	}
	before := o.conn
	o.conn = c
	m.mu.Unlock()
	if before != nil && before != c {
		before.Kick(ErrMoved)
	}
	return nil
}

// Unbind says that the connection has gone; the session stays.
func (m *Manager) Unbind(id znode.SessionID, c Conn) {
	m.mu.Lock()
	if o := m.owned[id]; o != nil && o.conn == c {
		o.conn = nil
	}
	m.mu.Unlock()
}

// Len returns the number of sessions that this shim owns.
func (m *Manager) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.owned)
}

// Each calls f for every session that this shim owns, in no order and without
// locks.
func (m *Manager) Each(f func(Info)) {
	m.mu.RLock()
	infos := make([]Info, 0, len(m.owned))
	now := m.now()
	for _, o := range m.owned {
		infos = append(infos, Info{Session: o.Session, Heard: now - time.Duration(o.heard.Load()), Connected: o.conn != nil})
	}
	m.mu.RUnlock()
	for _, info := range infos {
		f(info)
	}
}

// OnSession notes that the session's record was removed, if s is nil, or that it
// is s now. It may be called while the replica is locked, or after.
func (m *Manager) OnSession(id znode.SessionID, s *tree.Session) {
	m.mu.RLock()
	o := m.owned[id]
	epoch := int64(0)
	if o != nil {
		epoch = o.Epoch
	}
	m.mu.RUnlock()
	if reason := m.lost(s, epoch); o != nil && reason != nil {
		m.lose(o, epoch, reason)
	}
}

// lost returns why this shim, the owner at epoch, is that no longer if the
// session's record is s now, nil if it is.
func (m *Manager) lost(s *tree.Session, epoch int64) error {
	switch {
	case s == nil:
		return ErrExpired
	case s.Epoch > epoch && s.Shim != m.o.Shim:
		return ErrMoved
	}
	return nil
}

// lose forgets o and kicks its connection, unless o has another epoch by now.
func (m *Manager) lose(o *owned, epoch int64, reason error) {
	m.mu.Lock()
	if m.owned[o.ID] != o || o.Epoch != epoch {
		m.mu.Unlock()
		return
	}
	delete(m.owned, o.ID)
	heap.Remove(&m.queue, o.index)
	conn := o.conn
	if o.leaving {
		conn = nil // it waits for its reply
	}
	m.mu.Unlock()
	if conn != nil {
		conn.Kick(reason)
	}
}

// own notes that the store has made this shim the owner of s, whose lease lives
// on from renewed at least.
func (m *Manager) own(s Session, renewed time.Time) {
	m.mu.Lock()
	o := m.owned[s.ID]
	if o == nil {
		o = &owned{due: m.now()}
		m.owned[s.ID] = o
		heap.Push(&m.queue, o)
	}
	m.look(o, m.now()+s.Timeout)
	o.Session, o.renewed, o.ending, o.leaving = s, renewed, false, false
	o.heard.Store(int64(m.now()))
	conn := o.conn
	o.conn = nil
	m.mu.Unlock()
	if conn != nil {
		conn.Kick(ErrMoved)
	}
}

// now is the time since start, by a clock that nobody sets.
func (m *Manager) now() time.Duration { return time.Since(m.start) }
