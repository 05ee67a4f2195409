package backend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-semver/semver"
	"github.com/rs/zerolog"
	"go.etcd.io/etcd/client/pkg/v3/transport"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hquorum/hquorum/test/peer"
)

// etcdProcess runs a real etcd.
func etcdProcess(t *testing.T, args ...string) *peer.Etcd {
	t.Helper()
	if testing.Short() {
		t.Skip("starts an etcd process")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	e, err := peer.StartEtcd(ctx, peer.EtcdOptions{Args: args})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestExternal(t *testing.T) {
	e := etcdProcess(t)
	nobody := unused(t)
	for _, endpoints := range [][]string{{e.Endpoint()}, {"http://" + e.Endpoint()}, {nobody, e.Endpoint()}} {
		b, err := External(t.Context(), ExternalConfig{Endpoints: endpoints, DialTimeout: time.Second, Log: zerolog.Nop()})
		if err != nil {
			t.Fatalf("%v: %v", endpoints, err)
		}
		if b.Version != peer.EtcdVersion || b.ClusterID == 0 || !b.ProgressTrusted || b.Embedded {
			t.Errorf("%v: %+v", endpoints, b)
		}
		if err := put(t.Context(), b, "k", "v"); err != nil {
			t.Errorf("%v: %v", endpoints, err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestExternalUser(t *testing.T) {
	e := etcdProcess(t)
	b, err := External(t.Context(), ExternalConfig{Endpoints: []string{e.Endpoint()}, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx := t.Context()
	_, err = b.Client.UserAdd(ctx, "root", "secret")
	_, role := b.Client.UserGrantRole(ctx, "root", "root")
	_, enable := b.Client.AuthEnable(ctx)
	if err := errors.Join(err, role, enable); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		user, password string
		want           error
	}{{"root", "secret", nil}, {"root", "wrong", ErrRefused}, {"nobody", "secret", ErrRefused}} {
		b, err := External(ctx, ExternalConfig{Endpoints: []string{e.Endpoint()}, User: c.user, Password: c.password, Log: zerolog.Nop()})
		if !errors.Is(err, c.want) || c.want != nil && (!strings.Contains(err.Error(), "user and password") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s:%s: %v, want %v", c.user, c.password, err, c.want)
		}
		if err == nil {
			if err := put(ctx, b, "k", "v"); err != nil {
				t.Error(err)
			}
			b.Close()
		}
	}
}

// TestExternalTLS: certificates on both sides, in front of a real etcd.
func TestExternalTLS(t *testing.T) {
	own, err := transport.SelfCert(zap.NewNop(), t.TempDir(), []string{"127.0.0.1:0"}, 1, x509.ExtKeyUsageClientAuth)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := transport.SelfCert(zap.NewNop(), t.TempDir(), []string{"127.0.0.1:0"}, 1, x509.ExtKeyUsageClientAuth)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := "https://" + terminate(t, own, etcdProcess(t).Endpoint())
	for name, c := range map[string]struct {
		tls  TLS
		want error
	}{
		"both known":            {TLS{CA: own.CertFile, Cert: own.CertFile, Key: own.KeyFile}, nil},
		"server trusted anyway": {TLS{Insecure: true, Cert: own.CertFile, Key: own.KeyFile}, nil},
		"server unknown":        {TLS{CA: stranger.CertFile, Cert: own.CertFile, Key: own.KeyFile}, ErrRefused},
		"system CAs":            {TLS{}, ErrRefused},
		"client unknown":        {TLS{CA: own.CertFile, Cert: stranger.CertFile, Key: stranger.KeyFile}, ErrRefused},
		"client nameless":       {TLS{CA: own.CertFile}, ErrRefused},
	} {
		b, err := External(t.Context(), ExternalConfig{Endpoints: []string{endpoint}, TLS: c.tls, DialTimeout: time.Second, Log: zerolog.Nop()})
		if !errors.Is(err, c.want) || err != nil && (!strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil {
			if err := put(t.Context(), b, "k", "v"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			b.Close()
		}
	}
}

// terminate listens with TLS in front of target, for clients that show the same
// certificate, until the test ends.
func terminate(t *testing.T, info transport.TLSInfo, target string) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(info.CertFile, info.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	pool, pem := x509.NewCertPool(), []byte(nil)
	if pem, err = os.ReadFile(info.CertFile); err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, NextProtos: []string{"h2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				if conn.(*tls.Conn).HandshakeContext(t.Context()) != nil {
					return
				}
				behind, err := net.Dial("tcp", target)
				if err != nil {
					return
				}
				defer behind.Close()
				back := make(chan struct{})
				go func() {
					defer close(back)
					_, _ = io.Copy(conn, behind)
					conn.Close()
				}()
				_, _ = io.Copy(behind, conn)
				behind.Close()
				<-back
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		all.Wait()
	})
	return listener.Addr().String()
}

// unused returns an address that nobody listens on.
func unused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestExternalUnreachable(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for reason, endpoint := range map[string]string{"connection refused": unused(t), "does not answer": silent.Addr().String()} {
		for _, user := range []string{"", "root"} {
			_, err := External(t.Context(), ExternalConfig{Endpoints: []string{endpoint}, User: user, Password: "x", DialTimeout: 500 * time.Millisecond, Log: zerolog.Nop()})
			if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), endpoint) || !strings.Contains(err.Error(), "--etcd-endpoints") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", reason, err)
			}
			if !strings.Contains(err.Error(), reason) {
				t.Errorf("%v does not say %q", err, reason)
			}
		}
	}
	if _, err := External(t.Context(), ExternalConfig{}); !errors.Is(err, ErrUnreachable) {
		t.Errorf("no endpoint: %v", err)
	}
	missing := filepath.Join(t.TempDir(), "ca.pem")
	_, err = External(t.Context(), ExternalConfig{Endpoints: []string{"https://127.0.0.1:1"}, TLS: TLS{CA: missing}})
	if !errors.Is(err, ErrRefused) || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("no such CA: %v", err)
	}
}

func TestProgressTrusted(t *testing.T) {
	for version, want := range map[string]bool{
		"3.4.3": false, "3.4.23": false, "3.4.24": false, "3.4.25": true, "3.4.34": true,
		"3.5.0": false, "3.5.7": false, "3.5.8": true, "3.5.15": true, "3.6.0": true, "3.6.16": true, "3.7.3": true, "4.0.0": true,
	} {
		if got := progressTrusted(*semver.New(version)); got != want {
			t.Errorf("%s: %v", version, got)
		}
	}
}

// TestOnce: what an etcd client would repeat comes up as something it does not.
func TestOnce(t *testing.T) {
	const txn, other = "/etcdserverpb.KV/Txn", "/etcdserverpb.KV/Range"
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx       context.Context
		method    string
		got, want codes.Code
	}{
		{t.Context(), txn, codes.OK, codes.OK},
		{t.Context(), txn, codes.DeadlineExceeded, codes.Unknown},
		{t.Context(), txn, codes.Canceled, codes.Unknown},
		{t.Context(), txn, codes.Unavailable, codes.Unavailable},
		{t.Context(), other, codes.DeadlineExceeded, codes.DeadlineExceeded},
		{ended, txn, codes.Canceled, codes.Canceled},
	} {
		err := once(c.ctx, c.method, nil, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
			return status.Error(c.got, "message")
		})
		if status.Code(err) != c.want {
			t.Errorf("%s %s: %v, want %s", c.method, c.got, err, c.want)
		}
	}
}
