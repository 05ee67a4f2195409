package mem

import (
	"sync"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

// Options configures a Server. The zero value is a roomy store on time.Now.
type Options struct {
	// Limits of every Store; zero fields mean 16384 ops, as many compares, 4 MiB.
	Limits store.Limits
	// ClusterID is what Store.ClusterID returns; 0 means 1.
	ClusterID uint64
	// MinTTL is the shortest lease, at least a second; etcd's is 2 s, PD's 5 s.
	MinTTL time.Duration
	// Now is the clock leases live by. Whoever sets it calls Tick.
	Now func() time.Time
}

// Server is the state that the Stores opened on it share.
type Server struct {
	limits  store.Limits
	cluster uint64
	minTTL  time.Duration
	now     func() time.Time
	ticked  bool // the clock is the caller's: no timers

	mu        sync.Mutex
	rev       store.Revision
	compacted store.Revision
	items     map[string]item
	leases    map[store.LeaseID]*lease
	history   []change
	late      []lateTxn
	nextDue   time.Time     // nothing is due before; zero: nothing is due
	changed   chan struct{} // closed, and made anew, by every change
	streams   int           // raised to break the running watches
	down      bool
	full      bool
	born      store.Revision // Age counts from here
}

type item struct {
	value []byte
	mod   store.Revision
	lease store.LeaseID
}

type change struct {
	rev    store.Revision
	events []event
}

type event struct {
	key string
	store.Event
}

// NewServer makes an empty store at revision 1.
func NewServer(o Options) *Server {
	s := &Server{
		limits: o.Limits, cluster: o.ClusterID, minTTL: max(o.MinTTL, time.Second), now: o.Now, ticked: o.Now != nil,
		rev: 1, items: map[string]item{}, leases: map[store.LeaseID]*lease{}, changed: make(chan struct{}),
	}
	if s.limits.Ops == 0 {
		s.limits.Ops = 16384
	}
	if s.limits.Compares == 0 {
		s.limits.Compares = 16384
	}
	if s.limits.Bytes == 0 {
		s.limits.Bytes = 4 << 20
	}
	if s.cluster == 0 {
		s.cluster = 1
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Revision returns the current revision.
func (s *Server) Revision() store.Revision {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rev
}

// Foreign moves the revision by n, as the writes of another tenant do.
func (s *Server) Foreign(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	s.rev += store.Revision(n)
}

// Compact forgets the changes up to and including rev: a Watch from there is
// answered with ErrCompacted.
func (s *Server) Compact(rev store.Revision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	s.compacted = max(s.compacted, min(rev, s.rev))
	kept := 0
	for kept < len(s.history) && s.history[kept].rev <= s.compacted {
		kept++
	}
	s.history = append([]change(nil), s.history[kept:]...)
	s.wake()
}

// SetDown makes every call fail with ErrUnavailable and ends the watches, until
// it is called with false, which also refills all leases, as a new leader does.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	if s.down && !down {
		s.refill()
	}
	s.down = down
	s.streams++
	s.wake()
}

// Restart ends the watches and refills all leases.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	s.refill()
	s.streams++
	s.wake()
}

// BreakStreams ends the running watches with ErrUnavailable.
func (s *Server) BreakStreams() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams++
	s.wake()
}

// SetFull makes puts and grants fail with ErrNoSpace, until called with false.
func (s *Server) SetFull(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = full
}

// Tick does what the clock has made due.
func (s *Server) Tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
}

// wake tells the watches to look again. s.mu is held.
func (s *Server) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// advance applies, in the order of their times, the late transactions and the
// ends of leases that are due. s.mu is held.
func (s *Server) advance() {
	now := s.now()
	for !s.down && !s.nextDue.IsZero() && !now.Before(s.nextDue) {
		when, act := s.firstDue()
		if act != nil && !now.Before(when) {
			act()
			when, act = s.firstDue()
		}
		s.nextDue = when
		if act == nil {
			s.nextDue = time.Time{}
		}
	}
}

// firstDue returns what is due next, whenever that is; nil when nothing ever
// will be. s.mu is held.
func (s *Server) firstDue() (time.Time, func()) {
	var first time.Time
	var act func()
	for i, l := range s.late {
		if act == nil || l.due.Before(first) {
			first, act = l.due, func() { s.applyLate(i) }
		}
	}
	var id store.LeaseID
	found := false
	for candidate, l := range s.leases {
		switch {
		case act != nil && first.Before(l.deadline):
		case act != nil && first.Equal(l.deadline) && (!found || id < candidate):
		default:
			first, id, found = l.deadline, candidate, true
			act = func() { s.end(id) }
		}
	}
	return first, act
}

// due notes that something happens at when. s.mu is held.
func (s *Server) due(when time.Time) {
	if s.nextDue.IsZero() || when.Before(s.nextDue) {
		s.nextDue = when
		s.wake() // a Watch may sleep beyond it
	}
}

// Restored does to Age what the restore of a snapshot does.
func (s *Server) Restored() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.born = s.rev
}
