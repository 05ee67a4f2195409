package diff

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// connect opens a connection for the client and gives the lines that tell how it went.
func (r *run) connect(c *client, how Connect) []string {
	former := c.conn
	if c.id == 0 && (how.Session == Resume || how.Session == WrongPassword) {
		return []string{c.name + " has no session to resume"}
	}
	conn, err := wire.Dial(r.addr)
	if err != nil {
		return []string{c.name + " cannot connect"}
	}
	req := wire.ConnectRequest{
		Protocol: how.Protocol, LastZxidSeen: r.zxid(c, how.Zxid), Timeout: how.Timeout, Password: make([]byte, 16),
		HasReadOnly: !how.NoReadOnly, ReadOnly: how.ReadOnly,
	}
	switch how.Session {
	case NewSession:
	case Resume:
		req.SessionID, req.Password = c.id, c.password
	case WrongPassword:
		req.SessionID, req.Password = c.id, slices.Repeat([]byte{0x5a}, 16)
	case UnknownID:
		req.SessionID = 0x0123456789abcdef
	}
	frame := req.Frame()
	if how.Bytes != nil {
		frame = how.Bytes
	}
	resp, err := conn.Handshake(frame, replyWait)
	for range 2 { // see NOTES.md, "Asked again"
		if how.Session != UnknownID || err == nil || isTimeout(err) {
			break
		}
		_ = conn.Close()
		if conn, err = wire.Dial(r.addr); err != nil {
			return []string{c.name + " cannot connect"}
		}
		resp, err = conn.Handshake(frame, replyWait)
	}
	lines := []string{c.name + ": " + r.welcome(c, how, resp, err)}
	if former != nil {
		switch {
		case how.Session == Resume, how.Session == WrongPassword:
			lines = append(lines, c.name+": "+drained(former))
			_ = former.Close()
		default:
			_ = former.Close()
		}
	}
	c.conn, c.watching, c.pending, c.xid = nil, false, nil, 0
	if err == nil && resp.SessionID != 0 {
		c.conn = conn
		return lines
	}
	if err == nil {
		lines = append(lines, c.name+": "+drained(conn))
	}
	_ = conn.Close()
	return lines
}

// welcome renders the answer to a handshake and remembers the session.
func (r *run) welcome(c *client, how Connect, resp wire.ConnectResponse, err error) string {
	switch {
	case isTimeout(err):
		return fmt.Sprintf("NO ANSWER within %v", replyWait)
	case err != nil && errors.Is(err, wire.ErrShort):
		return "connect response cut short"
	case err != nil:
		return "refused: connection closed without an answer"
	}
	text := fmt.Sprintf("protocol=%d timeout=%d password=%d bytes", resp.Protocol, resp.Timeout, len(resp.Password))
	if resp.HasReadOnly {
		text += fmt.Sprintf(" readOnly=%v", resp.ReadOnly)
	}
	switch {
	case resp.SessionID == 0:
		return "session expired " + text + fmt.Sprintf(" zeros=%v", bytes.Equal(resp.Password, make([]byte, 16)))
	case how.Session == NewSession:
		c.sessions++
		name := fmt.Sprintf("%s#%d", c.name, c.sessions)
		if old := r.names.sessions[resp.SessionID]; old != "" {
			name = "ALREADY THE SESSION OF " + old
		}
		r.names.sessions[resp.SessionID] = name
		c.id, c.password, c.seen = resp.SessionID, resp.Password, 0
		return "new session " + text
	case resp.SessionID == c.id:
		text = "same session " + text + fmt.Sprintf(" same password=%v", bytes.Equal(resp.Password, c.password))
		c.password = resp.Password
		return text
	}
	return "ANOTHER SESSION " + text
}

// keeper is the super user's connection, with which a program's place is prepared and put in order again.
type keeper struct {
	conn *wire.Conn
	xid  int32
}

func newKeeper(addr string) (*keeper, error) {
	conn, err := wire.Dial(addr)
	if err != nil {
		return nil, err
	}
	k := &keeper{conn: conn}
	if _, err := conn.Handshake(wire.ConnectRequest{Timeout: 30000, Password: make([]byte, 16), HasReadOnly: true}.Frame(), replyWait); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if _, err := k.ask(wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte(SuperUser + ":" + SuperPassword)}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return k, nil
}

// ask sends one request and waits for its reply.
func (k *keeper) ask(op wire.Op) (wire.Frame, error) {
	k.xid++
	xid := k.xid
	if special := op.Xid(); special != 0 {
		xid = special
	}
	if _, err := k.conn.Write(op.Frame(xid)); err != nil {
		return wire.Frame{}, err
	}
	for {
		f, err := k.conn.Read(replyWait)
		if err != nil || f.Xid == xid {
			return f, err
		}
	}
}

func (k *keeper) must(op wire.Op) (wire.Reply, wire.Frame, error) {
	f, err := k.ask(op)
	if err == nil && f.Err != wire.OK {
		err = fmt.Errorf("%s: %s", describe(op), f.Err)
	}
	if err != nil {
		return wire.Reply{}, f, err
	}
	reply, err := wire.DecodeReply(op.Code, f.Body)
	return reply, f, err
}

func (k *keeper) close() error {
	_, err := k.ask(wire.Op{Code: wire.CloseSession})
	return errors.Join(err, k.conn.Close())
}

// open lets everybody do everything.
var open = []wire.ACL{{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}}

// prepare makes the program's place: a znode of its own, or a root as it was at the server's birth.
func (r *run) prepare(p Program) error {
	k, err := newKeeper(r.addr)
	if err != nil {
		return err
	}
	r.names.base, r.names.started = r.base, time.Now()
	if !p.Root {
		reply, f, err := k.must(wire.Op{Code: wire.Create2, Path: r.base, Data: []byte{}, ACL: open})
		if err != nil {
			return errors.Join(err, k.conn.Close())
		}
		r.names.old, r.names.zxids[f.Zxid] = f.Zxid-1, "base"
		r.names.order = append(r.names.order, named{zxid: f.Zxid, step: -1})
		_ = reply
		return k.close()
	}
	if err := k.tidy(); err != nil {
		return errors.Join(err, k.conn.Close())
	}
	for _, path := range builtIn {
		reply, f, err := k.must(wire.Op{Code: wire.Exists, Path: path})
		if err != nil {
			return errors.Join(err, k.conn.Close())
		}
		r.names.births[path] = *reply.Stat
		r.names.old = f.Zxid
	}
	r.names.births[""] = r.names.births["/"] // another name of the root
	return k.close()
}

// finish ends the program's sessions and, where it had the whole server, puts that in order.
func (r *run) finish(p Program) error {
	for _, c := range r.clients {
		if c.conn != nil {
			_, _ = c.conn.Write(wire.Op{Code: wire.CloseSession}.Frame(c.xid + 1)) // as good as it gets: it would expire too
			_ = drained(c.conn)
		}
		r.hangUp(c)
	}
	if !p.Root {
		return nil
	}
	k, err := newKeeper(r.addr)
	if err != nil {
		return err
	}
	return errors.Join(k.tidy(), k.close())
}

// builtIn are the znodes that a server is born with.
var builtIn = []string{"/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"}

// tidy deletes every znode that is not built in, and makes the built-in ones open and, but for config, empty.
func (k *keeper) tidy() error {
	for _, path := range builtIn {
		if err := k.deleteBelow(path); err != nil {
			return err
		}
		if _, _, err := k.must(wire.Op{Code: wire.SetACL, Path: path, ACL: open, Version: -1}); err != nil {
			return err
		}
		if path == "/zookeeper/config" {
			continue
		}
		if _, _, err := k.must(wire.Op{Code: wire.SetData, Path: path, Data: []byte{}, Version: -1}); err != nil {
			return err
		}
	}
	return nil
}

func (k *keeper) deleteBelow(path string) error {
	reply, _, err := k.must(wire.Op{Code: wire.GetChildren, Path: path})
	if err != nil {
		return err
	}
	for _, name := range reply.Children {
		child := strings.TrimSuffix(path, "/") + "/" + name
		if slices.Contains(builtIn, child) {
			continue
		}
		if err := k.deleteBelow(child); err != nil {
			return err
		}
		f, err := k.ask(wire.Op{Code: wire.Delete, Path: child, Version: -1})
		if err != nil {
			return err
		}
		if f.Err != wire.OK && f.Err != wire.NoNode {
			return fmt.Errorf("delete %q: %s", child, f.Err)
		}
	}
	return nil
}
