package sourcetest

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel"
)

type silent struct{}

func (silent) Printf(string, ...any) {}

// Connect returns a client whose connections dial makes.
func Connect(t *testing.T, dial func(context.Context) (net.Conn, error)) *zk.Conn {
	t.Helper()
	dialer := func(string, string, time.Duration) (net.Conn, error) { return dial(context.Background()) }
	c, _, err := zk.Connect([]string{"127.0.0.1"}, time.Minute, zk.WithDialer(dialer), zk.WithLogInfo(false), zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Create creates znodes that hold their own paths.
func Create(t *testing.T, c *zk.Conn, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if _, err := c.Create(p, []byte(p), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatalf("create %s: %v", p, err)
		}
	}
}

// Same fails unless what was told is what a walk sees. It is for a synctest
// bubble.
func Same(t *testing.T, m *Mirror, c *zk.Conn, roots ...string) {
	t.Helper()
	want := map[string]hbasemodel.Znode{}
	for _, r := range roots {
		if err := Walk(c, r, want); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Wait()
	got, ready := m.Tree()
	if diff := Differences(got, want); diff != "" || !ready {
		t.Errorf("ready %v: %s", ready, diff)
	}
	if faults := m.Faults(); faults != nil {
		t.Error(faults)
	}
}
