package backend

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/version"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc"
	"go.etcd.io/etcd/server/v3/proxy/grpcproxy/adapter"

	"github.com/rs/zerolog"
	"go.uber.org/zap/zapcore"

	"github.com/hquorum/hquorum/shim/store/etcd"
)

const (
	embeddedQuota  = 8 << 30  // bytes; etcd advises against more
	embeddedTxnOps = 16384    // far above any batch
	embeddedBytes  = 10 << 20 // a request; etcd warns about more

	// raft keeps this many applied entries for members that lag, of which there
	// are none; 0 would mean etcd's default. It drops the others a hundred at a
	// time, each of them one batch.
	catchUpEntries = 1
	// entriesOnDisk is how many entries a start reads back at most, into memory.
	entriesOnDisk = 1000
)

// EmbeddedConfig says where an embedded etcd lives.
type EmbeddedConfig struct {
	// Dir is created if need be. It holds etcd/, which is etcd's own data
	// directory and readable by etcd's tools, and LOCK.
	Dir string
	// MaxBuffer is the shim's jute.maxbuffer in bytes. Requests of twice that
	// size are accepted, and of 10 MiB in any case.
	MaxBuffer int
	// Quota bounds the database file in bytes; 0 means 8 GiB. A database that
	// reaches it takes no more puts until history is dropped, which the next
	// Embedded does.
	Quota int64
	// UnsafeNoSync lets a crash of the machine lose acknowledged writes and
	// damage the data. For tests.
	UnsafeNoSync bool
	// Log receives what etcd says at warn level and above.
	Log zerolog.Logger
}

// Embedded starts a single-member etcd in this process and waits until it
// serves. It listens on nothing: the only client is the one returned. ctx bounds
// the start, which replays the log and so takes longer after a crash.
func Embedded(ctx context.Context, c EmbeddedConfig) (*Backend, error) {
	release, err := lockDir(c.Dir)
	if err != nil {
		return nil, err
	}
	b, err := startEmbedded(ctx, c)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	stop := b.close
	b.close = func() error { return errors.Join(stop(), release()) }
	return b, nil
}

func startEmbedded(ctx context.Context, c EmbeddedConfig) (*Backend, error) {
	dir := filepath.Join(c.Dir, "etcd")
	if err := writable(dir); err != nil {
		return nil, err
	}
	cfg := embedConfig(c, dir)
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("start etcd in %s: %w", dir, err)
	}
	select {
	case <-e.Server.ReadyNotify():
	case <-e.Server.StopNotify():
		e.Close()
		return nil, fmt.Errorf("etcd in %s stopped while starting; its log says why", dir)
	case <-ctx.Done():
		e.Close()
		return nil, fmt.Errorf("etcd in %s is not ready: %w", dir, ctx.Err())
	}
	client := v3client.New(e.Server)
	b := &Backend{
		Conn: etcd.Conn{
			Client:          client,
			KV:              newDirect(e.Server),
			Lease:           adapter.LeaseServerToLeaseClient(v3rpc.NewQuotaLeaseServer(e.Server)),
			MaxTxnOps:       embeddedTxnOps,
			MaxRequestBytes: requestBytes(c),
			ClusterID:       uint64(e.Server.Cluster().ID()),
			ProgressTrusted: true,
		},
		Version:  version.Version,
		Embedded: true,
		done:     e.Server.StopNotify(),
		close: func() error {
			err := client.Close()
			if errors.Is(err, context.Canceled) {
				err = nil // how a client without a connection says that it was open
			}
			e.Close()
			return err
		},
	}
	if err := makeRoom(ctx, e.Server, b, c.Log); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	stopCompacting, stop := compact(e.Server, cfg.QuotaBackendBytes, c.Log), b.close
	b.close = func() error {
		stopCompacting()
		return stop()
	}
	return b, nil
}

func embedConfig(c EmbeddedConfig, dir string) *embed.Config {
	cfg := embed.NewConfig()
	cfg.Name = "hquorum"
	cfg.Dir = dir
	// A member has a peer URL by which others would know it; alone it needs no
	// listener there.
	peer := url.URL{Scheme: "http", Host: "127.0.0.1:2380"}
	cfg.AdvertisePeerUrls = []url.URL{peer}
	cfg.ListenPeerUrls, cfg.ListenClientUrls, cfg.AdvertiseClientUrls = nil, nil, nil
	cfg.InitialCluster = cfg.Name + "=" + peer.String()
	// Only looked at when the directory is new: a new one is a new cluster id.
	cfg.InitialClusterToken = rand.Text()
	cfg.AutoCompactionRetention = "0" // never: compactor does it
	cfg.CompactionBatchLimit, cfg.CompactionSleepInterval = compactionKeys, compactionPause
	cfg.SnapshotCount, cfg.SnapshotCatchUpEntries = entriesOnDisk, catchUpEntries
	cfg.QuotaBackendBytes = cmp.Or(c.Quota, embeddedQuota)
	cfg.MaxTxnOps = embeddedTxnOps
	cfg.MaxRequestBytes = uint(requestBytes(c))
	cfg.UnsafeNoFsync = c.UnsafeNoSync
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zapLogger(c.Log, zapcore.WarnLevel))
	return cfg
}

func requestBytes(c EmbeddedConfig) int { return max(embeddedBytes, 2*c.MaxBuffer) }

// writable makes dir and writes to it, since etcd's own complaint is a panic.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrDir, err)
	}
	probe, err := os.CreateTemp(dir, ".probe-")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// makeRoom lifts the alarm of a database that reached its quota in an earlier
// run, by dropping the history. etcd keeps the alarm until it is told otherwise.
func makeRoom(ctx context.Context, server *etcdserver.EtcdServer, b *Backend, log zerolog.Logger) error {
	alarms, err := b.Client.AlarmList(ctx)
	if err != nil {
		return fmt.Errorf("ask etcd for alarms: %w", err)
	}
	for _, alarm := range alarms.Alarms {
		if alarm.Alarm != pb.AlarmType_NOSPACE {
			continue
		}
		now, err := b.KV.Range(ctx, &pb.RangeRequest{Key: []byte{0}, CountOnly: true})
		if err != nil {
			return fmt.Errorf("ask etcd for its revision: %w", err)
		}
		// Already compacted there is fine: what counts is that the alarm goes.
		_, _ = b.KV.Compact(ctx, &pb.CompactionRequest{Revision: now.Header.Revision, Physical: true})
		if err := server.Backend().Defrag(); err != nil { // the client in process cannot
			return fmt.Errorf("defragment etcd: %w", err)
		}
		if _, err := b.Client.AlarmDisarm(ctx, (*clientv3.AlarmMember)(alarm)); err != nil {
			return fmt.Errorf("disarm etcd's alarm: %w", err)
		}
		log.Warn().Msg("the database had reached its quota; its history was dropped to make room")
	}
	return nil
}
