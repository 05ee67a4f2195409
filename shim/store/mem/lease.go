package mem

import (
	"maps"
	"slices"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

type lease struct {
	ttl      time.Duration
	deadline time.Time
	keys     map[string]struct{}
}

// grant rounds ttl up to whole seconds, at least the server's minimum, as etcd
// does. s.mu is held.
func (s *Server) grant(id store.LeaseID, ttl time.Duration) (time.Duration, error) {
	if s.full {
		return 0, store.ErrNoSpace
	}
	if s.leases[id] != nil {
		return 0, store.ErrLeaseExists
	}
	ttl = max((ttl + time.Second - 1).Truncate(time.Second), s.minTTL)
	l := &lease{ttl: ttl, deadline: s.now().Add(ttl), keys: map[string]struct{}{}}
	s.leases[id] = l
	s.due(l.deadline)
	return ttl, nil
}

func (s *Server) renew(ids []store.LeaseID) (gone []store.LeaseID) {
	for _, id := range ids {
		if l := s.leases[id]; l != nil {
			l.deadline = s.now().Add(l.ttl)
		} else {
			gone = append(gone, id)
		}
	}
	return gone
}

func (s *Server) refill() {
	for _, l := range s.leases {
		l.deadline = s.now().Add(l.ttl)
	}
}

// end removes a lease and its keys, in one revision if there are any.
func (s *Server) end(id store.LeaseID) {
	l := s.leases[id]
	if l == nil {
		return
	}
	delete(s.leases, id)
	var events []event
	for _, key := range slices.Sorted(maps.Keys(l.keys)) {
		delete(s.items, key)
		events = append(events, event{key, store.Event{Delete: true}})
	}
	s.record(events)
}

// Expire ends the leases now, as if nobody had renewed them.
func (s *Server) Expire(ids ...store.LeaseID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	for _, id := range ids {
		s.end(id)
	}
}

// Leases returns the ids of the living leases, sorted.
func (s *Server) Leases() []store.LeaseID {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	return slices.Sorted(maps.Keys(s.leases))
}
