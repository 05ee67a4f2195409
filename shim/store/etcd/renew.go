package etcd

import (
	"context"
	"errors"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/hquorum/hquorum/shim/store"
)

// keepalive is the stream that renewals go over, kept from one Renew to the next.
type keepalive struct {
	pb.Lease_LeaseKeepAliveClient
	cancel context.CancelFunc
}

// Renew implements store.Store. Every answer carries the id it is for; a TTL of
// 0 is etcd's word for a lease that is gone. A Renew that fails may have renewed
// some of them; gone holds those that it learnt to be gone.
func (s *Store) Renew(ctx context.Context, ids []store.LeaseID) (gone []store.LeaseID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ctx, cancel, err := s.call(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	select {
	case s.renewing <- struct{}{}:
	case <-ctx.Done():
		return nil, classify(ctx.Err(), store.ErrUnavailable)
	}
	defer func() { <-s.renewing }()

	waiting := make(map[store.LeaseID]struct{}, len(ids))
	for _, id := range ids {
		waiting[id] = struct{}{}
	}
	for {
		kept := s.stream != nil
		dead, err := s.renew(ctx, waiting)
		gone = append(gone, dead...)
		if err == nil {
			return gone, nil
		}
		s.stream.drop()
		s.stream = nil
		// A kept stream may have broken long ago: that is found out by using it.
		// And etcd ends the stream when a large transaction makes it wait.
		if ctx.Err() != nil || !kept && !errors.Is(fromGRPC(err), errApplying) {
			return gone, classify(err, store.ErrUnavailable)
		}
	}
}

// renew sends the ids waiting and takes them out as they are answered.
func (s *Store) renew(ctx context.Context, waiting map[store.LeaseID]struct{}) (gone []store.LeaseID, err error) {
	if s.stream == nil {
		// A member that has lost its leader is to end the stream, not to hold it.
		life, cancel := context.WithCancel(clientv3.WithRequireLeader(s.ctx))
		stop := context.AfterFunc(ctx, cancel)
		stream, err := s.conn.Lease.LeaseKeepAlive(life)
		stop()
		if err != nil {
			cancel()
			return nil, err
		}
		s.stream = &keepalive{stream, cancel}
	}
	stream := s.stream
	stop := context.AfterFunc(ctx, stream.cancel)
	defer stop()

	todo := make([]store.LeaseID, 0, len(waiting))
	for id := range waiting {
		todo = append(todo, id)
	}
	sent := make(chan struct{})
	go func() { // beside the receiver, or both sides' windows fill up
		defer close(sent)
		for _, id := range todo {
			if stream.Send(&pb.LeaseKeepAliveRequest{ID: int64(id)}) != nil {
				return // Recv says why
			}
		}
	}()
	defer func() { <-sent }()
	for len(waiting) > 0 {
		resp, err := stream.Recv()
		if err == nil {
			err = s.check(resp.Header)
		}
		if err != nil {
			stream.cancel()
			return gone, err
		}
		id := store.LeaseID(resp.ID)
		if _, asked := waiting[id]; !asked {
			continue
		}
		delete(waiting, id)
		if resp.TTL <= 0 {
			gone = append(gone, id)
		}
	}
	return gone, nil
}

func (k *keepalive) drop() {
	if k != nil {
		k.cancel()
	}
}
