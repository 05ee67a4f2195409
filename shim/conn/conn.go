package conn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hquorum/hquorum/shim/auth"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/znode"
)

// Why the server ends a connection. What is not errDone is logged.
var (
	// errDone: the last reply has been sent, or nothing was to be said.
	errDone = errors.New("conn: done")
	// errDrained: the server drains and all that came in is answered.
	errDrained = errors.New("conn: drained")
	// errMalformed: a frame from which no request can be told.
	errMalformed = errors.New("conn: malformed frame")
	// errCut: another goroutine has closed the socket and has said why.
	errCut = errors.New("conn: cut")
	// errDeaf: too much waits to be sent.
	errDeaf = errors.New("conn: the client does not read what it is sent")
	// errClosed and errSuspended: all connections are closed.
	errClosed    = errors.New("conn: the server is closed")
	errSuspended = errors.New("conn: clients are sent away")
)

const (
	// maxOutstanding is how many writes of a connection may wait for the store
	// (ZooKeeper's globalOutstandingLimit, which is for all of them). A large
	// one counts for several: one more for each outWeight bytes.
	maxOutstanding = 1000
	outWeight      = 8 << 10
	// outBurst is how many bytes of replies the reader gathers before it sends
	// them.
	outBurst = 64 << 10
	// lingerTime is how long a connection that was answered for the last time
	// stays for the client to read that, if the client does not close it.
	lingerTime = time.Second
)

// Conn is a client's connection. It is a watch.Watcher and what a session is
// bound to.
type Conn struct {
	hub    *Hub
	o      *Options
	nc     net.Conn
	addr   netip.Addr
	inside bool // the client is in this process
	since  time.Time
	in     in
	out    *out
	flight *flight // the session's, once bound is set
	stats  stats

	ctx    context.Context // ends when the socket is closed
	cancel context.CancelFunc
	ending sync.Once
	why    error // why it ended, once ctx has

	identity atomic.Pointer[auth.Identity]
	bound    atomic.Pointer[session.Session] // set by the handshake

	waits atomic.Bool // it is, or is about to be, in Hub.line
	next  *Conn       // in the line

	// The rest belongs to the reader.
	session session.Session
	burst   burst
	pending int                 // bytes appended since the last flush
	frame   []byte              // the request that reads starts with
	reads   func(*replica.View) // readBurst, bound once
}

func newConn(h *Hub, nc net.Conn, addr netip.Addr) *Conn {
	c := &Conn{
		hub: h, o: &h.o, nc: nc, addr: addr, since: time.Now(),
		in: in{r: nc, limit: h.o.MaxFrame}, out: newOut(nc, h.o.MaxQueued),
	}
	c.reads = c.readBurst
	c.stats.reset()
	c.ctx, c.cancel = context.WithCancel(h.ctx)
	identity := h.o.Auth.Connect(addr)
	c.identity.Store(&identity)
	return c
}

// run serves the connection until it ends. It is the reader's goroutine.
func (c *Conn) run() {
	err := c.serve()
	if errors.Is(err, errDone) || errors.Is(err, errDrained) {
		c.linger()
	}
	c.cut(err)
	c.settle()
	c.o.Watches.RemoveAll(c)
	c.log()
	c.hub.remove(c)
	if s := c.bound.Load(); s != nil {
		c.o.Sessions.Unbind(s.ID, c)
		c.hub.leave(s.ID, c.flight)
	}
}

func (c *Conn) serve() error {
	if err := c.handshake(); err != nil {
		return err
	}
	for {
		frame, ok, err := c.in.next()
		if err != nil {
			return err
		}
		if !ok {
			if err := c.more(); err != nil {
				return err
			}
			continue
		}
		if err := c.handle(frame); err != nil {
			return err
		}
		if c.pending >= outBurst {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
}

// more sends what the burst has brought about, which is counted before the client
// can see it, and reads on.
func (c *Conn) more() error {
	c.settle()
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.in.fill(); err != nil {
		switch {
		case c.ctx.Err() != nil:
			return errCut
		case errors.Is(err, os.ErrDeadlineExceeded) && c.hub.draining():
			return c.drain()
		}
		return err
	}
	c.burst.start = time.Now()
	c.o.Sessions.Touch(c.session.ID)
	return nil
}

// drain lets the writes in flight be answered.
func (c *Conn) drain() error {
	if err := c.quiet(); err != nil {
		return err
	}
	if err := c.out.flush(); err != nil {
		return err
	}
	return errDrained
}

func (c *Conn) flush() error {
	if c.pending == 0 {
		return nil
	}
	c.pending = 0
	return c.out.flush()
}

// cut closes the socket at once, whatever is not sent yet. It never blocks and
// may be called by anybody; the first call tells why.
func (c *Conn) cut(why error) {
	c.ending.Do(func() {
		c.why = why
		c.cancel()
		c.out.close()
		c.nc.Close()
	})
}

// linger sends what is left and gives the client time to read it: closing with
// unread input would make the network drop it.
func (c *Conn) linger() {
	if c.out.flush() != nil {
		return
	}
	half, ok := c.nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	if c.nc.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	scratch := make([]byte, 1<<10)
	for range 64 {
		if _, err := c.nc.Read(scratch); err != nil {
			return
		}
	}
}

// Kick implements session.Conn: the session is no longer this connection's.
func (c *Conn) Kick(reason error) { c.cut(reason) }

// Busy implements session.Conn.
func (c *Conn) Busy() bool { return c.queued() > 0 || c.stats.untold() }

func (c *Conn) queued() int {
	if c.bound.Load() == nil {
		return 0
	}
	return c.flight.count()
}

// SessionID implements watch.Watcher.
func (c *Conn) SessionID() znode.SessionID {
	if s := c.bound.Load(); s != nil {
		return s.ID
	}
	return 0
}

// Allowed implements watch.Watcher: it says whether the client may see an event
// of a znode with that ACL.
func (c *Conn) Allowed(acl []znode.ACL) bool { return c.allow(acl, znode.Read) }

func (c *Conn) allow(acl []znode.ACL, perms znode.Perms) bool {
	if len(acl) == 1 && &acl[0] == &znode.OpenACL[0] {
		return true // what nearly every znode has
	}
	return c.identity.Load().Allow(acl, perms)
}
