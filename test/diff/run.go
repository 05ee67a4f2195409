package diff

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// SuperUser and SuperPassword are the credentials that the servers must know as their super user.
const (
	SuperUser     = "super"
	SuperPassword = "secret"
)

const replyWait = 20 * time.Second

// Transcript is what the clients of a program saw on one server, step by step, with everything replaced that may
// differ from run to run.
type Transcript []StepLog

// StepLog is what was seen in one step: the acting client's lines first, then the others' by name.
type StepLog struct {
	ID    int
	Lines []string
}

// client is one of a program's clients on one server.
type client struct {
	name     string
	conn     *wire.Conn
	sessions int
	id       int64
	password []byte
	seen     int64 // highest zxid in a reply header
	xid      int32
	watching bool
	pending  []request
}

// request is a request whose reply has not come.
type request struct {
	xid  int32
	step int
	at   int // place among the step's ops
	op   wire.Op
}

// run executes programs on one server.
type run struct {
	addr    string
	base    string
	clients map[string]*client
	names   *names
}

// Run executes the program on the server at addr, with ~ standing for base, which must be empty (the root) or the path
// of a znode that does not exist. The error is about the harness, never about what the server answered.
func Run(addr, base string, p Program) (Transcript, error) {
	r := &run{addr: addr, base: base, clients: map[string]*client{}, names: newNames()}
	defer r.close()
	if err := r.prepare(p); err != nil {
		return nil, fmt.Errorf("preparing %s on %s: %w", base, addr, err)
	}
	var t Transcript
	for _, s := range p.Steps {
		t = append(t, StepLog{ID: s.ID, Lines: r.step(s)})
	}
	return t, r.finish(p)
}

func (r *run) step(s Step) []string {
	c := r.clients[s.Client]
	if c == nil {
		c = &client{name: s.Client}
		r.clients[s.Client] = c
	}
	if s.Connect != nil {
		lines := r.connect(c, *s.Connect)
		return append(lines, r.others(c, s.ID)...)
	}
	if c.conn == nil {
		return append([]string{c.name + " is not connected"}, r.others(c, s.ID)...)
	}
	switch {
	case s.Drop:
		r.hangUp(c)
		return r.others(c, s.ID)
	case s.Await != "":
		return append([]string{r.await(c, place(r.base, s.Await))}, r.others(c, s.ID)...)
	case s.Raw != nil:
		return r.exchange(c, s.ID, s.Raw, 1)
	}
	var out []byte
	pings := 1
	for i, op := range s.Ops {
		op = placeOp(r.base, op, func(z int) int64 { return r.zxid(c, z) })
		if s.Damage != nil {
			op.Raw = s.Damage.apply(op.Body())
		}
		if op.Code == wire.Ping {
			pings++
		} else {
			c.pending = append(c.pending, request{xid: c.nextXid(op), step: s.ID, at: i, op: op})
		}
		out = append(out, op.Frame(c.xidOf(op))...)
		c.watching = c.watching || armsWatches(op)
	}
	return r.exchange(c, s.ID, out, pings)
}

func (c *client) nextXid(op wire.Op) int32 {
	c.xid++
	return c.xidOf(op)
}

func (c *client) xidOf(op wire.Op) int32 {
	if xid := op.Xid(); xid != 0 {
		return xid
	}
	return c.xid
}

// exchange sends bytes and a ping behind them, and gives what came back to this client and to the others. After a
// request that may end the connection the ping is held back until the reply is there: whether ZooKeeper answers a
// ping that it got together with a closeSession is a race.
func (r *run) exchange(c *client, step int, out []byte, pings int) []string {
	var mine []arrival
	if n := len(c.pending); n > 0 && mayEnd(c.pending[n-1].op) {
		_, _ = c.conn.Write(out) // a server that has closed the connection is seen when reading
		mine = r.collect(c, func(seen int) bool { return seen >= pings-1 && len(c.pending) == 0 })
		mine = append(mine, r.awaitEnd(c, mine)...)
		out, pings = nil, 1
	}
	if c.conn != nil {
		_, _ = c.conn.Write(append(out, ping...))
		mine = append(mine, r.collect(c, func(seen int) bool { return seen >= pings })...)
	}
	arrivals := map[*client][]arrival{c: mine}
	order := []*client{c}
	for _, other := range r.barrier(c) {
		arrivals[other] = r.collect(other, onePing)
		order = append(order, other)
	}
	return r.report(step, order, arrivals)
}

// others is exchange for steps in which the acting client sends nothing.
func (r *run) others(c *client, step int) []string {
	arrivals := map[*client][]arrival{}
	order := r.barrier(c)
	for _, other := range order {
		arrivals[other] = r.collect(other, onePing)
	}
	return r.report(step, order, arrivals)
}

// barrier pings every client but one that may have events on their way, and gives them in a fixed order.
func (r *run) barrier(but *client) (pinged []*client) {
	for _, name := range slices.Sorted(maps.Keys(r.clients)) {
		c := r.clients[name]
		if c == but || c.conn == nil || !c.watching {
			continue
		}
		_, _ = c.conn.Write(ping) // trouble is seen when reading
		pinged = append(pinged, c)
	}
	return pinged
}

func (r *run) report(step int, order []*client, arrivals map[*client][]arrival) (lines []string) {
	for _, c := range order {
		r.names.learn(step, arrivals[c])
	}
	for _, c := range order {
		lines = append(lines, r.render(c, arrivals[c])...)
	}
	return lines
}

// arrival is one frame that came in, or the end of the connection.
type arrival struct {
	frame   wire.Frame
	event   *wire.Event
	request *request // what the frame answers; nil for events
	early   bool     // it came before the reply to an earlier request
	ended   string   // why nothing more comes; "" for a frame
}

// ping is what is sent to learn what has arrived by now.
var ping = wire.Op{Code: wire.Ping}.Frame(wire.XidPing)

func onePing(seen int) bool { return seen >= 1 }

// mayEnd tells whether the server may close the connection after answering the op.
func mayEnd(op wire.Op) bool {
	switch op.Code {
	case wire.CloseSession, wire.Auth, wire.SASL:
		return true
	}
	return !op.Code.Known()
}

// collect reads what the server sends until it is enough, given the number of pings answered, or until the server has
// closed the connection.
func (r *run) collect(c *client, enough func(pings int) bool) (list []arrival) {
	for pings := 0; !enough(pings); {
		f, err := c.conn.Read(replyWait)
		if err != nil {
			ended := "connection closed by the server"
			if isTimeout(err) {
				ended = fmt.Sprintf("NO ANSWER within %v", replyWait)
			}
			r.hangUp(c)
			return append(list, arrival{ended: ended})
		}
		a := arrival{frame: f}
		switch {
		case f.Xid == wire.XidPing:
			pings++
			continue
		case f.Xid == wire.XidEvent:
			event, err := wire.DecodeEvent(f.Body)
			if err == nil {
				a.event = &event
			}
		default:
			at := slices.IndexFunc(c.pending, func(q request) bool { return q.xid == f.Xid })
			if at >= 0 {
				a.request, a.early = &c.pending[at], at > 0
				c.pending = slices.Concat(c.pending[:at], c.pending[at+1:])
			}
		}
		list = append(list, a)
	}
	return list
}

// awaitEnd waits for the server to close the connection after a reply that says that it will.
func (r *run) awaitEnd(c *client, list []arrival) []arrival {
	if len(list) == 0 || c.conn == nil {
		return nil
	}
	last := list[len(list)-1]
	if last.request == nil || last.request.op.Code != wire.CloseSession && last.frame.Err == wire.OK {
		return nil
	}
	f, err := c.conn.Read(2 * time.Second)
	switch {
	case err == nil:
		return []arrival{{frame: f}}
	case isTimeout(err):
		return nil
	}
	r.hangUp(c)
	return []arrival{{ended: "connection closed by the server"}}
}

// await polls until path is gone.
func (r *run) await(c *client, path string) string {
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		c.xid++
		if _, err := c.conn.Write(wire.Op{Code: wire.Exists, Path: path}.Frame(c.xid)); err != nil {
			break
		}
		for {
			f, err := c.conn.Read(replyWait)
			if err != nil {
				r.hangUp(c)
				return c.name + " lost the connection while waiting"
			}
			if f.Xid == c.xid {
				if f.Err == wire.NoNode {
					return c.name + " sees it gone"
				}
				break
			}
		}
	}
	return c.name + " still sees it after a minute"
}

func (r *run) hangUp(c *client) {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is lost by it: what counts has been read
	}
	c.conn, c.watching, c.pending = nil, false, nil
}

func (r *run) close() {
	for _, c := range r.clients {
		r.hangUp(c)
	}
}

// zxid turns a step's id, or one of the Zxid constants, into a zxid of this server.
func (r *run) zxid(c *client, z int) int64 {
	switch z {
	case ZxidSeen:
		return c.seen
	case ZxidZero:
		return 0
	case ZxidFuture:
		return farFuture
	}
	return r.names.upTo(z)
}

// drained reads what is left on a connection that the server should have closed.
func drained(c *wire.Conn) string {
	for range 1000 {
		if _, err := c.Read(5 * time.Second); err != nil {
			if errors.Is(err, io.EOF) || !isTimeout(err) {
				return "former connection closed"
			}
			break
		}
	}
	return "FORMER CONNECTION STILL OPEN"
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && timeout.Timeout()
}
