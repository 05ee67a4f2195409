package mem

import (
	"bytes"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

// lateTxn is a transaction whose answer was lost before it took effect.
type lateTxn struct {
	due    time.Time
	prefix string
	txn    store.Txn
}

func (s *Server) applyLate(i int) {
	l := s.late[i]
	s.late = append(s.late[:i:i], s.late[i+1:]...)
	_, _ = s.apply(l.prefix, l.txn) // there is nobody left to tell
}

// apply is Commit without the network. s.mu is held.
func (s *Server) apply(prefix string, txn store.Txn) (store.Revision, error) {
	if err := txn.Check(s.limits); err != nil {
		return 0, err
	}
	for _, op := range txn.Ops {
		if s.full && !op.Delete {
			return 0, store.ErrNoSpace
		}
	}
	for _, c := range txn.Compares {
		if mod := s.items[prefix+string(c.Key)].mod; mod != c.ModRevision {
			return s.rev, fmt.Errorf("%w: %q is at %d, not %d", store.ErrConflict, c.Key, mod, c.ModRevision)
		}
	}
	for _, op := range txn.Ops {
		if !op.Delete && op.Lease != 0 && s.leases[op.Lease] == nil {
			return 0, fmt.Errorf("%w: %d", store.ErrLeaseGone, op.Lease)
		}
	}
	var events []event
	for _, op := range txn.Ops {
		key := prefix + string(op.Key)
		if op.Delete {
			if s.remove(key) {
				events = append(events, event{key, store.Event{Delete: true}})
			}
			continue
		}
		value := bytes.Clone(op.Value)
		s.put(key, item{value: value, mod: s.rev + 1, lease: op.Lease})
		events = append(events, event{key, store.Event{Value: value, Lease: op.Lease}})
	}
	s.record(events)
	return s.rev, nil
}

func (s *Server) put(key string, it item) {
	if l := s.leases[s.items[key].lease]; l != nil {
		delete(l.keys, key)
	}
	if it.lease != 0 {
		s.leases[it.lease].keys[key] = struct{}{}
	}
	s.items[key] = it
}

func (s *Server) remove(key string) bool {
	it, found := s.items[key]
	if l := s.leases[it.lease]; found && l != nil {
		delete(l.keys, key)
	}
	delete(s.items, key)
	return found
}

// record makes events the next revision, if there are any.
func (s *Server) record(events []event) {
	if len(events) == 0 {
		return
	}
	s.rev++
	s.history = append(s.history, change{s.rev, events})
	s.wake()
}
