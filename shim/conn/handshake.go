package conn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/znode"
)

var (
	// errNotServing: the store is out of reach or the server drains.
	errNotServing = errors.New("conn: not serving")
	// errFuture: the client has seen a zxid that this server has not.
	errFuture = errors.New("conn: client has seen a later zxid")
)

// maxHold bounds how long a client from the future waits for this server to
// catch up.
const maxHold = 2 * time.Second

// handshake answers the connection's first frame, which asks for a session, or
// the four-letter word that came in its place.
func (c *Conn) handshake() error {
	if err := c.nc.SetReadDeadline(time.Now().Add(c.o.HandshakeTimeout)); err != nil {
		return err
	}
	frame, err := c.first()
	if err != nil {
		return err
	}
	if !c.hub.serving() {
		return errNotServing
	}
	cur := jute.NewCursor(frame)
	var r proto.ConnectRequest
	if r.Decode(&cur); cur.Err() != nil {
		return errMalformed
	}
	c.burst.start = time.Now()
	c.burst.count(proto.RequestHeader{Type: proto.OpCreateSession})
	if err := c.catchUpWith(r.LastZxidSeen, time.Duration(r.Timeout)*time.Millisecond); err != nil {
		return err
	}
	if err := c.enter(r); err != nil {
		if errors.Is(err, session.ErrExpired) {
			// It learns that, and nothing else: timeout, id and password are 0.
			c.welcome(r, proto.ConnectResponse{Password: make([]byte, len(c.session.Password))})
			return errDone
		}
		return fmt.Errorf("session not established: %w", err)
	}
	if err := c.nc.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if !c.hub.serving() {
		return errNotServing // Drain may have come before the deadline was lifted
	}
	return nil
}

// first reads until the first frame is there.
func (c *Conn) first() ([]byte, error) {
	for {
		if word, ok := c.in.word(); ok {
			if reply, known := c.o.Words(word); known {
				c.burst.received++
				c.settle()
				c.hub.stats.packets(0, 1)
				return nil, c.say(reply)
			}
		}
		frame, ok, err := c.in.next()
		if ok || err != nil {
			return frame, err
		}
		if err := c.in.fill(); err != nil {
			return nil, err
		}
	}
}

// say answers a four-letter word.
func (c *Conn) say(reply string) error {
	if c.nc.SetWriteDeadline(time.Now().Add(c.o.HandshakeTimeout)) != nil {
		return errCut
	}
	if _, err := c.nc.Write([]byte(reply)); err != nil {
		return err
	}
	return errDone
}

// catchUpWith holds a client that has seen more than this server until that has
// caught up. If it does not, the client gets no answer and tries another server,
// as it does with ZooKeeper.
func (c *Conn) catchUpWith(seen znode.Zxid, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(c.ctx, max(min(timeout/3, maxHold), 0))
	defer cancel()
	replica := c.o.Replica
	if seen <= replica.Zxid() {
		return nil
	}
	// Without other shims at work there may be nothing that the store would
	// tell by itself.
	if rev, err := c.o.Store.Sync(ctx); err != nil || replica.Wait(ctx, rev) != nil || replica.WaitZxid(ctx, seen) != nil {
		return errFuture
	}
	return nil
}

// enter opens or resumes the session and tells the client so.
func (c *Conn) enter(r proto.ConnectRequest) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.o.StoreTimeout)
	defer cancel()
	timeout := time.Duration(r.Timeout) * time.Millisecond
	var s session.Session
	var err error
	if r.SessionID == 0 {
		s, err = c.o.Sessions.Open(ctx, timeout)
	} else {
		s, err = c.o.Sessions.Resume(ctx, r.SessionID, r.Password, timeout)
	}
	if err != nil {
		return err
	}
	c.session, c.flight = s, c.hub.board(s.ID)
	c.bound.Store(&s)
	if err := c.o.Sessions.Bind(s, c); err != nil {
		return err
	}
	c.stats.enter(s)
	c.welcome(r, proto.ConnectResponse{
		Timeout: int32(s.Timeout.Milliseconds()), SessionID: s.ID, Password: s.Password[:],
	})
	return nil
}

// welcome appends the answer, with the readOnly byte if the client sent one.
func (c *Conn) welcome(r proto.ConnectRequest, answer proto.ConnectResponse) {
	answer.HasReadOnly = r.HasReadOnly
	dst, mark := proto.BeginFrame(c.out.lock())
	c.end(answer.Append(dst), mark)
}
