package wire

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// ConnectRequest opens or resumes a session.
type ConnectRequest struct {
	Protocol     int32
	LastZxidSeen int64
	Timeout      int32 // milliseconds
	SessionID    int64
	Password     []byte
	HasReadOnly  bool // whether the readOnly byte is sent at all, as clients since 3.4 do
	ReadOnly     bool
}

// ConnectResponse is the answer; a refused session has SessionID 0 and Timeout 0.
type ConnectResponse struct {
	Protocol    int32
	Timeout     int32 // milliseconds
	SessionID   int64
	Password    []byte
	HasReadOnly bool
	ReadOnly    bool
}

// Frame encodes the request with the length in front.
func (r ConnectRequest) Frame() []byte {
	b := appendLong(appendInt(nil, r.Protocol), r.LastZxidSeen)
	b = appendBuffer(appendLong(appendInt(b, r.Timeout), r.SessionID), r.Password)
	if r.HasReadOnly {
		b = appendBool(b, r.ReadOnly)
	}
	return append(appendInt(nil, int32(len(b))), b...)
}

// DecodeConnectResponse reads the payload of the first frame that a server sends.
func DecodeConnectResponse(body []byte) (ConnectResponse, error) {
	c := &cursor{rest: body}
	r := ConnectResponse{Protocol: c.int(), Timeout: c.int(), SessionID: c.long(), Password: c.buffer()}
	if len(c.rest) > 0 {
		r.HasReadOnly, r.ReadOnly = true, c.bool()
	}
	if c.err == nil && len(c.rest) > 0 {
		c.err = ErrShort
	}
	return r, c.err
}

// Frame is one frame after the handshake: a reply, or an event where Xid is XidEvent.
type Frame struct {
	Xid  int32
	Zxid int64
	Err  Err
	Body []byte
	Raw  []byte // the whole payload, header included, without the length
}

// Conn is one connection. Nothing is sent or read but what its methods are asked for.
type Conn struct {
	socket net.Conn
	in     *bufio.Reader
}

// Dial connects to host:port without sending anything.
func Dial(addr string) (*Conn, error) {
	socket, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	return &Conn{socket: socket, in: bufio.NewReader(socket)}, nil
}

// Write sends bytes as they are.
func (c *Conn) Write(b []byte) (int, error) { return c.socket.Write(b) }

// Close drops the connection; the session is not closed by it.
func (c *Conn) Close() error { return c.socket.Close() }

// Handshake sends an encoded ConnectRequest and waits for the answer. A server that closes instead gives io.EOF.
func (c *Conn) Handshake(request []byte, wait time.Duration) (ConnectResponse, error) {
	if _, err := c.Write(request); err != nil {
		return ConnectResponse{}, err
	}
	body, err := c.Payload(wait)
	if err != nil {
		return ConnectResponse{}, err
	}
	return DecodeConnectResponse(body)
}

// Payload reads one length-prefixed frame, waiting at most so long for it. io.EOF: the server closed the connection.
func (c *Conn) Payload(wait time.Duration) ([]byte, error) {
	if err := c.socket.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return nil, err
	}
	n := int32(binary.BigEndian.Uint32(head[:]))
	if n < 0 || n > 64<<20 {
		return nil, fmt.Errorf("wire: a frame of %d bytes", n)
	}
	body := make([]byte, n)
	_, err := io.ReadFull(c.in, body)
	return body, err
}

// Read reads one frame after the handshake, waiting at most so long for it. io.EOF: the server closed the connection.
func (c *Conn) Read(wait time.Duration) (Frame, error) {
	raw, err := c.Payload(wait)
	if err != nil {
		return Frame{}, err
	}
	cur := &cursor{rest: raw}
	f := Frame{Xid: cur.int(), Zxid: cur.long(), Err: Err(cur.int()), Body: cur.rest, Raw: raw}
	return f, cur.err
}
