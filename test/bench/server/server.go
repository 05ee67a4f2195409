package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/peer"
)

// Name says which server it is.
type Name string

// The servers. Limit is no ZooKeeper: it answers the frames without looking
// after a tree, and writes batches of puts to etcd.
const (
	Hquorum   Name = "hquorum"
	ZooKeeper Name = "zookeeper"
	Limit     Name = "limit"
)

// Server is a running server.
type Server struct {
	Name Name
	Addr string

	pid    int
	admin  string // of hquorum, if it may be profiled
	signal func(syscall.Signal) error
	alive  func() bool
	stop   func() error
	death  func() string
}

// Start starts a server in a new temporary directory. With profiled, hquorum's
// Profile works.
func Start(ctx context.Context, name Name, profiled bool, progress peer.Progress) (*Server, error) {
	switch name {
	case Hquorum:
		args := []string{"--max-client-cnxns", "0", "--log-level", "warn"}
		if profiled {
			args = append(args, "--pprof")
		}
		h, err := peer.StartHquorum(ctx, peer.HquorumOptions{Args: args, Admin: profiled, Progress: progress})
		if err != nil {
			return nil, err
		}
		s := ofPeer(name, h, h.Process)
		s.admin = h.AdminAddr()
		return s, nil
	case ZooKeeper:
		return startZooKeeper(ctx, progress)
	case Limit:
		return startLimit(ctx)
	default:
		return nil, fmt.Errorf("unknown server %q", name)
	}
}

func ofPeer(name Name, q peer.Quorum, p *peer.Process) *Server {
	return &Server{Name: name, Addr: q.Addr(), pid: p.Pid(), signal: p.Signal, alive: p.Alive, stop: q.Stop, death: p.Death}
}

// startZooKeeper starts a ZooKeeper as its own scripts do: with both compilers
// and the collector that the JVM chooses. Package peer asks for a small JVM,
// quick to start, whose peak is a third lower; what is in _JAVA_OPTIONS comes
// after the arguments and takes that back.
func startZooKeeper(ctx context.Context, progress peer.Progress) (*Server, error) {
	const variable = "_JAVA_OPTIONS"
	before, had := os.LookupEnv(variable)
	if err := os.Setenv(variable, strings.TrimSpace(before+" -XX:-UseSerialGC -XX:+UseG1GC -XX:TieredStopAtLevel=4")); err != nil {
		return nil, err
	}
	z, err := peer.StartZooKeeper(ctx, peer.ZooKeeperOptions{Fsync: true, HeapMB: 1024, Progress: progress})
	if had {
		err = errors.Join(err, os.Setenv(variable, before))
	} else {
		err = errors.Join(err, os.Unsetenv(variable))
	}
	if err != nil {
		return nil, err
	}
	return ofPeer(ZooKeeper, z, z.Process), nil
}

// Pause stops the server's clock, so to speak. Its sessions must be closed.
func (s *Server) Pause() error { return s.signal(syscall.SIGSTOP) }

// Resume ends Pause and waits until the server gives sessions.
func (s *Server) Resume(ctx context.Context) error {
	if err := s.signal(syscall.SIGCONT); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	control, err := load.Dial(ctx, s.Addr)
	if err != nil {
		return fmt.Errorf("%s after a pause: %w; %s", s.Name, err, s.death())
	}
	return control.Close()
}

// Stop ends the server and removes its data.
func (s *Server) Stop() error {
	if err := s.signal(syscall.SIGCONT); err != nil && s.alive() {
		return err
	}
	return s.stop()
}
