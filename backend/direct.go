package backend

import (
	"context"
	"errors"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"go.etcd.io/etcd/server/v3/etcdserver"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc"
	etcderrors "go.etcd.io/etcd/server/v3/etcdserver/errors"
	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/proxy/grpcproxy/adapter"
	"go.etcd.io/etcd/server/v3/storage"
	"google.golang.org/grpc"
)

// direct is the client of an embedded etcd. Its transactions go past the layer
// that takes RPCs from strangers, which looks for mistakes that a Store does not
// make: too many ops, empty keys, and one key in two ops, for which it keeps maps
// and trees of all keys. The quota and the size of a request hold as ever.
type direct struct {
	pb.KVClient
	server *etcdserver.EtcdServer
	quota  storage.Quota
}

func newDirect(server *etcdserver.EtcdServer) *direct {
	return &direct{
		KVClient: adapter.KvServerToKvClient(v3rpc.NewQuotaKVServer(server)),
		server:   server,
		quota:    storage.NewBackendQuota(server.Logger(), server.Cfg.QuotaBackendBytes, server.Backend(), "direct"),
	}
}

// refusals are what etcdserver's Txn says of a transaction that it has not
// applied, and what the layer makes of it. Any other error leaves that open, by
// whatever name.
var refusals = []struct{ server, client error }{
	{lease.ErrLeaseNotFound, rpctypes.ErrGRPCLeaseNotFound},
	{etcderrors.ErrTooManyRequests, rpctypes.ErrGRPCRequestTooManyRequests},
	{etcderrors.ErrRequestTooLarge, rpctypes.ErrGRPCRequestTooLarge},
	{etcderrors.ErrNoSpace, rpctypes.ErrGRPCNoSpace},
	{etcderrors.ErrCorrupt, rpctypes.ErrGRPCCorrupt},
}

// Txn implements pb.KVClient.
func (d *direct) Txn(ctx context.Context, r *pb.TxnRequest, options ...grpc.CallOption) (*pb.TxnResponse, error) {
	if !d.quota.Available(r) {
		return d.KVClient.Txn(ctx, r, options...) // raises the alarm
	}
	resp, err := d.server.Txn(ctx, r)
	if err != nil {
		for _, refusal := range refusals {
			if errors.Is(err, refusal.server) {
				return nil, refusal.client
			}
		}
		return nil, err
	}
	resp.Header.ClusterId = uint64(d.server.Cluster().ID())
	resp.Header.MemberId = uint64(d.server.MemberID())
	return resp, nil
}
