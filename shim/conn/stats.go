package conn

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/znode"
)

// Latency sums up how long requests took, from their arrival to their reply.
type Latency struct {
	Count         int64
	Sum, Min, Max time.Duration
}

// Avg returns the mean, 0 without any.
func (l Latency) Avg() time.Duration {
	if l.Count == 0 {
		return 0
	}
	return l.Sum / time.Duration(l.Count)
}

// each is the Latency of n requests that took d each.
func each(n int64, d time.Duration) Latency {
	d = max(d, 0)
	return Latency{Count: n, Sum: time.Duration(n) * d, Min: d, Max: d}
}

func (l *Latency) merge(o Latency) {
	if o.Count == 0 {
		return
	}
	if l.Count == 0 || o.Min < l.Min {
		l.Min = o.Min
	}
	l.Max = max(l.Max, o.Max)
	l.Count += o.Count
	l.Sum += o.Sum
}

// Stats counts what the connections of a Hub did since it was made, or since
// Reset.
type Stats struct {
	Received, Sent int64 // packets
	Reads, Writes  Latency
	AuthFailed     int64
	Rejected       int64 // connections, for a limit
}

// All returns the latency of reads and writes together.
func (s Stats) All() Latency {
	l := s.Reads
	l.merge(s.Writes)
	return l
}

// hubStats is a Hub's Stats under way.
type hubStats struct {
	received, sent, refused, rejected atomic.Int64

	mu            sync.Mutex
	reads, writes Latency
}

func (s *hubStats) packets(received, sent int64) {
	s.received.Add(received)
	s.sent.Add(sent)
}

func (s *hubStats) read(l Latency) {
	s.mu.Lock()
	s.reads.merge(l)
	s.mu.Unlock()
}

func (s *hubStats) write(l Latency) {
	s.mu.Lock()
	s.writes.merge(l)
	s.mu.Unlock()
}

func (s *hubStats) get() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Stats{
		Received: s.received.Load(), Sent: s.sent.Load(), Reads: s.reads, Writes: s.writes,
		AuthFailed: s.refused.Load(), Rejected: s.rejected.Load(),
	}
}

func (s *hubStats) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received.Store(0)
	s.sent.Store(0)
	s.reads, s.writes = Latency{}, Latency{}
}

// Info describes a connection, as cons does.
type Info struct {
	Remote string
	// Session is 0 before the handshake, and all below is not set.
	Session        znode.SessionID
	Timeout        time.Duration
	Established    time.Time
	Queued         int // requests that wait for an answer
	Received, Sent int64
	LastOp         string // as ZooKeeper abbreviates it, "NA" for none
	LastXid        int64  // -1 for none
	LastZxid       znode.Zxid
	LastResponse   time.Time
	LastLatency    time.Duration
	Latency        Latency
}

// stats is what a connection counts.
type stats struct {
	mu       sync.Mutex
	info     Info
	received int64
	sentBase int64 // frames sent before the reset
	answers  answers
	telling  int64 // answers that tell is about to count
}

// answers sums up the writes that were answered since they were last counted.
type answers struct {
	n           int64
	first, last time.Time     // when they came, in their order
	later       time.Duration // than the first: the sum
	op          proto.OpCode
	xid         proto.Xid
	zxid        znode.Zxid
}

// latency is theirs if they end now. Who came first took longest.
func (a *answers) latency(now time.Time) Latency {
	longest := now.Sub(a.first)
	return Latency{Count: a.n, Sum: time.Duration(a.n)*longest - a.later, Min: now.Sub(a.last), Max: longest}
}

func (s *stats) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = 0
	s.info = Info{
		Session: s.info.Session, Timeout: s.info.Timeout, LastOp: "NA", LastXid: -1, LastZxid: -1,
	}
}

func (s *stats) enter(session session.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.Session, s.info.Timeout = session.ID, session.Timeout
}

// answered notes a write that came at start, for tell.
func (s *stats) answered(h proto.RequestHeader, zxid znode.Zxid, start time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &s.answers
	if a.n++; a.n == 1 {
		a.first = start
	}
	a.later += start.Sub(a.first)
	a.last, a.op, a.xid, a.zxid = start, h.Type, h.Xid, zxid
}

// untold reports whether there are answers that tell has not counted.
func (s *stats) untold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers.n+s.telling > 0
}

// last notes the last of some requests that were answered, and how long they
// took. The lock is held.
func (s *stats) last(op proto.OpCode, xid proto.Xid, zxid znode.Zxid, at time.Time, took Latency) {
	if xid >= 0 { // pings and the like are not what one looks for
		s.info.LastXid = int64(xid)
	}
	s.info.LastOp, s.info.LastZxid = abbreviation(op), zxid
	s.info.LastResponse, s.info.LastLatency = at, took.Min
	s.info.Latency.merge(took)
}

// burst is what the reader has done since it last waited for the client: time is
// taken, and counters are moved, once for all of it.
type burst struct {
	start    time.Time
	received int64
	reads    int64 // answered by the reader
	events   int64
	op       proto.OpCode
	xid      proto.Xid
}

func (b *burst) count(h proto.RequestHeader) {
	b.received++
	if !isWrite(h.Type) && h.Type != proto.OpCloseSession {
		b.reads++
		b.op, b.xid = h.Type, h.Xid
	}
}

// settle enters the burst into the counters.
func (c *Conn) settle() {
	b := c.burst
	c.burst = burst{start: b.start}
	c.hub.stats.packets(b.received, b.reads+b.events)
	var now time.Time
	var took Latency
	if b.reads > 0 {
		now = time.Now()
		took = each(b.reads, now.Sub(b.start))
		c.hub.stats.read(took)
	}
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	c.stats.received += b.received
	if b.reads > 0 {
		c.stats.last(b.op, b.xid, c.o.Replica.Zxid(), now, took)
	}
}

// tell enters the answers to writes into the counters, and tells the session
// that it was heard. Until then the connection is Busy.
func (c *Conn) tell() {
	s := &c.stats
	s.mu.Lock()
	a := s.answers
	s.answers = answers{}
	s.telling += a.n
	s.mu.Unlock()
	if a.n == 0 {
		return
	}
	c.o.Sessions.Touch(c.session.ID)
	now := time.Now()
	took := a.latency(now)
	c.hub.stats.sent.Add(a.n)
	c.hub.stats.write(took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.telling -= a.n
	s.last(a.op, a.xid, a.zxid, now, took)
}

// Info describes the connection as it is now.
func (c *Conn) Info() Info {
	sent := c.out.sent()
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	info := c.stats.info
	info.Remote, info.Established, info.Queued = c.remote(), c.since, c.queued()
	info.Received, info.Sent = c.stats.received, sent-c.stats.sentBase
	return info
}

// Reset forgets what was counted.
func (c *Conn) Reset() {
	sent := c.out.sent()
	c.stats.reset()
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	c.stats.sentBase = sent
}

// abbreviation is what cons calls an operation (FinalRequestProcessor).
func abbreviation(op proto.OpCode) string {
	switch op {
	case proto.OpPing:
		return "PING"
	case proto.OpCreateSession:
		return "SESS"
	case proto.OpMulti:
		return "MULT"
	case proto.OpMultiRead:
		return "MLTR"
	case proto.OpCreate, proto.OpCreate2, proto.OpCreateTTL, proto.OpCreateContainer:
		return "CREA"
	case proto.OpDelete, proto.OpDeleteContainer:
		return "DELE"
	case proto.OpSetData:
		return "SETD"
	case proto.OpSetACL:
		return "SETA"
	case proto.OpCloseSession:
		return "CLOS"
	case proto.OpSync:
		return "SYNC"
	case proto.OpExists:
		return "EXIS"
	case proto.OpGetData:
		return "GETD"
	case proto.OpSetWatches:
		return "SETW"
	case proto.OpSetWatches2:
		return "STW2"
	case proto.OpAddWatch:
		return "ADDW"
	case proto.OpGetACL:
		return "GETA"
	case proto.OpGetChildren, proto.OpGetChildren2:
		return "GETC"
	case proto.OpGetAllChildrenNumber:
		return "GETACN"
	case proto.OpCheckWatches:
		return "CHKW"
	case proto.OpRemoveWatches:
		return "REMW"
	case proto.OpWhoAmI:
		return "HOMI"
	case proto.OpGetEphemerals:
		return "GETE"
	}
	return "NA"
}
