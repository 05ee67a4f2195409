package load

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// poller is one epoll and a pipe to wake it. Sockets are watched for both
// directions and edge-triggered, so that no call is needed to change that.
type poller struct {
	fd     int
	pipe   [2]int
	events []syscall.EpollEvent
	ready  []ready
}

// ready is a socket that can be read or written, or has failed.
type ready struct {
	id      int32
	in, out bool
}

const wakeID = -1

func newPoller() (*poller, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	p := &poller{fd: fd, events: make([]syscall.EpollEvent, 512)}
	if err := syscall.Pipe2(p.pipe[:], syscall.O_NONBLOCK|syscall.O_CLOEXEC); err != nil {
		return nil, errors.Join(fmt.Errorf("pipe2: %w", err), syscall.Close(fd))
	}
	if err := p.watch(p.pipe[0], wakeID, syscall.EPOLLIN); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *poller) watch(fd int, id int32, events uint32) error {
	event := syscall.EpollEvent{Events: events, Fd: id} // Fd is ours to use
	if err := syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// dial starts a connection; the poller says when it can be written.
func (p *poller) dial(address netip.AddrPort, id int32) (fd int, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	to := &syscall.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()}
	err = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	if err == nil {
		err = syscall.Connect(fd, to)
	}
	if err == nil || errors.Is(err, syscall.EINPROGRESS) {
		err = p.watch(fd, id, syscall.EPOLLIN|syscall.EPOLLOUT|syscall.EPOLLET&0xffffffff)
	}
	if err != nil {
		return -1, errors.Join(err, syscall.Close(fd))
	}
	return fd, nil
}

// wait returns what is ready, after at most timeout; negative is forever. The
// result is valid until the next call.
func (p *poller) wait(timeout time.Duration) ([]ready, error) {
	ms := -1
	if timeout >= 0 {
		ms = int((timeout + time.Millisecond - 1) / time.Millisecond)
	}
	n, err := syscall.EpollWait(p.fd, p.events, ms)
	if err != nil && !errors.Is(err, syscall.EINTR) {
		return nil, fmt.Errorf("epoll_wait: %w", err)
	}
	p.ready = p.ready[:0]
	for _, event := range p.events[:max(n, 0)] {
		if event.Fd == wakeID {
			var drop [64]byte
			_, _ = syscall.Read(p.pipe[0], drop[:]) // empty is fine
			continue
		}
		bad := event.Events&(syscall.EPOLLERR|syscall.EPOLLHUP) != 0
		p.ready = append(p.ready, ready{
			id: event.Fd, in: bad || event.Events&syscall.EPOLLIN != 0, out: bad || event.Events&syscall.EPOLLOUT != 0,
		})
	}
	return p.ready, nil
}

// wake makes a wait under way, or the next one, return. Any goroutine may call it.
func (p *poller) wake() {
	_, _ = syscall.Write(p.pipe[1], []byte{0}) // a full pipe wakes too
}

func (p *poller) close() error {
	return errors.Join(syscall.Close(p.fd), syscall.Close(p.pipe[0]), syscall.Close(p.pipe[1]))
}

// receive reads once: n > 0 bytes, 0 if there are none yet, or ok false at the
// end of the connection.
func receive(fd int, b []byte) (n int, ok bool) {
	for {
		n, err := syscall.Read(fd, b)
		switch {
		case err == nil:
			return n, n > 0
		case errors.Is(err, syscall.EAGAIN):
			return 0, true
		case !errors.Is(err, syscall.EINTR):
			return 0, false
		}
	}
}

// transmit writes what the socket takes.
func transmit(fd int, b []byte) (n int, ok bool) {
	for {
		n, err := syscall.Write(fd, b)
		switch {
		case err == nil:
			return n, true
		case errors.Is(err, syscall.EAGAIN):
			return 0, true
		case !errors.Is(err, syscall.EINTR):
			return 0, false
		}
	}
}

func hangUp(fd int) { _ = syscall.Close(fd) } // whatever it says, the descriptor is gone
