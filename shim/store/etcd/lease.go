package etcd

import (
	"context"
	"errors"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/hquorum/hquorum/shim/store"
)

// Grant implements store.Store. etcd counts whole seconds and has a minimum of
// one and a half election timeouts: 2 s, with PD's settings 5 s.
func (s *Store) Grant(ctx context.Context, id store.LeaseID, ttl time.Duration) (time.Duration, error) {
	ctx, cancel, err := s.call(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	var granted time.Duration
	err = s.patiently(ctx, func() error {
		resp, err := s.conn.Lease.LeaseGrant(ctx, &pb.LeaseGrantRequest{ID: int64(id), TTL: int64((ttl + time.Second - 1) / time.Second)})
		if err == nil {
			granted, err = time.Duration(resp.TTL)*time.Second, s.check(resp.Header)
		}
		return err
	})
	if err != nil {
		return 0, classify(err, store.ErrUnavailable)
	}
	return granted, nil
}

// Revoke implements store.Store.
func (s *Store) Revoke(ctx context.Context, id store.LeaseID) error {
	ctx, cancel, err := s.call(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	err = s.patiently(ctx, func() error {
		resp, err := s.conn.Lease.LeaseRevoke(ctx, &pb.LeaseRevokeRequest{ID: int64(id)})
		if err == nil {
			err = s.check(resp.Header)
		}
		return err
	})
	if errors.Is(fromGRPC(err), rpctypes.ErrLeaseNotFound) {
		return nil
	}
	return classify(err, store.ErrUnavailable)
}
