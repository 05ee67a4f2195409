package limit

import (
	"context"
	"errors"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

const (
	writers = 2   // Txns under way
	most    = 512 // writes in a Txn, unless one connection brings more
)

// write is a put, or the deletion of a key if there is no value.
type write struct{ key, value []byte }

// batcher writes everything that has come while it was writing in one Txn.
type batcher struct {
	kv      pb.KVClient
	running sync.WaitGroup

	mu      sync.Mutex
	some    sync.Cond
	waiting []*group
	closed  bool
}

// group is what one connection writes at once.
type group struct {
	writes []write
	done   chan error // 1
}

var errClosed = errors.New("closed")

func newBatcher(kv pb.KVClient) *batcher {
	b := &batcher{kv: kv}
	b.some.L = &b.mu
	for range writers {
		b.running.Go(b.run)
	}
	return b
}

// commit returns when the writes are on disk.
func (b *batcher) commit(writes []write) error {
	g := &group{writes: writes, done: make(chan error, 1)}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return errClosed
	}
	b.waiting = append(b.waiting, g)
	b.some.Signal()
	b.mu.Unlock()
	return <-g.done
}

func (b *batcher) run() {
	for {
		groups := b.take()
		if groups == nil {
			return
		}
		err := b.write(groups)
		for _, g := range groups {
			g.done <- err
		}
	}
}

// take waits for writes and returns as many as go together, nil after close.
func (b *batcher) take() []*group {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) == 0 {
		if b.closed {
			return nil
		}
		b.some.Wait()
	}
	n, size := 0, 0
	for n < len(b.waiting) && (n == 0 || size+len(b.waiting[n].writes) <= most) {
		size += len(b.waiting[n].writes)
		n++
	}
	groups := b.waiting[:n:n]
	b.waiting = b.waiting[n:]
	return groups
}

func (b *batcher) write(groups []*group) error {
	last := map[string][]byte{} // a Txn may name a key once
	for _, g := range groups {
		for _, w := range g.writes {
			last[string(w.key)] = w.value
		}
	}
	txn := &pb.TxnRequest{Success: make([]*pb.RequestOp, 0, len(last))}
	for key, value := range last {
		op := &pb.RequestOp{}
		if value == nil {
			op.Request = &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: &pb.DeleteRangeRequest{Key: []byte(key)}}
		} else {
			op.Request = &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{Key: []byte(key), Value: value}}
		}
		txn.Success = append(txn.Success, op)
	}
	_, err := b.kv.Txn(context.Background(), txn)
	return err
}

func (b *batcher) close() {
	b.mu.Lock()
	b.closed = true
	b.some.Broadcast()
	b.mu.Unlock()
	b.running.Wait()
}
