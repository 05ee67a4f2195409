package backend

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
)

// patience is how long each endpoint has to show what is wrong with it.
const patience = 3 * time.Second

var errSilent = errors.New("it takes connections but does not answer")

// explain turns the failure of the first contact into one line that says what to
// do. The client mostly reports a timeout, whatever the reason, so the reason is
// looked for at the first endpoint that has one.
func explain(c ExternalConfig, secrets *tls.Config, err error) error {
	at := strings.Join(c.Endpoints, ",")
	switch {
	case errors.Is(err, ErrUnsupported), errors.Is(err, ErrRefused):
		return fmt.Errorf("etcd at %s: %w", at, err)
	case errors.Is(err, rpctypes.ErrAuthFailed), errors.Is(err, rpctypes.ErrUserEmpty), errors.Is(err, rpctypes.ErrPermissionDenied):
		return fmt.Errorf("%w at %s: %w; check the etcd user and password", ErrRefused, at, err)
	}
	reason := errSilent
	for _, endpoint := range c.Endpoints {
		if err := knock(endpoint, secrets); err != nil {
			reason = err
			break
		}
	}
	if text := reason.Error(); strings.Contains(text, "x509: ") || strings.Contains(text, "tls: ") {
		return fmt.Errorf("%w at %s: %w; check the etcd CA and certificate", ErrRefused, at, reason)
	}
	return fmt.Errorf("%w at %s: %w; start it or check --etcd-endpoints", ErrUnreachable, at, reason)
}

// knock connects to endpoint and, with TLS, shakes hands.
func knock(endpoint string, secrets *tls.Config) error {
	address, scheme := endpoint, ""
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		address, scheme = u.Host, u.Scheme
	}
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	if secrets == nil || scheme == "http" {
		return nil
	}
	own := secrets.Clone()
	own.NextProtos = []string{"h2"}
	if own.ServerName == "" {
		own.ServerName, _, _ = net.SplitHostPort(address)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	shaken := tls.Client(conn, own)
	if err := shaken.Handshake(); err != nil {
		return err
	}
	// A server that does not like our certificate says so after the handshake,
	// instead of its first frame.
	_, err = shaken.Read(make([]byte, 1))
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return nil
	}
	return err
}
