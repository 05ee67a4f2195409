package sim

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"time"
)

var (
	errReset   = errors.New("sim: connection reset")
	errRefused = errors.New("sim: connection refused")
)

// link is a connection over a network with latency. What is sent arrives in
// order, later, or never if the link is cut.
type link struct{ client, server end }

// end is one side of a link, a net.Conn.
type end struct {
	in, out  *stream
	addr     net.Addr
	deadline deadline
}

func newLink(rng *rand.Rand, addr net.Addr) *link {
	up, down := newStream(rng), newStream(rng)
	return &link{client: end{in: down, out: up, addr: addr}, server: end{in: up, out: down, addr: addr}}
}

// cut breaks the link: both sides get errors, and what was on its way is lost.
func (l *link) cut() {
	l.client.in.reset()
	l.client.out.reset()
}

// stream is one direction.
type stream struct {
	mu      sync.Mutex
	rng     *rand.Rand
	chunks  []chunk
	wrote   time.Time // the last time
	last    time.Time // when that arrives
	ended   bool      // the writer has closed it
	broken  bool
	changed chan struct{} // closed, and made anew, by every change
}

type chunk struct {
	at    time.Time
	bytes []byte
}

func newStream(rng *rand.Rand) *stream {
	return &stream{rng: rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())), changed: make(chan struct{})}
}

func (s *stream) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) reset() { s.change(func() { s.broken = true }) }
func (s *stream) end()   { s.change(func() { s.ended = true }) }

// latency is different each time, so that things do not happen at once and in an
// order that nobody has decided.
func latency(rng *rand.Rand, most time.Duration) time.Duration {
	return time.Microsecond + time.Duration(rng.Int64N(int64(most)))
}

func (s *stream) write(b []byte) error {
	err := error(nil)
	s.change(func() {
		if s.broken || s.ended {
			err = errReset
			return
		}
		// What is written at once arrives at once, in however many pieces.
		if now := time.Now(); now.After(s.wrote) {
			s.wrote = now
			at := now.Add(latency(s.rng, time.Millisecond))
			if !at.After(s.last) {
				at = s.last.Add(time.Nanosecond)
			}
			s.last = at
		}
		s.chunks = append(s.chunks, chunk{s.last, append([]byte(nil), b...)})
	})
	return err
}

// read waits for bytes until expired.
func (s *stream) read(b []byte, d *deadline) (int, error) {
	for {
		expired, moved := d.get()
		s.mu.Lock()
		changed := s.changed
		var due time.Duration = -1
		switch {
		case s.broken:
			s.mu.Unlock()
			return 0, errReset
		case len(s.chunks) > 0:
			due = time.Until(s.chunks[0].at)
			if due <= 0 {
				n := s.take(b)
				s.mu.Unlock()
				return n, nil
			}
		case s.ended:
			s.mu.Unlock()
			return 0, io.EOF
		}
		s.mu.Unlock()
		if !expired.IsZero() {
			left := time.Until(expired)
			if left <= 0 {
				return 0, os.ErrDeadlineExceeded
			}
			if due < 0 || left < due {
				due = left
			}
		}
		wait(due, changed, moved)
	}
}

// take copies what has arrived. s.mu is held.
func (s *stream) take(b []byte) int {
	n, now := 0, time.Now()
	for len(s.chunks) > 0 && n < len(b) && !s.chunks[0].at.After(now) {
		c := &s.chunks[0]
		m := copy(b[n:], c.bytes)
		n += m
		if c.bytes = c.bytes[m:]; len(c.bytes) == 0 {
			s.chunks = s.chunks[1:]
		}
	}
	return n
}

// wait returns after d unless that is negative, or when one of the channels is
// closed.
func wait(d time.Duration, a, b <-chan struct{}) {
	var timer <-chan time.Time
	if d >= 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-timer:
	case <-a:
	case <-b:
	}
}

// deadline is a time that can be moved while somebody waits for it.
type deadline struct {
	mu    sync.Mutex
	at    time.Time
	moved chan struct{}
}

func (d *deadline) get() (time.Time, <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.moved == nil {
		d.moved = make(chan struct{})
	}
	return d.at, d.moved
}

func (d *deadline) set(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = at
	if d.moved != nil {
		close(d.moved)
	}
	d.moved = make(chan struct{})
}

func (e *end) Read(b []byte) (int, error) { return e.in.read(b, &e.deadline) }

func (e *end) Write(b []byte) (int, error) {
	if err := e.out.write(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close ends the other side's reading behind what is on its way, and its own at
// once.
func (e *end) Close() error {
	e.out.end()
	e.in.reset()
	return nil
}

func (e *end) LocalAddr() net.Addr                { return e.addr }
func (e *end) RemoteAddr() net.Addr               { return e.addr }
func (e *end) SetDeadline(t time.Time) error      { return e.SetReadDeadline(t) }
func (e *end) SetWriteDeadline(t time.Time) error { return nil }
func (e *end) SetReadDeadline(t time.Time) error {
	e.deadline.set(t)
	return nil
}

// listener hands the servers' ends to a server.
type listener struct {
	conns  chan net.Conn // size 64: a connection behind it is refused
	closed chan struct{}
	once   sync.Once
}

func newListener() *listener {
	return &listener{conns: make(chan net.Conn, 64), closed: make(chan struct{})}
}

func (l *listener) connect(c net.Conn) error {
	select {
	case <-l.closed:
		return errRefused
	default:
	}
	select {
	case l.conns <- c:
		return nil
	default:
		return errRefused
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2181} }
