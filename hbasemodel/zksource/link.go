package zksource

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/rs/zerolog"
)

// maxReply bounds what a server may answer; a list of a hundred thousand long
// names is a tenth of it.
const maxReply = 64 << 20

// link is one session over one connection, and the events that it has brought.
type link struct {
	conn   *zk.Conn
	events <-chan zk.Event // closed when the client library has ended
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	ctx    context.Context // of dialling
	cancel context.CancelFunc
	// At the end of the caller's context conn is closed, so that nothing waits for
	// answers; abort keeps that from happening, and aborted is closed after it.
	abort   func() bool
	aborted chan struct{}

	session chan struct{} // closed when there is a session
	lost    chan struct{} // closed when it, or its connection, has ended
	wake    chan struct{} // holds a token if there are marks; 1

	mu     sync.Mutex
	state  linkState
	socket net.Conn // the last one
	marks  map[string]need
}

type linkState int

const (
	joining linkState = iota
	joined
	parted
)

// need is what has to be read of a znode because nothing watches it any more.
type need uint8

const (
	needData need = 1 << iota
	needChildren
	needGone // nothing: it was deleted, and its parent's list tells the rest

	needAll = needData | needChildren
)

// connect returns when there is a session. What it returns must be closed.
func connect(ctx context.Context, o Options) (*link, error) {
	l := &link{
		dial: o.Dial, session: make(chan struct{}), lost: make(chan struct{}), wake: make(chan struct{}, 1),
		aborted: make(chan struct{}), marks: map[string]need{},
	}
	l.ctx, l.cancel = context.WithCancel(ctx)
	var err error
	l.conn, l.events, err = zk.Connect(o.Servers, o.SessionTimeout,
		zk.WithDialer(l.dialServer), zk.WithHostProvider(&hosts{}), zk.WithEventCallback(l.hear),
		zk.WithLogger(logger{o.Log}), zk.WithLogInfo(false), zk.WithMaxBufferSize(maxReply))
	if err != nil {
		l.cancel()
		return nil, fmt.Errorf("zksource: %w", err)
	}
	l.abort = context.AfterFunc(ctx, func() {
		defer close(l.aborted)
		l.conn.Close()
	})
	if err := l.join(ctx, o); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *link) join(ctx context.Context, o Options) error {
	t := time.NewTimer(connectTimeout)
	defer t.Stop()
	select {
	case <-l.session:
	case <-t.C:
		return fmt.Errorf("zksource: %w: %q", ErrUnreachable, o.Servers)
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, a := range o.Auth {
		if err := l.conn.AddAuth(a.Scheme, a.Credentials); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("zksource: authenticate by %s: %w", a.Scheme, err)
		}
	}
	return nil
}

// close ends the session in order if it can, and waits for all goroutines.
func (l *link) close() {
	if !l.alive() {
		l.cut() // there is nobody to say goodbye to
	}
	if l.abort() {
		l.conn.Close()
	} else {
		<-l.aborted
	}
	l.cut()
	for range l.events {
	}
}

func (l *link) alive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == joined
}

// cut ends the connection, for good.
func (l *link) cut() {
	l.cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.socket != nil {
		_ = l.socket.Close()
	}
}

// dialServer connects until there was a session: the client library must not go
// on by itself after that.
func (l *link) dialServer(network, address string, timeout time.Duration) (net.Conn, error) {
	select {
	case <-l.lost:
		return nil, ErrLost
	default:
	}
	ctx, cancel := context.WithTimeout(l.ctx, timeout)
	defer cancel()
	nc, err := l.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ctx.Err(); err != nil {
		_ = nc.Close()
		return nil, err
	}
	l.socket = nc
	return nc, nil
}

// hear is called by the client library for each event, before anything that the
// server sent later is seen. It must not block.
func (l *link) hear(e zk.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Type {
	case zk.EventSession:
		l.turn(e.State)
	case zk.EventNodeDataChanged:
		l.mark(e.Path, needData)
	case zk.EventNodeChildrenChanged:
		l.mark(e.Path, needChildren)
	case zk.EventNodeCreated:
		l.mark(e.Path, needAll)
	case zk.EventNodeDeleted:
		l.mark(e.Path, needGone)
	case zk.EventNotWatching: // of a session that has ended
	}
}

func (l *link) turn(state zk.State) {
	switch {
	case state == zk.StateHasSession && l.state == joining:
		l.state = joined
		close(l.session)
	case state != zk.StateHasSession && l.state == joined:
		l.state = parted
		close(l.lost)
	}
}

func (l *link) mark(path string, n need) {
	l.marks[path] |= n
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take returns what the events since the last call say.
func (l *link) take() map[string]need {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.marks) == 0 {
		return nil
	}
	marks := l.marks
	l.marks = map[string]need{}
	return marks
}

// hosts hands out the servers in turn, as they were given: names are looked up
// by the dialler, each time.
type hosts struct {
	mu      sync.Mutex
	servers []string
	next    int
	tried   int // since the last success
}

func (h *hosts) Init(servers []string) error {
	h.servers = servers
	return nil
}

func (h *hosts) Len() int { return len(h.servers) }

func (h *hosts) Next() (server string, retryStart bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if retryStart = h.tried == len(h.servers); retryStart {
		h.tried = 0
	}
	h.tried++
	server = h.servers[h.next]
	h.next = (h.next + 1) % len(h.servers)
	return server, retryStart
}

func (h *hosts) Connected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tried = 0
}

// logger takes what the client library has to say.
type logger struct{ zerolog.Logger }

func (l logger) Printf(format string, args ...any) { l.Debug().Msgf(format, args...) }
