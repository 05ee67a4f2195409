package etcd

import (
	"context"
	"errors"
	"fmt"

	"github.com/hquorum/hquorum/shim/store"
)

// Age implements store.Store with the highest raft index that a member knows:
// it rises with every proposal and starts from 1 when a snapshot is restored.
func (s *Store) Age(ctx context.Context) (uint64, error) {
	ctx, done, err := s.call(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	endpoints := s.conn.Client.Endpoints()
	if len(endpoints) == 0 {
		endpoints = []string{""} // etcd in this process
	}
	var age uint64
	var failed []error
	for _, endpoint := range endpoints {
		status, err := s.conn.Client.Status(ctx, endpoint)
		if err == nil {
			err = s.check(status.Header)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		age = max(age, status.RaftIndex)
	}
	if len(failed) == len(endpoints) {
		return 0, fmt.Errorf("%w: %w", store.ErrUnavailable, errors.Join(failed...))
	}
	return age, nil
}
