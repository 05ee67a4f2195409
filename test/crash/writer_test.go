package crash

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
)

// sessionTimeout is long enough for a kill and a restart.
const sessionTimeout = 30 * time.Second

// tally counts what all writers were told.
type tally struct{ acknowledged, unknown atomic.Int64 }

// writer is one client with one session that writes below its own znode and
// remembers every acknowledgement.
type writer struct {
	name    string
	conn    *zk.Conn
	session int64
	tally   *tally
	stop    <-chan struct{}

	created map[string]string // path → data
	counter int               // the highest value that /counter was acknowledged to have
	zxids   []int64           // of acknowledged writes, in order
	err     error
}

func newWriter(addr, name string, t *tally, stop <-chan struct{}) (*writer, error) {
	conn, events, err := zk.Connect([]string{addr}, sessionTimeout, zk.WithLogInfo(false), zk.WithLogger(silent{}))
	if err != nil {
		return nil, err
	}
	for e := range events {
		if e.State == zk.StateHasSession {
			break
		}
	}
	w := &writer{name: name, conn: conn, session: conn.SessionID(), tally: t, stop: stop, created: map[string]string{}}
	for _, p := range []string{w.root(), w.root() + "/counter"} {
		if _, err := conn.Create(p, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	if _, err := conn.Create(w.alive(), nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *writer) root() string  { return "/crash/" + w.name }
func (w *writer) alive() string { return "/crash/alive-" + w.name }

// run writes until it is told to stop. A write that ends without an answer is
// left alone: it may have happened or not.
func (w *writer) run(done *sync.WaitGroup) {
	defer done.Done()
	for i := 1; ; i++ {
		select {
		case <-w.stop:
			return
		default:
		}
		var err error
		switch i % 3 {
		case 0:
			err = w.create(i)
		case 1:
			err = w.count(i)
		case 2:
			err = w.both(i)
		}
		switch err {
		case nil:
			w.tally.acknowledged.Add(1)
		case zk.ErrConnectionClosed, zk.ErrNoServer:
			w.tally.unknown.Add(1)
		default:
			w.err = fmt.Errorf("%s, write %d: %w", w.name, i, err)
			return
		}
	}
}

func (w *writer) create(i int) error {
	data := fmt.Sprint(w.name, ":", i)
	path, err := w.conn.Create(w.root()+"/"+strconv.Itoa(i), []byte(data), 0, zk.WorldACL(zk.PermAll))
	if err == nil {
		w.created[path] = data
	}
	return err
}

func (w *writer) count(i int) error {
	stat, err := w.conn.Set(w.root()+"/counter", []byte(strconv.Itoa(i)), -1)
	if err == nil {
		w.counter = i
		w.zxids = append(w.zxids, stat.Mzxid)
	}
	return err
}

// both is a multi: the znode exists if and only if the counter was raised.
func (w *writer) both(i int) error {
	path, data := w.root()+"/m"+strconv.Itoa(i), fmt.Sprint(w.name, ":", i)
	answers, err := w.conn.Multi(
		&zk.CreateRequest{Path: path, Data: []byte(data), Acl: zk.WorldACL(zk.PermAll)},
		&zk.SetDataRequest{Path: w.root() + "/counter", Data: []byte(strconv.Itoa(i)), Version: -1})
	if err == nil {
		w.created[path] = data
		w.counter = i
		w.zxids = append(w.zxids, answers[1].Stat.Mzxid)
	}
	return err
}

type silent struct{}

func (silent) Printf(string, ...any) {}
