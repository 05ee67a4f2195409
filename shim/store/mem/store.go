package mem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

// Store is one process's connection to a Server.
type Store struct {
	server *Server
	prefix string
	hook   Hook

	// under server.mu
	closed   bool
	watching bool
	wanted   store.Revision // the running Watch must reach it
}

var _ store.Store = (*Store)(nil)

// Open returns a connection whose keys live under prefix. A nil hook lets
// everything succeed.
func (s *Server) Open(prefix string, hook Hook) *Store {
	return &Store{server: s, prefix: prefix, hook: hook}
}

// New returns a Store on a Server of its own, without faults.
func New() *Store { return NewServer(Options{}).Open("/hquorum/", nil) }

// Server returns the state behind the connection.
func (c *Store) Server() *Server { return c.server }

// Limits implements store.Store.
func (c *Store) Limits() store.Limits { return c.server.limits }

// ClusterID implements store.Store.
func (c *Store) ClusterID() uint64 { return c.server.cluster }

// Age implements store.Store.
func (c *Store) Age(ctx context.Context) (age uint64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	err = c.locked(func() error {
		age = uint64(c.server.rev - c.server.born)
		return nil
	})
	return age, err
}

// locked runs act with what is due done, unless the store is closed or down.
func (c *Store) locked(act func() error) error {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.closed {
		return store.ErrClosed
	}
	if s.down {
		return store.ErrUnavailable
	}
	s.advance()
	return act()
}

// Commit implements store.Store.
func (c *Store) Commit(ctx context.Context, txn store.Txn) (rev store.Revision, err error) {
	err = c.do(ctx, Call{Method: Commit, Txn: txn}, func() (err error) {
		rev, err = c.server.apply(c.prefix, txn)
		if errors.Is(err, store.ErrConflict) {
			c.want(rev)
		}
		return err
	})
	if err != nil && !errors.Is(err, store.ErrConflict) {
		rev = 0
	}
	return rev, err
}

// Load implements store.Store.
func (c *Store) Load(ctx context.Context, each func(store.KV) error) (rev store.Revision, err error) {
	var kvs []store.KV
	err = c.do(ctx, Call{Method: Load}, func() error {
		rev = c.server.rev
		for key, it := range c.server.items {
			if bare, ours := strings.CutPrefix(key, c.prefix); ours {
				kvs = append(kvs, store.KV{Key: store.Key(bare), Value: bytes.Clone(it.value), ModRevision: it.mod, Lease: it.lease})
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	slices.SortFunc(kvs, func(a, b store.KV) int { return strings.Compare(string(a.Key), string(b.Key)) })
	for _, kv := range kvs {
		if err := each(kv); err != nil {
			return 0, err
		}
	}
	return rev, nil
}

// Sync implements store.Store.
func (c *Store) Sync(ctx context.Context) (rev store.Revision, err error) {
	err = c.do(ctx, Call{Method: Sync}, func() error {
		rev = c.server.rev
		c.want(rev)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return rev, nil
}

func (c *Store) want(rev store.Revision) {
	c.wanted = max(c.wanted, rev)
	c.server.wake()
}

// Grant implements store.Store.
func (c *Store) Grant(ctx context.Context, id store.LeaseID, ttl time.Duration) (granted time.Duration, err error) {
	err = c.do(ctx, Call{Method: Grant}, func() (err error) {
		granted, err = c.server.grant(id, ttl)
		return err
	})
	if err != nil {
		return 0, err
	}
	return granted, nil
}

// Renew implements store.Store.
func (c *Store) Renew(ctx context.Context, ids []store.LeaseID) (gone []store.LeaseID, err error) {
	err = c.do(ctx, Call{Method: Renew}, func() error {
		gone = c.server.renew(ids)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}

// Revoke implements store.Store.
func (c *Store) Revoke(ctx context.Context, id store.LeaseID) error {
	return c.do(ctx, Call{Method: Revoke}, func() error {
		c.server.end(id)
		return nil
	})
}

// Close implements store.Store.
func (c *Store) Close() error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.closed = true
	c.server.wake()
	return nil
}
