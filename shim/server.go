package shim

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/admin"
	"github.com/hquorum/hquorum/shim/auth"
	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/conn"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// Server is a running shim.
type Server struct {
	cfg       Config
	log       zerolog.Logger
	started   time.Time
	store     store.Store
	replica   *replica.Replica
	watches   *watch.Manager
	committer *commit.Committer
	sessions  *session.Manager
	hub       *conn.Hub
	words     *admin.Words
	repairs   repairs
	followers treeFollowers
	health    health

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	listeners map[net.Listener]struct{}
	port      int
	stopping  bool
}

// New makes the tree in the store if there is none, loads it, and starts to
// follow it. ctx bounds that start only. The Server serves when Serve or Dial
// bring clients.
func New(ctx context.Context, c Config, st store.Store) (*Server, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: c, log: c.Log, started: time.Now(), store: st, watches: watch.New(conn.Frame),
		repairs: newRepairs(), listeners: map[net.Listener]struct{}{},
	}
	s.replica = replica.New(c.Log, replica.Hooks{
		Event:   s.onEvent,
		Session: s.onSession,
		Repair:  s.repairs.add,
	})
	if err := s.birth(ctx); err != nil {
		return nil, fmt.Errorf("shim: make the tree: %w", err)
	}
	if err := s.load(ctx); err != nil {
		return nil, fmt.Errorf("shim: load the tree: %w", err)
	}
	younger, err := s.rejuvenated(ctx)
	if err != nil {
		return nil, fmt.Errorf("shim: ask for the store's age: %w", err)
	}
	if err := s.raise(ctx, c.Restored || younger); err != nil {
		return nil, fmt.Errorf("shim: raise the zxid base: %w", err)
	}
	s.start()
	return s, nil
}

// start opens the rooms that need a loaded replica.
func (s *Server) start() {
	c := s.cfg
	s.committer = commit.New(commit.Options{
		Store: s.store, Replica: s.replica, Log: c.Log, PlainTypes: c.PlainTypes, Quiet: c.SoleAfter, Flush: func() { s.hub.Flush() },
	})
	s.sessions = session.New(session.Options{
		Store: s.store, Replica: s.replica, Committer: s.committer, Shim: c.ID,
		Min: c.MinSessionTimeout, Max: c.MaxSessionTimeout, Log: c.Log,
	})
	s.words = admin.NewWords(source{s}, c.Whitelist)
	s.hub = conn.NewHub(conn.Options{
		Store: s.store, Replica: s.replica, Watches: s.watches, Committer: s.committer, Sessions: s.sessions,
		Auth: auth.NewRegistry(auth.Options{SuperDigest: c.SuperDigest}), Words: s.words.Answer, Log: c.Log,
		MaxFrame: c.MaxBuffer, MaxPerAddress: max(c.MaxClientCnxns, 0), Max: c.MaxCnxns, HandshakeTimeout: handshakeTimeout,
	})
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, loop := range []func(){s.follow, s.watchOver, s.reap, s.repair, s.tellTime} {
		s.running.Go(loop)
	}
}

const handshakeTimeout = 10 * time.Second

// Health returns nil while clients are served, else why they are not.
func (s *Server) Health() error { return s.health.get() }

// Zxid returns the last zxid. A caller that keeps it may give it to the next
// Server as Config.ZxidFloor.
func (s *Server) Zxid() znode.Zxid { return s.replica.Zxid() }

// Admin returns the handler of health, metrics and commands over HTTP, see
// admin.Handler.
func (s *Server) Admin() http.Handler { return admin.Handler(s.words) }

// Close closes all connections as they are and ends everything that New started.
// Sessions live on in the store as long as their timeouts. The store stays open.
func (s *Server) Close() error {
	s.stopListening()
	s.health.set(errClosed)
	err := s.hub.Close()
	if e := s.sessions.Close(); err == nil {
		err = e
	}
	if e := s.committer.Close(); err == nil {
		err = e
	}
	s.cancel()
	s.running.Wait()
	return err
}
