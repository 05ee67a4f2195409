package sim

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/hquorum/hquorum/test/sim/judge"
	"github.com/hquorum/hquorum/test/wire"
)

// client behaves as ZooKeeper's own: it keeps one session, pings, goes to
// another server when it loses one, and registers its watches again there.
type client struct {
	w       *world
	name    string
	auth    string // "user:password" that it shows, or ""
	digest  string // the id that this proves
	timeout time.Duration

	mu       sync.Mutex
	rng      *rand.Rand
	session  int64
	password []byte
	zxid     int64
	frozen   bool // the process stands still
	leaving  bool // closeSession was sent
	away     bool // the client does not want to be connected
	conn     *connection
	watches  watches
	versions map[string]int32 // as last seen
}

// connection is the client's end of a link.
type connection struct {
	link  *link
	log   *judge.Conn
	xid   int32
	waits []sent // for a reply
	heard time.Time
	ready bool // established, and the first requests are sent
}

type sent struct {
	xid int32
	op  wire.Op
}

// run keeps the client connected until ctx ends.
func (c *client) run(ctx context.Context) {
	sleep(ctx, latency(c.rng, 10*time.Millisecond))
	for ctx.Err() == nil {
		c.mu.Lock()
		pause, away := latency(c.rng, 200*time.Millisecond), c.away
		c.mu.Unlock()
		if !away {
			c.connect(ctx)
		}
		sleep(ctx, pause)
	}
}

// connect opens a connection and serves it until it ends.
func (c *client) connect(ctx context.Context) {
	c.mu.Lock()
	s := c.w.servers[c.rng.IntN(len(c.w.servers))]
	l := newLink(c.rng, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1024 + c.rng.IntN(60000)})
	name, err := s.connect(l)
	if err != nil {
		c.mu.Unlock()
		return
	}
	conn := &connection{link: l, heard: time.Now(), log: &judge.Conn{Client: c.name, Server: name, Digest: c.digest}}
	ask := wire.ConnectRequest{
		LastZxidSeen: c.zxid, Timeout: int32(c.timeout.Milliseconds()), SessionID: c.session, Password: c.password, HasReadOnly: true,
	}
	if ask.Password == nil {
		ask.Password = make([]byte, 16)
	}
	c.w.rec.open(conn.log)
	c.w.rec.add(conn.log, judge.Entry{Kind: judge.Asked, Session: c.session, Zxid: c.zxid})
	_, _ = l.client.Write(ask.Frame())
	c.conn = conn
	c.mu.Unlock()

	reader, cancel := context.WithCancel(ctx)
	var pinging sync.WaitGroup
	pinging.Go(func() { c.ping(reader, conn) })
	err = c.read(conn)
	cancel()
	pinging.Wait()

	c.mu.Lock()
	defer c.mu.Unlock()
	c.w.rec.add(conn.log, judge.Entry{Kind: judge.Ended, Text: err.Error()})
	l.cut()
	if c.conn == conn {
		c.conn = nil
	}
}

// read handles what the server sends until the connection ends.
func (c *client) read(conn *connection) error {
	body, err := frame(&conn.link.client)
	if err != nil {
		return err
	}
	welcome, err := wire.DecodeConnectResponse(body)
	if err != nil {
		return err
	}
	if err := c.welcome(conn, welcome); err != nil {
		return err
	}
	for {
		raw, err := frame(&conn.link.client)
		if err != nil {
			return err
		}
		if len(raw) < 16 {
			return io.ErrUnexpectedEOF
		}
		for _, f := range c.w.meddle(wire.Frame{
			Xid: int32(binary.BigEndian.Uint32(raw)), Zxid: int64(binary.BigEndian.Uint64(raw[4:])),
			Err: wire.Err(binary.BigEndian.Uint32(raw[12:])), Body: raw[16:],
		}) {
			c.got(conn, f)
		}
	}
}

func frame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[:]))
	_, err := io.ReadFull(r, body)
	return body, err
}

// welcome takes the server's answer to a ConnectRequest.
func (c *client) welcome(conn *connection, r wire.ConnectResponse) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	conn.heard = time.Now()
	if r.SessionID == 0 {
		c.w.rec.add(conn.log, judge.Entry{Kind: judge.Welcomed, Text: "expired"})
		c.forget()
		return fmt.Errorf("session expired")
	}
	c.session, c.password = r.SessionID, r.Password
	conn.log.Session, conn.log.Timeout = r.SessionID, time.Duration(r.Timeout)*time.Millisecond
	c.w.rec.add(conn.log, judge.Entry{Kind: judge.Welcomed, Session: r.SessionID})
	if c.auth != "" {
		c.send(conn, wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte(c.auth)})
	}
	if op, any := c.watches.rearm(c.zxid); any {
		c.send(conn, op)
	}
	conn.ready = true
	return nil
}

// forget begins anew, without a session. c.mu is held.
func (c *client) forget() {
	c.session, c.password, c.zxid, c.leaving = 0, nil, 0, false
	c.watches = newWatches()
}

// send sends a request. c.mu is held.
func (c *client) send(conn *connection, op wire.Op) {
	xid := op.Xid()
	if xid == 0 {
		conn.xid++
		xid = conn.xid
	}
	conn.waits = append(conn.waits, sent{xid, op})
	c.w.rec.add(conn.log, judge.Entry{Kind: judge.Sent, Xid: xid, Op: op})
	_, _ = conn.link.client.Write(op.Frame(xid)) // the reader sees that it has ended
}

// got takes a frame.
func (c *client) got(conn *connection, f wire.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.w.rec.add(conn.log, judge.Entry{Kind: judge.Got, Frame: f})
	conn.heard = time.Now()
	if f.Zxid > 0 {
		c.zxid = f.Zxid
	}
	if f.Xid == wire.XidEvent {
		if e, err := wire.DecodeEvent(f.Body); err == nil {
			c.watches.fired(e)
		}
		return
	}
	if len(conn.waits) == 0 {
		return // the judge will say so
	}
	s := conn.waits[0]
	conn.waits = conn.waits[1:]
	c.watches.answered(s.op, f.Err)
	if r, err := wire.DecodeReply(s.op.Code, f.Body); err == nil && f.Err == wire.OK && r.Stat != nil {
		c.versions[s.op.Path] = r.Stat.Version
	}
	if s.op.Code == wire.CloseSession && f.Err == wire.OK {
		c.forget()
	}
}

// ping keeps the session alive, and gives up a server that is silent.
func (c *client) ping(ctx context.Context, conn *connection) {
	for {
		c.mu.Lock()
		pause := c.timeout/3 - latency(c.rng, 50*time.Millisecond)
		c.mu.Unlock()
		sleep(ctx, pause)
		if ctx.Err() != nil {
			return
		}
		c.mu.Lock()
		switch {
		case c.frozen:
		case time.Since(conn.heard) > c.timeout*2/3:
			conn.link.cut()
		case conn.ready && !c.leaving:
			c.send(conn, wire.Op{Code: wire.Ping})
		}
		c.mu.Unlock()
	}
}

// ask sends requests at once, unless the client cannot.
func (c *client) ask(ops ...wire.Op) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil || !c.conn.ready || c.frozen || c.leaving {
		return false
	}
	for _, op := range ops {
		c.leaving = c.leaving || op.Code == wire.CloseSession
		c.send(c.conn, op)
	}
	return true
}

// drop cuts the client's connection.
func (c *client) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.link.cut()
	}
}

// abandon makes the client another one: its session is left to expire.
func (c *client) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.link.cut()
	}
	c.forget()
}

func (c *client) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// idle reports whether the client is connected and has all its answers.
func (c *client) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn != nil && c.conn.ready && len(c.conn.waits) == 0
}
