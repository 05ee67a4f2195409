package load

import (
	"encoding/binary"
	"time"

	"github.com/hquorum/hquorum/shim/proto"
)

const (
	replyHeader = 16  // xid, zxid, error code
	wholeBody   = 512 // a frame of up to so many bytes is shown to the Program as a whole
)

type state uint8

const (
	undialed state = iota
	dialing
	greeting // the server's first frame is still to come
	serving
	closing // closeSession is sent
	gone
)

// conn is one session and its connection. Only its loop touches it.
type conn struct {
	loop    *loop
	id      int32 // within the loop
	number  int   // within the Pool
	fd      int
	state   state
	program Program
	dialed  time.Duration

	out  []byte // not yet taken by the socket
	left []byte // the start of a frame whose end has not come
	skip int    // bytes to come of a long frame whose start was seen

	xid      int32
	sent     []request // ring of what is under way, oldest at head
	head     int
	underWay int
	waiting  bool // the loop's timers have it
	finished bool // its program said Done, or the session is lost
}

type request struct {
	xid int32
	at  time.Duration
}

// readable takes what the socket has. The loop's buffer is used for all
// connections; only the start of an incomplete frame is kept.
func (c *conn) readable() {
	buffer := c.loop.buffer
	for c.state == greeting || c.state == serving || c.state == closing {
		kept := copy(buffer, c.left)
		n, ok := receive(c.fd, buffer[kept:])
		if !ok {
			c.lose()
			return
		}
		if n == 0 {
			return
		}
		c.left = c.left[:0]
		if c.state == closing {
			continue // until the server hangs up
		}
		if !c.take(buffer[:kept+n]) {
			c.lose()
			return
		}
		if kept+n < len(buffer) {
			return // a later arrival is another edge
		}
	}
}

// take handles the frames in b, and reports whether the server keeps to the protocol.
func (c *conn) take(b []byte) bool {
	now := c.loop.now()
	if c.skip > 0 {
		n := min(c.skip, len(b))
		if c.skip -= n; c.skip == 0 {
			c.answered(now)
		}
		b = b[n:]
	}
	for len(b) >= proto.FrameHeader {
		length := int(int32(binary.BigEndian.Uint32(b)))
		frame := b[proto.FrameHeader:]
		switch {
		case length < replyHeader:
			return false
		case len(frame) >= length:
			if !c.frame(frame[:length], now) {
				return false
			}
			b = frame[length:]
			continue
		case length > wholeBody && len(frame) >= wholeBody:
			if c.state == greeting || !c.reply(frame) {
				return false
			}
			c.skip = length - len(frame)
			return true
		}
		break
	}
	c.left = append(c.left, b...)
	return true
}

// frame handles a whole frame.
func (c *conn) frame(b []byte, now time.Duration) bool {
	if c.state == greeting {
		return c.greeted(b, now)
	}
	if int32(binary.BigEndian.Uint32(b)) == int32(proto.XidWatcherEvent) {
		c.program.Event()
		return true
	}
	if !c.reply(b) {
		return false
	}
	c.answered(now)
	return true
}

// reply shows the program the answer to the oldest request.
func (c *conn) reply(b []byte) bool {
	if c.underWay == 0 || int32(binary.BigEndian.Uint32(b)) != c.sent[c.head].xid {
		return false
	}
	code := int32(binary.BigEndian.Uint32(b[replyHeader-4:]))
	if code != 0 {
		c.loop.counts.Failed++
	}
	c.program.Reply(code, b[replyHeader:])
	return true
}

// answered takes the oldest request off the ring, its answer being complete.
func (c *conn) answered(now time.Duration) {
	c.loop.counts.Latency.Record(now - c.sent[c.head].at)
	c.head = (c.head + 1) % len(c.sent)
	c.underWay--
	c.loop.underWay--
}

func (c *conn) greeted(b []byte, now time.Duration) bool {
	id, timeout, err := granted(b)
	if err != nil || id == 0 {
		return false
	}
	c.loop.granted = time.Duration(timeout) * time.Millisecond
	c.loop.counts.Connect.Record(now - c.dialed)
	c.state = serving
	c.loop.connected()
	return true
}

// fill sends requests until the window is full or the program has none.
func (c *conn) fill() {
	if c.state != serving || c.waiting || c.finished || c.loop.held {
		return
	}
	for c.underWay < len(c.sent) {
		start := len(c.out)
		frame, wait := c.program.Next(c.out, c.xid+1)
		if wait != Now {
			c.pause(wait)
			break
		}
		c.out = frame
		c.push(start)
	}
	c.flush()
}

func (c *conn) pause(wait time.Duration) {
	switch {
	case wait == Done && c.underWay == 0: // or later, after the last answer
		c.finish()
	case wait > 0:
		c.waiting = true
		c.loop.timers.push(timer{due: c.loop.now() + wait, conn: c})
	}
}

// push notes that the frame at start of c.out is under way.
func (c *conn) push(start int) {
	c.xid++
	xid := int32(binary.BigEndian.Uint32(c.out[start+proto.FrameHeader:]))
	c.sent[(c.head+c.underWay)%len(c.sent)] = request{xid: xid, at: c.loop.now()}
	c.underWay++
	c.loop.underWay++
}

func (c *conn) flush() {
	if len(c.out) == 0 || c.state == dialing {
		return
	}
	n, ok := transmit(c.fd, c.out)
	if !ok {
		c.lose()
		return
	}
	c.out = c.out[:copy(c.out, c.out[n:])]
}

// closeSession asks the server to end the session. What is under way is no
// longer of interest, the reply to this is.
func (c *conn) closeSession() {
	if c.state != serving {
		return
	}
	c.state = closing
	c.xid++
	c.out = closeSession.Append(c.out, c.xid, 0)
	c.flush()
}

// lose ends the connection, which is right only for one that is closing.
func (c *conn) lose() {
	if c.state == gone {
		return
	}
	if c.state != closing {
		c.loop.counts.Lost++
		c.finish()
	}
	if c.state == dialing || c.state == greeting {
		c.loop.connected() // somebody else's turn
	}
	c.drop()
}

// drop ends the connection without a word.
func (c *conn) drop() {
	if c.state != gone {
		if c.state != undialed {
			hangUp(c.fd)
		}
		c.state = gone
		c.loop.underWay -= c.underWay
		c.loop.pool.open.Add(-1)
		c.loop.pool.nudge()
	}
}

func (c *conn) finish() {
	if !c.finished {
		c.finished = true
		c.loop.pool.remaining.Add(-1)
		c.loop.pool.nudge()
	}
}
