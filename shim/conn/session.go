package conn

import (
	"context"
	"errors"
	"fmt"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
)

// addAuth adds credentials to the client's identity, for the requests that
// follow. As in ZooKeeper its answer has zxid 0 and does not wait for the writes
// before it, a refusal closes the connection, and so does a malformed packet.
func (c *Conn) addAuth(h proto.RequestHeader, body []byte) error {
	cur := jute.NewCursor(body)
	var r proto.AuthPacket
	if r.Decode(&cur); cur.Err() != nil {
		return errMalformed
	}
	identity, err := c.o.Auth.Add(*c.identity.Load(), r.Scheme, r.Auth)
	if err != nil {
		c.hub.stats.refused.Add(1)
		c.hub.refusals.Warn().Err(err).Str("scheme", r.Scheme).Stringer("client", c.addr).Msg("credentials refused")
		c.reply(h.Xid, 0, proto.AuthFailed, nil)
		return errDone
	}
	c.identity.Store(&identity)
	c.reply(h.Xid, 0, proto.OK, nil)
	return nil
}

// sync answers when this server shows everything that had been committed
// anywhere when it was asked. Other connections do not wait.
func (c *Conn) sync(h proto.RequestHeader, body []byte) error {
	if err := c.quiet(); err != nil {
		return err
	}
	cur := jute.NewCursor(body)
	null := cur.Null()
	var r proto.SyncRequest
	if r.Decode(&cur); cur.Err() != nil {
		return c.fail(h, proto.MarshallingError)
	}
	answer := proto.SyncResponse(r).Append
	if null { // it comes back as such
		answer = func(dst []byte) []byte { return jute.AppendBuffer(dst, nil) }
	}
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.catchUp(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	c.o.Replica.View(func(v *replica.View) { c.reply(h.Xid, v.Zxid(), proto.OK, answer) })
	return nil
}

func (c *Conn) catchUp() error {
	c.flight.add(1) // the client waits for the store
	defer c.flight.done(1)
	ctx, cancel := context.WithTimeout(c.ctx, c.o.StoreTimeout)
	defer cancel()
	rev, err := c.o.Store.Sync(ctx)
	if err != nil {
		return err
	}
	return c.o.Replica.Wait(ctx, rev)
}

// closeSession ends the session. The reply comes when its ephemeral znodes are
// gone, then the connection is closed; what the client sent behind is dropped.
func (c *Conn) closeSession(h proto.RequestHeader) error {
	if err := c.launch(1); err != nil {
		return err
	}
	start := c.burst.start
	err := c.o.Sessions.End(c.ctx, c.session, func(out commit.Outcome) {
		if !errors.Is(out.Result.Err, tree.ErrSessionMoved) {
			out.Result.Err = nil // that it has expired is as good
		}
		c.answer(h, &out, start)
		c.flight.done(1)
	})
	if err != nil {
		c.flight.done(1)
		return err
	}
	if err := c.quiet(); err != nil {
		return err
	}
	return errDone
}
