package load

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

// Control is a session that asks one thing at a time and waits: for what a
// scenario prepares and observes.
type Control struct {
	conn  net.Conn
	reply *bufio.Reader
	xid   int32
}

// controlTimeout is how long an answer may take, and the session's timeout.
const controlTimeout = 30 * time.Second

// Dial opens a session, trying again until ctx is done.
func Dial(ctx context.Context, address string) (*Control, error) {
	for {
		c, err := dialOnce(ctx, address)
		if err == nil {
			return c, nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, fmt.Errorf("no session with %s: %w", address, err)
		}
	}
}

func dialOnce(ctx context.Context, address string) (*Control, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c := &Control{conn: conn, reply: bufio.NewReader(conn)}
	frame, err := c.exchange(connectFrame(int32(controlTimeout.Milliseconds())), 5*time.Second)
	if err == nil {
		var id znode.SessionID
		if id, _, err = granted(frame); err == nil && id == 0 {
			err = fmt.Errorf("%s gave no session", address)
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *Control) exchange(frame []byte, limit time.Duration) ([]byte, error) {
	if err := c.conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(frame); err != nil {
		return nil, err
	}
	var header [proto.FrameHeader]byte
	if _, err := io.ReadFull(c.reply, header[:]); err != nil {
		return nil, err
	}
	reply := make([]byte, binary.BigEndian.Uint32(header[:]))
	_, err := io.ReadFull(c.reply, reply)
	return reply, err
}

// call sends a request and returns a cursor at the body of the reply.
func (c *Control) call(t *Template) (jute.Cursor, error) {
	c.xid++
	reply, err := c.exchange(t.Append(nil, c.xid, 0), controlTimeout)
	if err != nil {
		return jute.Cursor{}, err
	}
	cursor := jute.NewCursor(reply)
	var header proto.ReplyHeader
	header.Decode(&cursor)
	if header.Err != 0 {
		return cursor, fmt.Errorf("the server answers %d", header.Err)
	}
	return cursor, cursor.Err()
}

// Create creates a persistent znode.
func (c *Control) Create(path string, data []byte) error {
	if _, err := c.call(Create(path, data, znode.ModePersistent)); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	return nil
}

// Set sets a znode's data.
func (c *Control) Set(path string, data []byte) error {
	if _, err := c.call(Set(path, data)); err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	return nil
}

// Delete deletes a znode.
func (c *Control) Delete(path string) error {
	if _, err := c.call(Delete(path)); err != nil {
		return fmt.Errorf("delete %s: %w", path, err)
	}
	return nil
}

// NumChildren is how many children a znode has.
func (c *Control) NumChildren(path string) (int, error) {
	cursor, err := c.call(Exists(path))
	if err != nil {
		return 0, fmt.Errorf("exists %s: %w", path, err)
	}
	stat := proto.DecodeStat(&cursor)
	return int(stat.NumChildren), cursor.Err()
}

// Close ends the session.
func (c *Control) Close() error {
	_, err := c.call(closeSession)
	c.conn.Close()
	return err
}
