package peer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Quorum is a ZooKeeper-protocol server under test that can be killed and started again with the same data on the
// same address.
type Quorum interface {
	// Addr is host:port of the client port; it stays the same over restarts.
	Addr() string
	// Kill ends the server as kill -9 does.
	Kill() error
	// Restart starts the server again, ending it with Kill first if it still runs, and waits until it serves.
	Restart() error
	// Stop ends the server in order and removes its temporary data. Stopping a stopped server is not an error.
	Stop() error
	// LogTail returns the last lines of the server's log.
	LogTail(lines int) string
}

// QuorumKind names what stands behind a Quorum.
type QuorumKind string

const (
	KindHquorum   QuorumKind = "hquorum"   // hquorum on embedded etcd
	KindEtcd      QuorumKind = "etcd"      // hquorum on a real etcd process
	KindZooKeeper QuorumKind = "zookeeper" // Apache ZooKeeper: shows that a test is right itself
)

// KindFromEnv is the kind that the environment variable HQUORUM_TEST_QUORUM asks for, or otherwise.
func KindFromEnv(otherwise QuorumKind) QuorumKind {
	if kind := os.Getenv("HQUORUM_TEST_QUORUM"); kind != "" {
		return QuorumKind(kind)
	}
	return otherwise
}

// QuorumOptions are the settings that every kind understands. Zero values are ZooKeeper's defaults.
type QuorumOptions struct {
	TickTime               time.Duration // the shortest session is two ticks, the longest twenty
	ContainerCheckInterval time.Duration // how often container and TTL znodes are reaped
	Progress               Progress
}

// StartQuorum starts a quorum of the given kind with a temporary data directory. ctx bounds the start only.
func StartQuorum(ctx context.Context, kind QuorumKind, options QuorumOptions) (Quorum, error) {
	switch kind {
	case KindHquorum:
		return startHquorumQuorum(ctx, nil, options)
	case KindEtcd:
		etcd, err := StartEtcd(ctx, EtcdOptions{Progress: options.Progress})
		if err != nil {
			return nil, err
		}
		server, err := startHquorumQuorum(ctx, []string{etcd.Endpoint()}, options)
		if err != nil {
			return nil, errors.Join(err, etcd.Stop())
		}
		return &overEtcd{Hquorum: server, etcd: etcd}, nil
	case KindZooKeeper:
		return StartZooKeeper(ctx, ZooKeeperOptions{
			TickTime: options.TickTime, ContainerCheckInterval: options.ContainerCheckInterval, Progress: options.Progress,
		})
	default:
		return nil, fmt.Errorf("unknown quorum kind %q: want %s, %s or %s", kind, KindHquorum, KindEtcd, KindZooKeeper)
	}
}

// startHquorumQuorum hands the options over in a zoo.cfg, which is how an operator who moves from ZooKeeper does it.
func startHquorumQuorum(ctx context.Context, etcd []string, options QuorumOptions) (*Hquorum, error) {
	var text string
	if options.TickTime > 0 {
		text += "tickTime=" + milliseconds(options.TickTime) + "\n"
	}
	if options.ContainerCheckInterval > 0 {
		text += "znode.container.checkIntervalMs=" + milliseconds(options.ContainerCheckInterval) + "\n"
	}
	return StartHquorum(ctx, HquorumOptions{EtcdEndpoints: etcd, ZooCfg: text, Progress: options.Progress})
}

// overEtcd is an hquorum together with the etcd that it keeps its state in.
type overEtcd struct {
	*Hquorum
	etcd *Etcd
}

// Stop implements Quorum.
func (o *overEtcd) Stop() error { return errors.Join(o.Hquorum.Stop(), o.etcd.Stop()) }
