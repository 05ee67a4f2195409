package crash

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/test/peer"
)

var (
	seed  = flag.Uint64("seed", 0, "seed of the moments at which the server is killed; 0: a new one")
	kills = flag.Int("kills", 15, "how often the server is killed")
)

// TestAcknowledgedWritesSurvive kills the server at random moments while
// clients write, and checks that every acknowledged write is there, that
// nothing was applied by halves, that zxids only rose, and that the clients'
// sessions and ephemerals are still alive.
func TestAcknowledgedWritesSurvive(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat the moments with: go test ./test/crash -run %s -seed=%d -kills=%d", t.Name(), *seed, *kills)
	random := rand.New(rand.NewPCG(*seed, 0))

	quorum, err := peer.StartQuorum(t.Context(), peer.KindFromEnv(peer.KindHquorum), peer.QuorumOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if t.Failed() {
			t.Log(quorum.LogTail(40))
		}
		if err := quorum.Stop(); err != nil {
			t.Error(err)
		}
	}()

	reader := connect(t, quorum.Addr())
	if _, err := reader.Create("/crash", nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	var told tally
	stop := make(chan struct{})
	writers := make([]*writer, 12)
	for i := range writers {
		if writers[i], err = newWriter(quorum.Addr(), "w"+strconv.Itoa(i), &told, stop); err != nil {
			t.Fatal(err)
		}
		defer writers[i].conn.Close()
	}
	var running sync.WaitGroup
	for _, w := range writers {
		running.Add(1)
		go w.run(&running)
	}

	for kill := range *kills {
		target := told.acknowledged.Load() + 1 + random.Int64N(1500)
		await(t, fmt.Sprintf("%d acknowledged writes", target), func() bool { return told.acknowledged.Load() >= target })
		if err := quorum.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := quorum.Restart(); err != nil {
			t.Fatalf("restart %d: %v", kill+1, err)
		}
	}
	target := told.acknowledged.Load() + 1000
	await(t, "writes after the last restart", func() bool { return told.acknowledged.Load() >= target })
	close(stop)
	running.Wait()
	t.Logf("%d writes acknowledged, %d without an answer, %d kills", told.acknowledged.Load(), told.unknown.Load(), *kills)
	if told.unknown.Load() < int64(*kills) {
		t.Errorf("only %d writes were cut off by %d kills: the kills did not bite", told.unknown.Load(), *kills)
	}
	for _, w := range writers {
		w.check(t, reader)
	}
}

// check compares what the writer was told with what is there.
func (w *writer) check(t *testing.T, reader *zk.Conn) {
	t.Helper()
	if w.err != nil {
		t.Error(w.err)
	}
	for path, want := range w.created {
		if data, _, err := reader.Get(path); err != nil || string(data) != want {
			t.Errorf("%s was acknowledged with %q; now %q, %v", path, want, data, err)
		}
	}
	data, _, err := reader.Get(w.root() + "/counter")
	counter, _ := strconv.Atoi(string(data))
	if err != nil || counter < w.counter {
		t.Errorf("%s/counter was acknowledged at %d; now %q, %v", w.root(), w.counter, data, err)
	}
	if counter%3 == 2 {
		if ok, _, err := reader.Exists(w.root() + "/m" + strconv.Itoa(counter)); !ok || err != nil {
			t.Errorf("%s: half of the multi %d: %v", w.root(), counter, err)
		}
	}
	for i := 1; i < len(w.zxids); i++ {
		if w.zxids[i] <= w.zxids[i-1] {
			t.Errorf("%s: zxid %#x was followed by %#x", w.name, w.zxids[i-1], w.zxids[i])
		}
	}
	ok, stat, err := reader.Exists(w.alive())
	switch {
	case w.conn.SessionID() != w.session:
		t.Errorf("%s: session %#x was lost, now %#x", w.name, w.session, w.conn.SessionID())
	case !ok || err != nil:
		t.Errorf("%s is gone while its session lives: %v", w.alive(), err)
	case stat.EphemeralOwner != w.session:
		t.Errorf("%s belongs to %#x, not to %#x", w.alive(), stat.EphemeralOwner, w.session)
	}
}

func connect(t *testing.T, addr string) *zk.Conn {
	t.Helper()
	conn, _, err := zk.Connect([]string{addr}, sessionTimeout, zk.WithLogInfo(false), zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// await waits for something that the test's own clients bring about.
func await(t *testing.T, what string, reached func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !reached() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
