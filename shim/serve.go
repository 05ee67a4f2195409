package shim

import (
	"context"
	"errors"
	"net"
	"time"
)

var errClosed = errors.New("the server is closed")

// Serve takes clients from l until Drain or Close, after which it returns nil,
// or until l fails. It closes l. It may be called for several listeners.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	if !s.listen(l) {
		return nil
	}
	pause := time.Duration(0)
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			pause = 0
			s.hub.Serve(nc)
			continue
		case s.stopped():
			return nil
		}
		// Too many open files, and the like, may pass.
		var temporary interface{ Temporary() bool }
		if !errors.As(err, &temporary) || !temporary.Temporary() {
			return err
		}
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		s.log.Error().Err(err).Stringer("listen", l.Addr()).Msg("cannot take a connection")
		select {
		case <-time.After(pause):
		case <-s.ctx.Done():
		}
	}
}

// listen notes l, unless the server stops.
func (s *Server) listen(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.listeners[l] = struct{}{}
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && s.port == 0 {
		s.port = tcp.Port
	}
	return true
}

func (s *Server) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

func (s *Server) stopListening() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	for l := range s.listeners {
		_ = l.Close()
	}
	clear(s.listeners)
}

// Dial connects to the server without a socket: what is written to the result
// reaches the server as from a client at 127.0.0.1, which no limit of
// connections applies to. Writing blocks until the server reads. It suits a
// client library's dialer.
func (s *Server) Dial(ctx context.Context) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.stopped() {
		return nil, errClosed
	}
	client, server := net.Pipe()
	s.hub.Serve(server)
	return client, nil
}

// Drain stops taking clients, answers what they have asked, and closes their
// connections; their sessions can be resumed elsewhere, or here after a restart.
// It returns ctx's error if that ends first. Close follows in either case.
func (s *Server) Drain(ctx context.Context) error {
	s.stopListening()
	return s.hub.Drain(ctx)
}
