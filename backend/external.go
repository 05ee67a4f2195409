package backend

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-semver/semver"
	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hquorum/hquorum/shim/store/etcd"
)

// What a server that nobody configured accepts. A server does not tell.
const (
	externalTxnOps = 128
	externalBytes  = 3 << 19 // 1.5 MiB
)

// ExternalConfig says how to reach an etcd cluster, or TiKV's PD.
type ExternalConfig struct {
	// Endpoints are host:port or URLs of client ports; naming all members lets
	// the client go on when one is lost.
	Endpoints []string
	TLS       TLS
	User      string
	Password  string
	// DialTimeout bounds the first contact; 0 means 5 s.
	DialTimeout time.Duration
	// Log receives what the client says at error level and above.
	Log zerolog.Logger
}

// External connects to a cluster and asks its members for their versions. At
// least one must answer.
func External(ctx context.Context, c ExternalConfig) (*Backend, error) {
	if len(c.Endpoints) == 0 {
		return nil, fmt.Errorf("%w: no endpoint given", ErrUnreachable)
	}
	if c.DialTimeout == 0 {
		c.DialTimeout = 5 * time.Second
	}
	secrets, err := c.TLS.config(c.Endpoints)
	if err != nil {
		return nil, err
	}
	// The client logs in during New, if there is a user.
	client, err := clientv3.New(clientv3.Config{
		Endpoints: c.Endpoints, TLS: secrets, Username: c.User, Password: c.Password,
		DialTimeout: c.DialTimeout, DialKeepAliveTime: 10 * time.Second, DialKeepAliveTimeout: 5 * time.Second, PermitWithoutStream: true,
		MaxCallSendMsgSize: sendBytes,
		Logger:             zapLogger(c.Log, zapcore.ErrorLevel),
		DialOptions: []grpc.DialOption{
			grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(sendBytes), grpc.MaxCallRecvMsgSize(recvBytes)),
			grpc.WithChainUnaryInterceptor(once),
		},
	})
	if err != nil {
		return nil, explain(c, secrets, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.DialTimeout)
	defer cancel()
	b, err := ask(ctx, client, c)
	if err != nil {
		return nil, errors.Join(explain(c, secrets, err), client.Close())
	}
	return b, nil
}

const (
	sendBytes = 64 << 20 // the server decides, not the client
	recvBytes = 1<<31 - 1
)

// ask finds out what is behind the client.
func ask(ctx context.Context, client *clientv3.Client, c ExternalConfig) (*Backend, error) {
	oldest, id, err := oldestMember(ctx, client, c.Endpoints)
	if err != nil {
		return nil, err
	}
	if oldest.LessThan(semver.Version{Major: 3, Minor: 4}) {
		return nil, fmt.Errorf("%w: version %s, 3.4 is needed", ErrUnsupported, oldest)
	}
	conn := client.ActiveConnection()
	return &Backend{
		Conn: etcd.Conn{
			Client: client, KV: pb.NewKVClient(conn), Lease: pb.NewLeaseClient(conn),
			MaxTxnOps: externalTxnOps, MaxRequestBytes: externalBytes,
			ClusterID: id, ProgressTrusted: progressTrusted(*oldest),
		},
		Version: oldest.String(),
		close:   client.Close,
	}, nil
}

// oldestMember asks every endpoint. Those that do not answer do not count, but
// one has to.
func oldestMember(ctx context.Context, client *clientv3.Client, endpoints []string) (*semver.Version, uint64, error) {
	type answer struct {
		status *clientv3.StatusResponse
		err    error
	}
	answers := make(chan answer, len(endpoints))
	for _, endpoint := range endpoints {
		go func() {
			resp, err := client.Status(ctx, endpoint)
			answers <- answer{resp, err}
		}()
	}
	var oldest *semver.Version
	var id uint64
	var failure error
	for range endpoints {
		a := <-answers
		if a.err != nil {
			failure = a.err
			continue
		}
		v, err := semver.NewVersion(a.status.Version)
		if err != nil {
			return nil, 0, fmt.Errorf("%w: it calls itself version %q", ErrUnsupported, a.status.Version)
		}
		if id != 0 && id != a.status.Header.ClusterId {
			return nil, 0, fmt.Errorf("%w: the endpoints belong to different clusters, %x and %x", ErrRefused, id, a.status.Header.ClusterId)
		}
		id = a.status.Header.ClusterId
		if oldest == nil || v.LessThan(*oldest) {
			oldest = v
		}
	}
	if oldest == nil {
		return nil, 0, failure
	}
	return oldest, id, nil
}

// progressTrusted: before 3.4.25 and 3.5.8 a progress notification could
// overtake the events it vouches for (etcd issue 15220).
func progressTrusted(v semver.Version) bool {
	switch {
	case v.Major == 3 && v.Minor == 4:
		return v.Patch >= 25
	case v.Major == 3 && v.Minor == 5:
		return v.Patch >= 8
	}
	return true
}

// once keeps the client from sending a transaction a second time. The client
// takes the codes Canceled and DeadlineExceeded for a timeout of its own making
// and repeats the call; but a server sends them too when it gave up on a
// transaction that may still be applied. Below the client, where this runs, they
// become Unknown, which is not repeated.
func once(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	err := invoke(ctx, method, req, reply, conn, options...)
	if code := status.Code(err); method == "/etcdserverpb.KV/Txn" && ctx.Err() == nil && (code == codes.Canceled || code == codes.DeadlineExceeded) {
		return status.Error(codes.Unknown, status.Convert(err).Message())
	}
	return err
}
