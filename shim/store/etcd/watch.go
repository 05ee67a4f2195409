package etcd

import (
	"context"
	"errors"
	"fmt"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/hquorum/hquorum/shim/store"
)

// stalled is how long a Watch may owe a revision without hearing anything.
const stalled = 10 * time.Second

var errWatching = errors.New("store: a Watch is running already")

// watch is one running Watch.
type watch struct {
	store *Store
	from  store.Revision
	emit  func(store.Change) error

	// While the Watch owes a revision:
	heard  time.Time     // the last answer, or when the debt began
	asked  time.Time     // zero: there is no debt
	pause  time.Duration // from asked to asking again
	fenced int64         // revision of the last fence written
}

// Watch implements store.Store. It is one etcd watch, which the client resumes
// by itself on another connection.
func (s *Store) Watch(ctx context.Context, from store.Revision, emit func(store.Change) error) error {
	if s.ctx.Err() != nil {
		return store.ErrClosed
	}
	if !s.watching.CompareAndSwap(false, true) {
		return errWatching
	}
	defer s.watching.Store(false)
	ctx, cancel := context.WithCancel(clientv3.WithRequireLeader(ctx))
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()

	// From one revision earlier than asked: etcd still serves the very revision
	// that it compacted at, but may have dropped what was deleted there.
	options := []clientv3.OpOption{
		clientv3.WithRange(string(s.end)), clientv3.WithRev(max(int64(from)-1, 1)), clientv3.WithFragment(),
	}
	if s.conn.ProgressTrusted {
		options = append(options, clientv3.WithProgressNotify())
	}
	s.delivered.Store(int64(from) - 1)
	w := &watch{store: s, from: from, emit: emit}
	err := w.run(ctx, s.conn.Client.Watch(ctx, s.prefix, options...))
	if s.ctx.Err() != nil {
		return store.ErrClosed
	}
	return err
}

func (w *watch) run(ctx context.Context, responses clientv3.WatchChan) error {
	for {
		again, stop, err := w.chase(ctx)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case resp, open := <-responses:
			switch {
			case ctx.Err() != nil:
				err = ctx.Err()
			case !open:
				err = fmt.Errorf("%w: the stream ended", store.ErrUnavailable)
			default:
				err = w.take(resp)
				w.heard = time.Now() // after it: the time that emit took is not silence
			}
		case <-w.store.nudge:
			w.pause = 0
		case <-again:
		}
		stop()
		if err != nil {
			return err
		}
	}
}

// chase asks etcd for a sign of progress while the Watch owes a revision, and
// returns when to look again. A request for progress goes unanswered while the
// watch is catching up, hence the repetition.
func (w *watch) chase(ctx context.Context) (again <-chan time.Time, stop func(), err error) {
	if w.store.wanted.Load() <= w.store.delivered.Load() {
		w.asked, w.pause = time.Time{}, 0
		return nil, func() {}, nil
	}
	now := time.Now()
	if w.asked.IsZero() {
		w.heard = now
	}
	if silence := now.Sub(w.heard); silence > stalled {
		return nil, nil, fmt.Errorf("%w: the watch has been silent for %s", store.ErrUnavailable, silence)
	}
	if now.Sub(w.asked) >= w.pause {
		w.ask(ctx)
		w.asked, w.pause = now, min(max(2*w.pause, 10*time.Millisecond), 500*time.Millisecond)
	}
	timer := time.NewTimer(w.pause)
	return timer.C, func() { timer.Stop() }, nil
}

// ask makes etcd send something at or beyond the revision owed. Its failure
// shows as silence.
func (w *watch) ask(ctx context.Context) {
	s := w.store
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if s.conn.ProgressTrusted {
		_ = s.conn.Client.RequestProgress(ctx)
		return
	}
	if w.fenced >= s.wanted.Load() {
		return // its event is on the way
	}
	if resp, err := s.conn.KV.Put(ctx, &pb.PutRequest{Key: s.fence}); err == nil {
		w.fenced = resp.Header.Revision
	}
}

func (w *watch) take(resp clientv3.WatchResponse) error {
	if resp.CompactRevision != 0 {
		return fmt.Errorf("%w: up to %d", store.ErrCompacted, resp.CompactRevision)
	}
	if err := resp.Err(); err != nil {
		return classify(err, store.ErrUnavailable)
	}
	if err := w.store.check(&resp.Header); err != nil {
		return classify(err, store.ErrUnavailable)
	}
	if resp.IsProgressNotify() {
		rev := store.Revision(resp.Header.Revision)
		if !w.store.conn.ProgressTrusted || int64(rev) <= w.store.delivered.Load() {
			return nil
		}
		return w.deliver(store.Change{Revision: rev})
	}
	for events := resp.Events; len(events) > 0; {
		n, rev := 1, events[0].Kv.ModRevision
		for n < len(events) && events[n].Kv.ModRevision == rev {
			n++
		}
		if err := w.revision(store.Revision(rev), events[:n]); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

// revision delivers all events of one revision.
func (w *watch) revision(rev store.Revision, events []*clientv3.Event) error {
	if rev < w.from {
		return nil
	}
	if delivered := w.store.delivered.Load(); int64(rev) <= delivered {
		// etcd promises that this does not happen. Loading again mends it.
		return fmt.Errorf("%w: events of revision %d came after %d", store.ErrCompacted, rev, delivered)
	}
	change := store.Change{Revision: rev, Events: make([]store.Event, 0, len(events))}
	for _, e := range events {
		if key, ours := w.store.bare(e.Kv.Key); ours {
			change.Events = append(change.Events, store.Event{
				Key: key, Value: e.Kv.Value, Lease: store.LeaseID(e.Kv.Lease), Delete: e.Type == clientv3.EventTypeDelete,
			})
		}
	}
	return w.deliver(change)
}

func (w *watch) deliver(change store.Change) error {
	if err := w.emit(change); err != nil {
		return err
	}
	w.store.delivered.Store(int64(change.Revision))
	return nil
}
