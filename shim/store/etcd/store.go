package etcd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/hquorum/hquorum/shim/store"
)

// callTimeout bounds a call whose context does not: a little more than etcd
// itself takes to give up (7 s, 11 s with PD's settings).
const callTimeout = 15 * time.Second

// fences holds the keys that Watch writes where it cannot ask for progress.
const fences = "m/fence/"

// Conn is an etcd cluster as a Store needs it.
type Conn struct {
	Client *clientv3.Client // watches
	KV     pb.KVClient      // everything else on keys
	Lease  pb.LeaseClient   // leases with ids of our own

	MaxTxnOps       int    // the server's --max-txn-ops
	MaxRequestBytes int    // the server's --max-request-bytes
	ClusterID       uint64 // what every answer must carry
	ProgressTrusted bool   // a progress notification never overtakes an event: etcd >= 3.4.25, >= 3.5.8
}

// Options configures a Store.
type Options struct {
	Prefix string // of every key; not empty, by custom ending in "/"
	ID     string // of this process; names its fence key
}

// Store is a store.Store in etcd.
type Store struct {
	conn   Conn
	prefix string
	end    []byte // first key after the prefix
	fence  []byte
	limits store.Limits

	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	wanted    atomic.Int64  // the Watch must reach this revision
	delivered atomic.Int64  // the Watch has reached this revision
	nudge     chan struct{} // tells the Watch that wanted was raised; 1, further ones merge
	watching  atomic.Bool

	renewing chan struct{} // held by the one Renew that uses stream; 1
	stream   *keepalive
}

var _ store.Store = (*Store)(nil)

// New returns a Store under o.Prefix. It sends nothing.
func New(conn Conn, o Options) (*Store, error) {
	if o.Prefix == "" || strings.HasSuffix(o.Prefix, "\xff") {
		return nil, fmt.Errorf("store: %q cannot be a prefix", o.Prefix)
	}
	s := &Store{
		conn: conn, prefix: o.Prefix, end: []byte(clientv3.GetPrefixRangeEnd(o.Prefix)), fence: []byte(o.Prefix + fences + o.ID),
		limits: limits(conn, o.Prefix), nudge: make(chan struct{}, 1), renewing: make(chan struct{}, 1),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// limits are such that every Txn within them is small enough for the server,
// whatever its shape: a quarter of a request is set aside for the prefix and for
// the protocol's own bytes, about 40 around each op and each compare.
func limits(conn Conn, prefix string) store.Limits {
	overhead := conn.MaxRequestBytes / 4
	items := min(maxItems(conn.MaxTxnOps), overhead/(2*(len(prefix)+40)))
	return store.Limits{Ops: items, Compares: items, Bytes: conn.MaxRequestBytes - overhead}
}

// Limits implements store.Store.
func (s *Store) Limits() store.Limits { return s.limits }

// ClusterID implements store.Store. A cluster that was restored from a snapshot
// with its old name, token and peer URLs keeps its id; Sync notices that the
// revision went back.
func (s *Store) ClusterID() uint64 { return s.conn.ClusterID }

// Close implements store.Store. The Conn stays open.
func (s *Store) Close() error {
	s.cancel()
	return nil
}

// call bounds ctx by the life of the Store and by callTimeout.
func (s *Store) call(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if s.ctx.Err() != nil {
		return nil, nil, store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() { stop(); cancel() }, nil
}

// check refuses answers of a cluster that is not ours.
func (s *Store) check(h *pb.ResponseHeader) error {
	if h.GetClusterId() != s.conn.ClusterID {
		return fmt.Errorf("etcd cluster %x answered instead of %x: was it replaced?", h.GetClusterId(), s.conn.ClusterID)
	}
	return nil
}

func (s *Store) key(k store.Key) []byte {
	out := make([]byte, 0, len(s.prefix)+len(k))
	return append(append(out, s.prefix...), k...)
}

// bare strips the prefix; false for what the shim must not see.
func (s *Store) bare(key []byte) (store.Key, bool) {
	k, found := strings.CutPrefix(string(key), s.prefix)
	return store.Key(k), found && !strings.HasPrefix(k, fences)
}

// current returns the revision of a linearizable read.
func (s *Store) current(ctx context.Context) (store.Revision, error) {
	var rev store.Revision
	err := s.patiently(ctx, func() error {
		resp, err := s.conn.KV.Range(ctx, &pb.RangeRequest{Key: []byte(s.prefix), CountOnly: true})
		if err == nil {
			rev, err = store.Revision(resp.Header.Revision), s.check(resp.Header)
		}
		return err
	})
	return rev, classify(err, store.ErrUnavailable)
}

// Sync implements store.Store.
func (s *Store) Sync(ctx context.Context) (store.Revision, error) {
	ctx, cancel, err := s.call(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	before := s.delivered.Load()
	rev, err := s.current(ctx)
	switch {
	case err != nil && s.ctx.Err() != nil:
		return 0, store.ErrClosed
	case err != nil:
		return 0, err
	case int64(rev) < before:
		return 0, fmt.Errorf("%w: etcd's revision went back from %d to %d: was it restored?", store.ErrUnavailable, before, rev)
	}
	s.want(rev)
	return rev, nil
}

// want makes the running, or the next, Watch reach rev.
func (s *Store) want(rev store.Revision) {
	for {
		old := s.wanted.Load()
		if int64(rev) <= old || s.wanted.CompareAndSwap(old, int64(rev)) {
			break
		}
	}
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// Load implements store.Store. It reads pages of a few MiB at one revision.
func (s *Store) Load(ctx context.Context, each func(store.KV) error) (store.Revision, error) {
	const small, large, most = 1 << 20, 8 << 20, 1 << 14
	req := &pb.RangeRequest{Key: []byte(s.prefix), RangeEnd: s.end, Limit: 1024}
	for {
		resp, err := s.page(ctx, req)
		if err != nil {
			return 0, err
		}
		for _, kv := range resp.Kvs {
			key, ours := s.bare(kv.Key)
			if !ours {
				continue
			}
			if err := each(store.KV{Key: key, Value: kv.Value, ModRevision: store.Revision(kv.ModRevision), Lease: store.LeaseID(kv.Lease)}); err != nil {
				return 0, err
			}
		}
		if req.Revision == 0 {
			req.Revision = resp.Header.Revision
		}
		if !resp.More {
			return store.Revision(req.Revision), nil
		}
		req.Key = slices.Concat(resp.Kvs[len(resp.Kvs)-1].Key, []byte{0})
		switch size := resp.Size(); {
		case size < small:
			req.Limit = min(2*req.Limit, most)
		case size > large:
			req.Limit = max(req.Limit/2, 16)
		}
	}
}

func (s *Store) page(ctx context.Context, req *pb.RangeRequest) (*pb.RangeResponse, error) {
	ctx, cancel, err := s.call(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	var resp *pb.RangeResponse
	err = s.patiently(ctx, func() (err error) {
		if resp, err = s.conn.KV.Range(ctx, req); err == nil {
			err = s.check(resp.Header)
		}
		return err
	})
	if err != nil && s.ctx.Err() != nil {
		return nil, store.ErrClosed
	}
	return resp, classify(err, store.ErrUnavailable)
}

// patiently repeats act while etcd refuses it, unseen, for being too busy.
func (s *Store) patiently(ctx context.Context, act func() error) error {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		err := act()
		if !errors.Is(fromGRPC(err), errBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
