package zksource

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/hbasemodel"
	"github.com/hquorum/hquorum/hbasemodel/root"
)

// Options of a Source.
type Options struct {
	// Servers are host:port, at least one; without :port it is 2181. Names are
	// looked up anew for each connection.
	Servers []string
	// Roots are told with all that is below them, also when they come to exist
	// later. Without roots every child of / that is the root of a cluster
	// (root.Marked) is, from when that was seen, at most about a second late, until
	// it is deleted.
	Roots []string
	// SessionTimeout is asked for: 30 s if it is 0. A server that is silent for two
	// thirds of it is given up.
	SessionTimeout time.Duration
	// Auth is added to the session before anything is read.
	Auth []Auth
	// Dial makes connections; nil is net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Log  zerolog.Logger
}

// Auth is what a client shows of itself (ZooKeeper.addAuthInfo): "digest" with
// "user:password", for one.
type Auth struct {
	Scheme      string
	Credentials []byte
}

// Errors that Follow's errors match with errors.Is, beside ctx's and those of
// package zk.
var (
	// ErrUnreachable: no server gave a session.
	ErrUnreachable = errors.New("no server of the quorum answers")
	// ErrLost: the connection or the session ended.
	ErrLost = errors.New("the connection to the quorum was lost")
)

const (
	defaultSession = 30 * time.Second
	// connectTimeout bounds the time until there is a session.
	connectTimeout = 10 * time.Second
	// leastPause and mostPause bound the time between two sessions.
	leastPause, mostPause = 100 * time.Millisecond, 10 * time.Second
)

// Source is an hbasemodel.Source.
type Source struct {
	o Options

	mu    sync.Mutex
	pause time.Duration // before the next session
}

var _ hbasemodel.Source = (*Source)(nil)

// New returns a source; it connects when Follow is called. The error says what
// is wrong with the options.
func New(o Options) (*Source, error) {
	clean, err := root.Clean(o.Roots)
	switch {
	case err != nil:
		return nil, err
	case len(o.Servers) == 0:
		return nil, errors.New("zksource: no servers")
	case o.SessionTimeout < 0:
		return nil, fmt.Errorf("zksource: a session timeout of %v", o.SessionTimeout)
	}
	o.Roots = clean
	if o.SessionTimeout == 0 {
		o.SessionTimeout = defaultSession
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	return &Source{o: o}, nil
}

// Follow implements hbasemodel.Source. It returns ctx's error, one that matches
// ErrUnreachable, ErrLost, zk.ErrAuthFailed or, if a root may not be read,
// zk.ErrNoAuth, or another answer of the server to a read. It has called nothing of sink if there was no session.
func (s *Source) Follow(ctx context.Context, sink hbasemodel.Sink) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	l, err := connect(ctx, s.o)
	if err != nil {
		return err
	}
	began := time.Now()
	err = newFollower(l, sink, s.o.Roots).run(ctx)
	if time.Since(began) > mostPause {
		s.succeeded()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// wait keeps sessions apart.
func (s *Source) wait(ctx context.Context) error {
	s.mu.Lock()
	pause := s.pause
	s.pause = min(max(2*pause, leastPause), mostPause)
	s.mu.Unlock()
	if pause > 0 {
		pause = pause/2 + rand.N(pause/2)
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Source) succeeded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = leastPause
}
