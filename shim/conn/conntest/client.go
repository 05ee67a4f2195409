package conntest

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

// Patience is how long a Client waits for what must come.
const Patience = 20 * time.Second

// backlog is how many frames a Client holds that the test has not asked for.
const backlog = 1 << 16

// Frame is what a server sent after the handshake.
type Frame struct {
	proto.ReplyHeader
	Body []byte
}

// Client is one connection.
type Client struct {
	tb     testing.TB
	nc     net.Conn
	frames chan []byte   // closed when the connection ends; backlog
	gate   chan struct{} // holds a token unless stalled; 1
	xid    proto.Xid
	// Session is what the handshake answered.
	Session proto.ConnectResponse
}

// New returns a client on nc, which is closed when the test ends.
func New(tb testing.TB, nc net.Conn) *Client {
	c := &Client{tb: tb, nc: nc, frames: make(chan []byte, backlog), gate: make(chan struct{}, 1)}
	c.gate <- struct{}{}
	go c.read()
	tb.Cleanup(c.Close)
	return c
}

func (c *Client) read() {
	defer close(c.frames)
	for {
		c.gate <- <-c.gate
		frame, err := proto.ReadFrame(c.nc, 1<<30)
		if err != nil {
			return
		}
		c.frames <- frame
	}
}

// Stall keeps the client from reading, but for one frame that it may be reading
// already, until the returned function is called.
func (c *Client) Stall() (resume func()) {
	token := <-c.gate
	return func() { c.gate <- token }
}

// Close drops the connection; the session lives on.
func (c *Client) Close() { _ = c.nc.Close() }

// Write sends bytes as they are. That the server has closed the connection is no
// failure here.
func (c *Client) Write(b []byte) { _, _ = c.nc.Write(b) }

// Handshake sends r and returns the answer, false if the server closed instead.
func (c *Client) Handshake(r proto.ConnectRequest) (proto.ConnectResponse, bool) {
	c.tb.Helper()
	dst, mark := proto.BeginFrame(nil)
	c.Write(proto.EndFrame(r.Append(dst), mark))
	frame, ok := c.next()
	if !ok {
		return proto.ConnectResponse{}, false
	}
	cur := jute.NewCursor(frame)
	c.Session = proto.ConnectResponse{}
	if c.Session.Decode(&cur); !cur.Done() {
		c.tb.Fatalf("connect response % x: %v", frame, cur.Err())
	}
	return c.Session, true
}

// Open opens a session with a timeout.
func (c *Client) Open(timeout time.Duration) proto.ConnectResponse {
	c.tb.Helper()
	s, ok := c.Handshake(proto.ConnectRequest{
		Timeout: int32(timeout.Milliseconds()), Password: make([]byte, 16), HasReadOnly: true,
	})
	if !ok || s.SessionID == 0 {
		c.tb.Fatalf("no session: %+v", s)
	}
	return s
}

// Request encodes a request; a nil body means none.
func Request(xid proto.Xid, op proto.OpCode, body func([]byte) []byte) []byte {
	dst, mark := proto.BeginFrame(nil)
	dst = proto.RequestHeader{Xid: xid, Type: op}.Append(dst)
	if body != nil {
		dst = body(dst)
	}
	return proto.EndFrame(dst, mark)
}

// Send sends a request and returns its xid.
func (c *Client) Send(op proto.OpCode, body func([]byte) []byte) proto.Xid {
	c.xid++
	c.Write(Request(c.xid, op, body))
	return c.xid
}

// Call sends a request and returns its reply, which must be the next frame.
func (c *Client) Call(op proto.OpCode, body func([]byte) []byte) Frame {
	c.tb.Helper()
	xid := c.Send(op, body)
	f := c.Recv()
	if f.Xid != xid {
		c.tb.Fatalf("%v: the reply has xid %d instead of %d: %+v", op, f.Xid, xid, f)
	}
	return f
}

// Must calls and decodes the reply, which must be no error.
func (c *Client) Must(op proto.OpCode, body func([]byte) []byte, reply interface{ Decode(*jute.Cursor) }) Frame {
	c.tb.Helper()
	f := c.Call(op, body)
	if f.Err != proto.OK {
		c.tb.Fatalf("%v: %v", op, f.Err)
	}
	f.Decode(c.tb, reply)
	return f
}

// Decode decodes the whole body; a nil reply means that there must be none.
func (f Frame) Decode(tb testing.TB, reply interface{ Decode(*jute.Cursor) }) {
	tb.Helper()
	cur := jute.NewCursor(f.Body)
	if reply != nil {
		reply.Decode(&cur)
	}
	if !cur.Done() {
		tb.Fatalf("body % x: %v, %d bytes left", f.Body, cur.Err(), len(cur.Rest()))
	}
}

// Recv returns the next frame.
func (c *Client) Recv() Frame {
	c.tb.Helper()
	raw, ok := c.next()
	if !ok {
		c.tb.Fatal("the server closed the connection")
	}
	var f Frame
	cur := jute.NewCursor(raw)
	if f.ReplyHeader.Decode(&cur); cur.Err() != nil {
		c.tb.Fatalf("reply % x: %v", raw, cur.Err())
	}
	f.Body = cur.Rest()
	return f
}

func (c *Client) next() ([]byte, bool) {
	c.tb.Helper()
	timer := time.NewTimer(Patience)
	defer timer.Stop()
	select {
	case f, ok := <-c.frames:
		return f, ok
	case <-timer.C:
		c.tb.Fatal("nothing came")
		return nil, false
	}
}

// Event returns the next frame, which must be an event.
func (c *Client) Event() (proto.WatcherEvent, znode.Zxid) {
	c.tb.Helper()
	f := c.Recv()
	var e proto.WatcherEvent
	f.Decode(c.tb, &e)
	if f.Xid != proto.XidWatcherEvent || f.Err != proto.OK || e.State != proto.StateSyncConnected {
		c.tb.Fatalf("no event: %+v %+v", f, e)
	}
	return e, f.Zxid
}

// Closed fails unless the server closes the connection without another frame.
func (c *Client) Closed() {
	c.tb.Helper()
	if f, ok := c.next(); ok {
		c.tb.Fatalf("a frame instead of the end: % x", f)
	}
}

// More takes the next frame, whatever it is, and returns false if there is none
// because the server has closed the connection.
func (c *Client) More() bool {
	c.tb.Helper()
	_, ok := c.next()
	return ok
}

// Text returns all bytes until the server closes the connection, which no frame
// may have been asked of.
func Text(tb testing.TB, nc net.Conn, sent string) string {
	tb.Helper()
	defer nc.Close()
	if _, err := io.WriteString(nc, sent); err != nil {
		tb.Fatal(err)
	}
	if err := nc.SetReadDeadline(time.Now().Add(Patience)); err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(nc)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// Length returns a frame's length alone.
func Length(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
