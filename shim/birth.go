package shim

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// birth makes the built-in znodes and the meta record, all or none, unless they
// exist.
func (s *Server) birth(ctx context.Context) error {
	meta := record.Meta{Cluster: s.store.ClusterID(), Time: time.Now().UnixMilli()}
	txn := store.Txn{
		Compares: []store.Compare{{Key: record.MetaKey}},
		Ops:      []store.Op{{Key: record.MetaKey, Value: meta.Append(nil)}},
	}
	put := func(key string, value []byte) {
		txn.Compares = append(txn.Compares, store.Compare{Key: store.Key(key)})
		txn.Ops = append(txn.Ops, store.Op{Key: store.Key(key), Value: value})
	}
	for _, b := range record.Birth() {
		put(record.NodeKey(b.Path), b.Node.Append(nil))
		if b.Counter != nil {
			put(record.CounterKey(b.Path), b.Counter.Append(nil))
		}
	}
	return s.certain(ctx, txn)
}

// certain commits a Txn whose compares make it fail if it was applied already.
func (s *Server) certain(ctx context.Context, txn store.Txn) error {
	for {
		_, err := s.store.Commit(ctx, txn)
		switch {
		case errors.Is(err, store.ErrConflict):
			return nil // it, or another shim's, is there
		case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrUnavailable):
			if wait(ctx, 200*time.Millisecond) {
				continue
			}
		}
		return err
	}
}

func (s *Server) load(ctx context.Context) error {
	err := s.replica.Load(func(each func(store.KV) error) (store.Revision, error) { return s.store.Load(ctx, each) })
	if s.hub != nil { // not the first time: clients were told what has changed
		s.hub.Flush()
	}
	return err
}

// revisionRate is how many revisions a second a store makes at the most.
const revisionRate = 100_000

// raise makes sure that zxids go on above all that were handed out: those of this
// process, and, where the store holds a backup, as many as can have been made
// since that was taken. It holds one if it has another cluster id than before, or
// lacks what the caller knows of. raise loads the tree again if it had to raise
// the base.
func (s *Server) raise(ctx context.Context, restored bool) error {
	meta, rev, at := s.meta()
	floor := s.replica.Zxid()
	if restored || s.cfg.ZxidFloor > floor || meta.Cluster != s.store.ClusterID() {
		known, err := s.newest(ctx)
		if err != nil {
			return err
		}
		lost := max(time.Since(known.time), 0) + clockInterval
		floor = max(floor, known.zxid, s.cfg.ZxidFloor)
		floor += znode.Zxid(min(int64(lost/time.Second)*revisionRate, (math.MaxInt64-int64(floor))>>13)) << 12
		s.log.Warn().Time("newest", known.time).Msg("the store was restored or replaced: zxids are raised")
	}
	base := meta.Base
	if least := znode.LastZxid(meta.Base, int64(at)); floor > least {
		base += (floor - least + znode.MaxPosition) &^ znode.MaxPosition
	}
	if base == meta.Base && meta.Cluster == s.store.ClusterID() {
		return nil
	}
	raised := record.Meta{Base: base, Cluster: s.store.ClusterID(), Time: time.Now().UnixMilli()}
	if err := s.certain(ctx, store.Txn{
		Compares: []store.Compare{{Key: record.MetaKey, ModRevision: rev}},
		Ops:      []store.Op{{Key: record.MetaKey, Value: raised.Append(nil)}},
	}); err != nil {
		return err
	}
	s.log.Info().Int64("base", int64(base)).Int64("before", int64(meta.Base)).Msg("zxid base raised")
	if err := s.load(ctx); err != nil {
		return err
	}
	return s.raise(ctx, false) // it may have been another shim that raised it
}
