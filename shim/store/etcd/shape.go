package etcd

import (
	"math"
	"strconv"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/hquorum/hquorum/shim/store"
)

// A Txn within the server's --max-txn-ops goes as it is. A larger one is cut
// into parts that are nested in an outer Txn: the server bounds each list of ops
// and each list of compares, and bounds a nested list by what the outer one
// leaves, so that half of the limit outside and half inside make 64 x 64 = 4096
// of the usual 128. Order and revision are those of a flat Txn.
//
// Nested compares choose a branch, they do not fail the whole. What does fail an
// etcd Txn as a whole, before it changes anything, is a put with a lease that
// does not exist. So the branch that is taken when a part's compares do not hold
// holds such a put, on a lease id that nobody has.
const noLease = math.MinInt64

// aborts are the keys of those puts, which never exist. Each part needs its own.
const aborts = "m/abort/"

// nested is how far a Txn is nested: what the usual limit allows. A server with
// a higher limit than this takes it flat, which costs it half.
const nested = 4096

// maxItems returns how many ops, and how many compares, a Txn can hold.
func maxItems(maxTxnOps int) int {
	outer := maxTxnOps / 2
	return max(maxTxnOps, min(nested, outer*(maxTxnOps-outer)))
}

// request returns txn as etcd takes it, and whether it holds puts that abort it.
func (s *Store) request(txn store.Txn) (req *pb.TxnRequest, aborting bool) {
	compares, ops := s.compares(txn.Compares), s.ops(txn.Ops)
	most := s.conn.MaxTxnOps
	switch {
	case len(compares) <= most && len(ops) > 0 && len(ops) <= most:
		return &pb.TxnRequest{Compare: compares, Success: ops}, false
	case len(compares) <= most && len(ops) == 0:
		// Without a read that is not serializable a Txn that changes nothing
		// would be answered by whichever member got it, from the past.
		read := []*pb.RequestOp{{Request: &pb.RequestOp_RequestRange{RequestRange: &pb.RangeRequest{Key: []byte(s.prefix), CountOnly: true}}}}
		return &pb.TxnRequest{Compare: compares, Success: read, Failure: read}, false
	}
	outer := most / 2
	inner := most - outer
	req = &pb.TxnRequest{}
	req.Compare, compares = cut(compares, outer)
	for len(compares) > 0 || len(ops) > 0 {
		part := &pb.TxnRequest{}
		part.Compare, compares = cut(compares, inner)
		part.Success, ops = cut(ops, inner)
		if len(part.Compare) > 0 {
			aborting = true
			part.Failure = []*pb.RequestOp{s.abort(len(req.Success))}
		}
		req.Success = append(req.Success, &pb.RequestOp{Request: &pb.RequestOp_RequestTxn{RequestTxn: part}})
	}
	return req, aborting
}

func cut[T any](list []T, n int) (head, tail []T) {
	n = min(n, len(list))
	return list[:n], list[n:]
}

func (s *Store) abort(part int) *pb.RequestOp {
	key := s.key(store.Key(aborts + strconv.Itoa(part)))
	return &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{Key: key, Lease: noLease}}}
}

func (s *Store) compares(compares []store.Compare) []*pb.Compare {
	out := make([]*pb.Compare, len(compares))
	for i, c := range compares {
		out[i] = &pb.Compare{
			Result: pb.Compare_EQUAL, Target: pb.Compare_MOD, Key: s.key(c.Key),
			TargetUnion: &pb.Compare_ModRevision{ModRevision: int64(c.ModRevision)},
		}
	}
	return out
}

func (s *Store) ops(ops []store.Op) []*pb.RequestOp {
	out := make([]*pb.RequestOp, len(ops))
	for i, op := range ops {
		if op.Delete {
			out[i] = &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: &pb.DeleteRangeRequest{Key: s.key(op.Key)}}}
		} else {
			put := &pb.PutRequest{Key: s.key(op.Key), Value: op.Value, Lease: int64(op.Lease)}
			out[i] = &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: put}}
		}
	}
	return out
}
