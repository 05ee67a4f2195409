package backend

import (
	"crypto/tls"
	"fmt"
	"strings"

	"go.etcd.io/etcd/client/pkg/v3/transport"
)

// TLS names PEM files. The zero value is TLS for https endpoints with the
// system's CAs, and none for others.
type TLS struct {
	CA        string // whom to trust instead of the system's CAs
	Cert, Key string // who we are; both or neither
	Insecure  bool   // trust anybody
}

// config returns nil when no endpoint wants TLS.
func (t TLS) config(endpoints []string) (*tls.Config, error) {
	wanted := t != TLS{}
	for _, endpoint := range endpoints {
		wanted = wanted || strings.HasPrefix(endpoint, "https://")
	}
	if !wanted {
		return nil, nil
	}
	info := transport.TLSInfo{CertFile: t.Cert, KeyFile: t.Key, TrustedCAFile: t.CA}
	config, err := info.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("%w: TLS files: %w", ErrRefused, err)
	}
	config.InsecureSkipVerify = t.Insecure
	return config, nil
}
