package shim

import (
	"context"
	"time"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// meta returns the stored description of the tree, its ModRevision, and the
// revision that the replica is at.
func (s *Server) meta() (m record.Meta, rev, at store.Revision) {
	s.replica.View(func(v *replica.View) {
		m, rev = v.Meta()
		at = v.Revision()
	})
	return m, rev, at
}

// trace is the newest that a store knows of the time it was made in.
type trace struct {
	time time.Time
	zxid znode.Zxid
}

// newest looks through the whole store, which is rarely needed.
func (s *Server) newest(ctx context.Context) (trace, error) {
	var at int64
	var zxid znode.Zxid
	base := s.replica.Base()
	_, err := s.store.Load(ctx, func(kv store.KV) error {
		see := func(z znode.Zxid) { zxid = max(zxid, z.Resolve(base, int64(kv.ModRevision))) }
		// What cannot be read is the replica's to report.
		switch kind, _, _ := record.ParseKey(string(kv.Key)); kind {
		case record.KindNode:
			if n, err := record.DecodeNode(kv.Value); err == nil {
				at = max(at, n.Mtime, n.Ctime)
				see(n.Mzxid)
				see(n.Czxid)
			}
		case record.KindCounter:
			if c, err := record.DecodeCounter(kv.Value); err == nil {
				see(c.Pzxid)
			}
		case record.KindMeta:
			if m, err := record.DecodeMeta(kv.Value); err == nil {
				at = max(at, m.Time)
			}
		case record.KindClock:
			if c, err := record.DecodeClock(kv.Value); err == nil {
				at = max(at, c.Time)
			}
		}
		return nil
	})
	return trace{time.UnixMilli(at), zxid}, err
}

// clockInterval is the time between two notes of the time in the store.
const clockInterval = time.Minute

// rejuvenated reports whether the store is younger than what it holds says: it
// was restored from a snapshot.
func (s *Server) rejuvenated(ctx context.Context) (bool, error) {
	var noted record.Clock
	s.replica.View(func(v *replica.View) { noted = v.Clock() })
	age, err := s.store.Age(ctx)
	return age < noted.Age, err
}

// tellTime notes the time and the store's age in the store now and then, so that
// a backup can be told for one, and how old it is.
func (s *Server) tellTime() {
	for {
		if err := s.noteTime(); err != nil {
			s.log.Debug().Err(err).Msg("the time was not noted")
		}
		if !wait(s.ctx, clockInterval) {
			return
		}
	}
}

func (s *Server) noteTime() error {
	ctx, cancel := context.WithTimeout(s.ctx, callTimeout)
	defer cancel()
	age, err := s.store.Age(ctx)
	if err != nil {
		return err
	}
	now := record.Clock{Time: time.Now().UnixMilli(), Age: age}
	_, err = s.store.Commit(ctx, store.Txn{Ops: []store.Op{{Key: record.ClockKey, Value: now.Append(nil)}}})
	return err
}

// wait returns true after d, false if ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
