package load

import (
	"net/netip"
	"time"

	"github.com/hquorum/hquorum/test/bench/histogram"
)

const (
	bufferSize = 256 << 10
	dialAtOnce = 16 // connections that a loop opens at a time: two loops stay below ZooKeeper's backlog of 50
)

// counts is what a loop has seen since it was last reset.
type counts struct {
	Latency histogram.Histogram // of requests; its Count is how many were answered
	Connect histogram.Histogram // from the first packet to the session
	Failed  int                 // requests answered with an error
	Lost    int                 // sessions whose connection broke, or whose server broke the protocol
}

// loop is a goroutine that owns some of a Pool's connections.
type loop struct {
	pool      *Pool
	poller    *poller
	address   netip.AddrPort
	epoch     time.Time
	timeoutMs int32
	conns     []*conn
	undialed  []*conn
	dialing   int
	underWay  int  // requests
	held      bool // nothing new is to be sent
	timers    timers
	buffer    []byte
	counts    counts
	granted   time.Duration // the session timeout that the server gave

	inbox   chan func() // 1; the poller is woken for it
	quit    bool
	failure error
}

func (l *loop) now() time.Duration { return time.Since(l.epoch) }

// run serves the connections until quit.
func (l *loop) run() {
	for !l.quit {
		ready, err := l.poller.wait(l.timers.until(l.now()))
		if err != nil && l.failure == nil {
			l.failure = err
			l.abort()
		}
		for _, r := range ready {
			l.serve(l.conns[r.id], r)
		}
		for c := l.timers.pop(l.now()); c != nil; c = l.timers.pop(l.now()) {
			c.waiting = false
			c.fill()
		}
		select {
		case f := <-l.inbox:
			f()
		default:
		}
	}
}

func (l *loop) serve(c *conn, r ready) {
	if r.out {
		if c.state == dialing {
			c.state = greeting
		}
		c.flush()
	}
	if r.in {
		c.readable()
		c.fill()
	}
}

// dial opens connections as far as they may be opened at once.
func (l *loop) dial() {
	for len(l.undialed) > 0 && l.dialing < dialAtOnce {
		c := l.undialed[0]
		l.undialed = l.undialed[1:]
		fd, err := l.poller.dial(l.address, c.id)
		if err != nil {
			l.failure = err
			l.abort()
			return
		}
		l.dialing++
		c.fd, c.state, c.dialed = fd, dialing, l.now()
		c.out = append(c.out, connectFrame(l.timeoutMs)...)
	}
}

// connected says that a dialled connection has its session, or is lost.
func (l *loop) connected() {
	l.dialing--
	l.pool.unsettled.Add(-1)
	l.pool.nudge()
	l.dial()
}

// start gives every connection a new program.
func (l *loop) start(window int, program func(i int) Program) {
	l.timers, l.held = nil, false
	for _, c := range l.conns {
		c.program, c.waiting, c.finished = program(c.number), false, c.state == gone
		if len(c.sent) != window {
			c.sent, c.head = make([]request, window), 0
		}
		if !c.finished {
			l.pool.remaining.Add(1)
		}
	}
}

// abort hangs up on everybody.
func (l *loop) abort() {
	l.undialed = nil
	for _, c := range l.conns {
		if c.state == undialed || c.state == dialing || c.state == greeting {
			l.pool.unsettled.Add(-1)
		}
		c.finish()
		c.drop()
	}
}
