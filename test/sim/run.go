package sim

import (
	"fmt"
	"runtime"
	"strings"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/test/sim/judge"
	"github.com/hquorum/hquorum/test/wire"
)

// Result is what a run has shown.
type Result struct {
	Violations []judge.Violation
	History    *judge.History
	Requests   int
	Events     int
	notes      []note
}

// slack is how long after its timeout a session may end while nothing is wrong.
const slack = 2 * time.Second

// Run does one run. It must be called in a bubble of testing/synctest.
func Run(o Options) *Result {
	before := len(bubble())
	w := newWorld(o)
	for range o.Steps {
		if o.Mutant.Step != nil {
			o.Mutant.Step(w.rng, w.server)
		}
		w.step()
		w.pause()
	}
	out := &Result{History: &w.rec.history}
	if why := w.heal(); why != "" {
		out.Violations = append(out.Violations, judge.Violation{Property: "P17", Seq: w.rec.seq, Text: why})
	}
	w.farewell()
	w.close()
	synctest.Wait()
	if left := bubble(); len(left) > before {
		out.Violations = append(out.Violations, judge.Violation{Property: "P18", Seq: w.rec.seq, Text: "goroutines are left:\n" + strings.Join(left, "\n\n")})
	}
	out.notes = w.rec.notes
	w.rec.history.Late = slack
	out.Violations = append(out.Violations, judge.Check(&w.rec.history)...)
	for _, c := range w.rec.history.Conns {
		for _, e := range c.Log {
			if e.Kind == judge.Sent {
				out.Requests++
			}
			if e.Kind == judge.Got && e.Frame.Xid == wire.XidEvent {
				out.Events++
			}
		}
	}
	return out
}

// bubble returns the stacks of the goroutines in the bubble.
func bubble() []string {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	var out []string
	for g := range strings.SplitSeq(string(b), "\n\n") {
		if head, _, _ := strings.Cut(g, "\n"); strings.Contains(head, "synctest bubble") {
			out = append(out, g)
		}
	}
	return out
}

// pause lets some time pass, none mostly.
func (w *world) pause() {
	switch n := w.rng.IntN(100); {
	case n < 30:
	case n < 65:
		time.Sleep(latency(w.rng, 3*time.Millisecond))
	case n < 96:
		time.Sleep(latency(w.rng, 80*time.Millisecond))
	default:
		time.Sleep(latency(w.rng, time.Second))
	}
}

// step does one thing: mostly a client asks something.
func (w *world) step() {
	c, s := pick(w.rng, w.clients), pick(w.rng, w.servers)
	switch n := w.rng.IntN(1000); {
	case n < 820:
		var ops []wire.Op
		c.set(func() {
			for range 1 + w.rng.IntN(4)*w.rng.IntN(2) {
				ops = append(ops, w.load.next(c))
			}
		})
		c.ask(ops...)
	case n < 850:
		c.drop()
	case n < 865:
		w.freeze(c)
	case n < 877:
		w.rec.note(c.name + " is gone")
		c.abandon()
	case n < 890:
		c.ask(wire.Op{Code: wire.CloseSession})
	case n < 902:
		w.restart(s)
	default:
		w.storeFault(s, n)
	}
}

// later does something after a while, whatever the run does meanwhile.
func (w *world) later(d time.Duration, f func()) {
	w.running.Go(func() {
		time.Sleep(d)
		f()
	})
}

func (w *world) freeze(c *client) {
	d := latency(w.rng, 2*c.timeout)
	w.rec.note(fmt.Sprintf("%s stands still for %v", c.name, d))
	c.set(func() { c.frozen = true })
	w.later(d, func() { c.set(func() { c.frozen = false }) })
}

func (w *world) restart(s *server) {
	if !s.up() {
		return
	}
	trouble := "the absence of " + s.name
	w.rec.begin(trouble)
	if w.rng.IntN(4) == 0 {
		s.drain()
	} else {
		s.kill()
	}
	d := latency(w.rng, 3*time.Second)
	w.later(d, func() {
		s.start()
		for !s.up() && w.ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		w.rec.end(trouble)
	})
}

// storeFault breaks something about the store.
func (w *world) storeFault(s *server, n int) {
	switch {
	case n < 915:
		w.rec.note("streams break")
		w.server.BreakStreams()
	case n < 920:
		w.rec.begin("a new leader")
		w.server.Restart()
		w.rec.end("a new leader")
	case n < 940:
		w.server.Foreign(1 + w.rng.IntN(3))
	case n < 955:
		w.compact()
	case n < 962:
		if w.isDown() {
			return
		}
		w.rec.begin("the store's absence")
		w.setDown(true)
		w.later(latency(w.rng, 4*time.Second), func() {
			w.setDown(false)
			w.rec.end("the store's absence")
		})
	case n < 975:
		d := latency(w.rng, time.Second)
		if g := s.gate(); g != nil {
			w.rec.begin("a stall of " + s.name)
			g.faults.stall(d)
			w.later(d, func() { w.rec.end("a stall of " + s.name) })
		}
	case n < 980:
		w.loseLease()
	case n < 990:
		w.rec.begin("rough sea")
		w.rough.set(w.rng.IntN(80), latency(w.rng, 60*time.Millisecond))
	default:
		w.rough.set(0, latency(w.rng, 5*time.Millisecond))
		w.rec.end("rough sea")
	}
}

// compact forgets all changes that there are now, so that a server whose stream
// breaks before it got them has to load.
func (w *world) compact() {
	rev := w.server.Revision()
	synctest.Wait() // the recorder has got them
	if w.isDown() {
		return
	}
	w.rec.passed(rev)
	w.rec.note(fmt.Sprintf("compaction up to %d", rev))
	w.server.Compact(rev)
	if w.rng.IntN(2) == 0 {
		w.server.BreakStreams()
	}
}

func (w *world) isDown() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.down != nil
}

func (s *server) gate() *gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil
	}
	return s.current.gate
}

// loseLease takes a session's lease away, as a store does that was stopped for
// longer than that.
func (w *world) loseLease() {
	ids := w.server.Leases()
	if len(ids) == 0 || w.isDown() {
		return
	}
	id := pick(w.rng, ids)
	w.rec.lost(int64(id))
	w.rec.note(fmt.Sprintf("lease %#x is lost", int64(id)))
	w.server.Expire(id)
}

// heal ends all faults and waits until every client has what it asked for.
func (w *world) heal() string {
	w.rec.note("healing")
	w.rough.set(0, time.Millisecond)
	w.setDown(false)
	time.Sleep(4 * time.Second) // what was to end later has ended
	w.rec.end("rough sea")
	for _, c := range w.clients {
		c.set(func() { c.frozen, c.away = false, false })
	}
	const patience = 30 * time.Second
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		busy := ""
		for _, s := range w.servers {
			if !s.up() {
				busy = s.name + " does not serve"
			}
		}
		for _, c := range w.clients {
			if !c.idle() {
				busy = c.name + " has no connection, or no answer"
			}
		}
		if busy == "" {
			return ""
		}
		if time.Since(began) > patience {
			return fmt.Sprintf("%v after the last fault %s", patience, busy)
		}
	}
}

// farewell lets every client catch up and look at everything once more, and
// then waits for the sessions of half of them to expire.
func (w *world) farewell() {
	for _, c := range w.clients {
		ops := []wire.Op{{Code: wire.Sync, Path: "/"}}
		for _, p := range append([]string{"/"}, paths...) {
			ops = append(ops, wire.Op{Code: wire.GetData, Path: p}, wire.Op{Code: wire.GetChildren2, Path: p})
		}
		c.ask(ops...)
	}
	time.Sleep(time.Second)
	for i, c := range w.clients {
		c.set(func() {
			if c.conn != nil && len(c.conn.waits) == 0 {
				c.conn.log.Open = true
			}
		})
		if i%2 == 0 {
			c.set(func() { c.away = true })
			c.abandon()
		}
	}
	time.Sleep(20 * time.Second)
}
