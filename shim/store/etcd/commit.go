package etcd

import (
	"context"
	"errors"
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/hquorum/hquorum/shim/store"
)

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, txn store.Txn) (store.Revision, error) {
	if err := txn.Check(s.limits); err != nil {
		return 0, err
	}
	ctx, cancel, err := s.call(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	unsure := store.ErrUnknown
	if len(txn.Ops) == 0 {
		unsure = store.ErrUnavailable
	}
	req, aborting := s.request(txn)
	var resp *pb.TxnResponse
	err = s.patiently(ctx, func() (err error) {
		if resp, err = s.conn.KV.Txn(ctx, req); err == nil {
			err = s.check(resp.Header)
		}
		return err
	})
	var rev store.Revision
	switch {
	case aborting && errors.Is(fromGRPC(err), rpctypes.ErrLeaseNotFound):
		rev, err = s.aborted(ctx, txn)
	case err != nil:
		return 0, classify(err, unsure)
	default:
		rev = store.Revision(resp.Header.Revision)
		if !resp.Succeeded {
			err = store.ErrConflict
		}
	}
	if errors.Is(err, store.ErrConflict) {
		s.want(rev)
	}
	return rev, err
}

// aborted finds out why a nested request failed, changing nothing: a put named a
// lease that is gone, or a compare did not hold.
func (s *Store) aborted(ctx context.Context, txn store.Txn) (store.Revision, error) {
	asked := map[store.LeaseID]bool{0: true}
	for _, op := range txn.Ops {
		if op.Delete || asked[op.Lease] {
			continue
		}
		asked[op.Lease] = true
		resp, err := s.conn.Lease.LeaseTimeToLive(ctx, &pb.LeaseTimeToLiveRequest{ID: int64(op.Lease)})
		if err != nil && !errors.Is(fromGRPC(err), rpctypes.ErrLeaseNotFound) {
			return 0, classify(err, store.ErrUnavailable)
		}
		if err != nil || resp.GrantedTTL == 0 {
			return 0, fmt.Errorf("%w: %d", store.ErrLeaseGone, op.Lease)
		}
	}
	rev, err := s.current(ctx)
	if err != nil {
		return 0, err
	}
	return rev, store.ErrConflict
}
