package backend

import (
	"errors"

	"github.com/hquorum/hquorum/shim/store/etcd"
)

// The errors of Embedded and External, as errors.Is finds them.
var (
	// ErrInUse: another process holds the data directory.
	ErrInUse = errors.New("data directory is in use")
	// ErrDir: the data directory cannot be created or written.
	ErrDir = errors.New("data directory cannot be used")
	// ErrUnreachable: no endpoint answered.
	ErrUnreachable = errors.New("cannot reach etcd")
	// ErrRefused: etcd answered, but not to us: credentials or certificates.
	ErrRefused = errors.New("etcd refused us")
	// ErrUnsupported: the etcd is too old.
	ErrUnsupported = errors.New("etcd is too old")
)

// Backend is a running etcd, or the way to one.
type Backend struct {
	etcd.Conn

	// Version is etcd's; of an external cluster the oldest that answered.
	Version string
	// Embedded says that etcd runs in this process.
	Embedded bool

	done  <-chan struct{}
	close func() error
}

// Done is closed when the embedded server has stopped, whether by itself or by
// Close. It is nil for an external etcd.
func (b *Backend) Done() <-chan struct{} { return b.done }

// Close ends the connection and an embedded server with it.
func (b *Backend) Close() error { return b.close() }
