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
	keys := newKeys(s.prefix, txn)
	compares, ops := s.compares(txn.Compares, keys), s.ops(txn.Ops, keys)
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

// asked is a compare as etcd takes it, put and del are ops: each with what it
// points to, so that all of a batch are one allocation.
type (
	asked struct {
		compare pb.Compare
		target  pb.Compare_ModRevision
	}
	put struct {
		op      pb.RequestOp
		request pb.RequestOp_RequestPut
		put     pb.PutRequest
	}
	del struct {
		op      pb.RequestOp
		request pb.RequestOp_RequestDeleteRange
		del     pb.DeleteRangeRequest
	}
)

func (s *Store) compares(compares []store.Compare, keys *keys) []*pb.Compare {
	out, slab := make([]*pb.Compare, len(compares)), make([]asked, len(compares))
	for i, c := range compares {
		a := &slab[i]
		a.target.ModRevision = int64(c.ModRevision)
		a.compare.Result, a.compare.Target, a.compare.TargetUnion = pb.Compare_EQUAL, pb.Compare_MOD, &a.target
		a.compare.Key = keys.add(s.prefix, c.Key)
		out[i] = &a.compare
	}
	return out
}

func (s *Store) ops(ops []store.Op, keys *keys) []*pb.RequestOp {
	deletes := 0
	for i := range ops {
		if ops[i].Delete {
			deletes++
		}
	}
	out, puts, dels := make([]*pb.RequestOp, len(ops)), make([]put, len(ops)-deletes), make([]del, deletes)
	for i := range ops {
		key := keys.add(s.prefix, ops[i].Key)
		if ops[i].Delete {
			d := &dels[0]
			dels = dels[1:]
			d.del.Key = key
			d.request.RequestDeleteRange = &d.del
			d.op.Request = &d.request
			out[i] = &d.op
		} else {
			p := &puts[0]
			puts = puts[1:]
			p.put.Key, p.put.Value, p.put.Lease = key, ops[i].Value, int64(ops[i].Lease)
			p.request.RequestPut = &p.put
			p.op.Request = &p.request
			out[i] = &p.op
		}
	}
	return out
}

// keys holds the full keys of a Txn, one behind the other.
type keys []byte

// newKeys has room for the keys of txn.
func newKeys(prefix string, txn store.Txn) *keys {
	size := len(prefix) * (len(txn.Compares) + len(txn.Ops))
	for i := range txn.Compares {
		size += len(txn.Compares[i].Key)
	}
	for i := range txn.Ops {
		size += len(txn.Ops[i].Key)
	}
	k := make(keys, 0, size)
	return &k
}

func (k *keys) add(prefix string, key store.Key) []byte {
	from := len(*k)
	*k = append(append(*k, prefix...), key...)
	return (*k)[from:len(*k):len(*k)]
}
