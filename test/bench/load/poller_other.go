//go:build !linux

package load

import (
	"errors"
	"net/netip"
	"time"
)

type poller struct{}

type ready struct {
	id      int32
	in, out bool
}

func newPoller() (*poller, error) { return nil, errors.New("the load generator needs Linux") }

func (*poller) dial(netip.AddrPort, int32) (int, error) { return -1, errors.ErrUnsupported }
func (*poller) wait(time.Duration) ([]ready, error)     { return nil, errors.ErrUnsupported }
func (*poller) wake()                                   {}
func (*poller) close() error                            { return nil }
func receive(int, []byte) (n int, ok bool)              { return 0, false }
func transmit(int, []byte) (n int, ok bool)             { return 0, false }
func hangUp(int)                                        {}
