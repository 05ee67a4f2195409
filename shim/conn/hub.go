package conn

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/auth"
	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// Options of a Hub. The rooms are required, the rest has defaults.
type Options struct {
	Store     store.Store
	Replica   *replica.Replica
	Watches   *watch.Manager // made with Frame
	Committer *commit.Committer
	Sessions  *session.Manager
	Auth      *auth.Registry
	// Words answers a four-letter word; known is false if there is no such word.
	Words func(word string) (reply string, known bool)
	Log   zerolog.Logger

	// MaxFrame is the longest frame taken, in bytes (jute.maxbuffer, 0xfffff).
	MaxFrame int
	// MaxQueued is how many bytes of events and of replies to writes may wait
	// for a client that does not read, before it is cut; 16 MiB.
	MaxQueued int
	// MaxPerAddress bounds the connections from one IP address
	// (maxClientCnxns), Max all of them (maxCnxns); 0 means no bound.
	MaxPerAddress, Max int
	// HandshakeTimeout is how long a connection may take to ask for a session;
	// 10 s (zookeeper.nio.sessionlessCnxnTimeout).
	HandshakeTimeout time.Duration
	// StoreTimeout bounds how long a handshake or a sync waits for the store;
	// 10 s.
	StoreTimeout time.Duration
}

// The limits that a connection may be refused for.
var (
	errTooMany     = errors.New("conn: too many connections (maxCnxns)")
	errTooManyFrom = errors.New("conn: too many connections from this address (maxClientCnxns)")
)

// Hub holds the connections of a server.
type Hub struct {
	o     Options
	stats hubStats
	// refusals logs what hostile clients can make happen often.
	refusals zerolog.Logger
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
	line     line

	mu      sync.Mutex
	state   state
	conns   map[*Conn]struct{}
	from    map[netip.Addr]int
	flights map[znode.SessionID]*flight
}

// state says what a Hub does with connections.
type state int

const (
	serving   state = iota
	suspended       // four-letter words only
	draining        // no new ones, no new requests
	closed
)

// NewHub returns a Hub that serves.
func NewHub(o Options) *Hub {
	if o.MaxFrame <= 0 {
		o.MaxFrame = 0xfffff
	}
	if o.MaxQueued <= 0 {
		o.MaxQueued = 16 << 20
	}
	if o.HandshakeTimeout <= 0 {
		o.HandshakeTimeout = 10 * time.Second
	}
	if o.StoreTimeout <= 0 {
		o.StoreTimeout = 10 * time.Second
	}
	h := &Hub{o: o, line: newLine(), conns: map[*Conn]struct{}{}, from: map[netip.Addr]int{}, flights: map[znode.SessionID]*flight{}}
	h.refusals = o.Log.Sample(&zerolog.BurstSampler{Burst: 10, Period: 10 * time.Second})
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Serve takes over a connection, and closes it at once if a limit says so. It
// does not wait.
func (h *Hub) Serve(nc net.Conn) {
	if tcp, ok := nc.(*net.TCPConn); ok {
		// Go sets TCP_NODELAY and keepalive by itself.
		_ = tcp.SetLinger(-1)
	}
	addr, inside := address(nc)
	c := newConn(h, nc, addr)
	c.inside = inside
	if err := h.add(c); err != nil {
		h.stats.rejected.Add(1)
		h.refusals.Warn().Err(err).Stringer("client", addr).Msg("connection refused")
		c.cut(err)
		return
	}
	go func() {
		defer h.running.Done()
		c.run()
	}()
}

// address is the client's; inside is true of a client in this process, which
// counts as local.
func address(nc net.Conn) (addr netip.Addr, inside bool) {
	if a, err := netip.ParseAddrPort(nc.RemoteAddr().String()); err == nil {
		return a.Addr().Unmap(), false
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
}

// add takes c in unless a limit forbids it.
func (h *Hub) add(c *Conn) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.state == draining || h.state == closed:
		return errClosed
	case c.inside:
	case h.o.Max > 0 && len(h.conns) >= h.o.Max:
		return errTooMany
	case h.o.MaxPerAddress > 0 && h.from[c.addr] >= h.o.MaxPerAddress:
		return errTooManyFrom
	}
	h.conns[c] = struct{}{}
	h.running.Add(1)
	if !c.inside {
		h.from[c.addr]++
	}
	return nil
}

// remove forgets c.
func (h *Hub) remove(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	if c.inside {
		return
	}
	if h.from[c.addr]--; h.from[c.addr] == 0 {
		delete(h.from, c.addr)
	}
}

func (h *Hub) serving() bool  { return h.is(serving) }
func (h *Hub) draining() bool { return h.is(draining) }

func (h *Hub) is(s state) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state == s
}

// enter moves the Hub from one of some states to another, and returns the
// connections that it has then, nil if it was in none of them.
func (h *Hub) enter(to state, from ...state) []*Conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range from {
		if h.state != s {
			continue
		}
		h.state = to
		conns := make([]*Conn, 0, len(h.conns))
		for c := range h.conns {
			conns = append(conns, c)
		}
		return conns
	}
	return nil
}

// Suspend closes all connections and refuses sessions until Resume; four-letter
// words are answered.
func (h *Hub) Suspend() {
	for _, c := range h.enter(suspended, serving) {
		c.cut(errSuspended)
	}
}

// Resume ends a Suspend.
func (h *Hub) Resume() { h.enter(serving, suspended) }

// Drain refuses new connections and requests, answers those that have arrived,
// and closes the connections; sessions live on. It returns when all are closed,
// or with ctx's error when that ends.
func (h *Hub) Drain(ctx context.Context) error {
	for _, c := range h.enter(draining, serving, suspended) {
		_ = c.nc.SetReadDeadline(time.Now()) // else it is closed already
	}
	done := make(chan struct{})
	go func() {
		h.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close closes all connections as they are and waits for their goroutines.
func (h *Hub) Close() error {
	for _, c := range h.enter(closed, serving, suspended, draining) {
		c.cut(errClosed)
	}
	h.cancel()
	h.running.Wait()
	h.line.close()
	return nil
}

// Conns calls f for every connection, in no order and without locks.
func (h *Hub) Conns(f func(*Conn)) {
	h.mu.Lock()
	conns := make([]*Conn, 0, len(h.conns))
	for c := range h.conns {
		conns = append(conns, c)
	}
	h.mu.Unlock()
	for _, c := range conns {
		f(c)
	}
}

// Len returns the number of connections.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

// Stats returns what was counted.
func (h *Hub) Stats() Stats { return h.stats.get() }

// Reset sets the packets and the latencies to 0.
func (h *Hub) Reset() { h.stats.reset() }

// remote is how ZooKeeper prints a client's address.
func (c *Conn) remote() string { return "/" + c.nc.RemoteAddr().String() }

// log tells how the connection ended: what clients do every day quietly, and what
// happens to all of them too.
func (c *Conn) log() {
	event := c.o.Log.Info()
	for _, usual := range []error{
		errDone, errDrained, errSuspended, errClosed, errNotServing, io.EOF, syscall.ECONNRESET, syscall.EPIPE, os.ErrDeadlineExceeded, io.ErrClosedPipe,
	} {
		if errors.Is(c.why, usual) {
			event = c.o.Log.Debug()
		}
	}
	if id := c.SessionID(); id != 0 {
		event = event.Str("session", "0x"+strconv.FormatInt(int64(id), 16))
	}
	event.AnErr("why", c.why).Str("client", c.remote()).Msg("connection closed")
}
