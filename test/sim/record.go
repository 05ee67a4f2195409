package sim

import (
	"context"
	"sync"
	"time"

	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/test/sim/judge"
)

// recorder writes down what happens.
type recorder struct {
	start time.Time

	mu      sync.Mutex
	seq     judge.Seq
	history judge.History
	notes   []note
	trouble map[string]time.Duration // since when
	from    store.Revision           // what to ask the store for next
}

// note is something that the simulation did, for reports.
type note struct {
	seq  judge.Seq
	at   time.Duration
	text string
}

func newRecorder() *recorder {
	return &recorder{start: time.Now(), trouble: map[string]time.Duration{}, history: judge.History{Lost: map[int64]bool{}}}
}

func (r *recorder) now() time.Duration { return time.Since(r.start) }

// do calls f with the next number, alone.
func (r *recorder) do(f func(seq judge.Seq, at time.Duration)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	f(r.seq, r.now())
}

func (r *recorder) note(text string) {
	r.do(func(seq judge.Seq, at time.Duration) { r.notes = append(r.notes, note{seq, at, text}) })
}

func (r *recorder) open(c *judge.Conn) {
	r.do(func(judge.Seq, time.Duration) { r.history.Conns = append(r.history.Conns, c) })
}

func (r *recorder) add(c *judge.Conn, e judge.Entry) {
	r.do(func(seq judge.Seq, at time.Duration) {
		e.Seq, e.At, e.Time = seq, at, time.Now().UnixMilli()
		c.Log = append(c.Log, e)
	})
}

// begin and end say that something does not work.
func (r *recorder) begin(what string) {
	r.note(what + " begins")
	r.do(func(_ judge.Seq, at time.Duration) {
		if _, ok := r.trouble[what]; !ok {
			r.trouble[what] = at
		}
	})
}

func (r *recorder) end(what string) {
	r.note(what + " ends")
	r.do(func(_ judge.Seq, at time.Duration) {
		if from, ok := r.trouble[what]; ok {
			r.history.Trouble = append(r.history.Trouble, judge.Span{From: from, To: at})
			delete(r.trouble, what)
		}
	})
}

// passed says that everything up to rev has been written down.
func (r *recorder) passed(rev store.Revision) {
	r.do(func(judge.Seq, time.Duration) { r.from = max(r.from, rev+1) })
}

func (r *recorder) lost(session int64) {
	r.do(func(judge.Seq, time.Duration) { r.history.Lost[session] = true })
}

// follow writes down every change of the store, from the first revision on,
// until ctx ends. It sees a change before anybody whom the store keeps waiting
// for even a moment. up returns when the store works.
func (r *recorder) follow(ctx context.Context, server *mem.Server, up func()) {
	st := server.Open(prefix, nil)
	for ctx.Err() == nil {
		r.mu.Lock()
		from := max(r.from, 1)
		r.mu.Unlock()
		_ = st.Watch(ctx, from, func(c store.Change) error {
			r.do(func(seq judge.Seq, at time.Duration) {
				r.from = c.Revision + 1
				change := judge.Change{Seq: seq, At: at, Time: time.Now().UnixMilli(), Revision: int64(c.Revision)}
				for _, e := range c.Events {
					change.Events = append(change.Events, judge.KV{Key: string(e.Key), Value: e.Value, Lease: int64(e.Lease), Delete: e.Delete})
				}
				r.history.Changes = append(r.history.Changes, change)
			})
			return nil
		})
		up()
	}
}
