package conn_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/znode"
)

// rig is a server over a store in memory, in a bubble of fake time; that all its
// goroutines end is checked by the bubble.
type rig struct {
	*testing.T
	server *shim.Server
	store  *mem.Server
}

func run(t *testing.T, cfg shim.Config, test func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{T: t, store: mem.NewServer(mem.Options{})}
		r.server = r.start(cfg)
		defer r.server.Close()
		test(r)
	})
}

// start opens another server on the same store.
func (r *rig) start(cfg shim.Config) *shim.Server {
	r.Helper()
	s, err := shim.New(context.Background(), cfg, r.store.Open("/hquorum/", nil))
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// dial connects without a handshake.
func (r *rig) dial() *conntest.Client {
	r.Helper()
	nc, err := r.server.Dial(context.Background())
	if err != nil {
		r.Fatal(err)
	}
	return conntest.New(r, nc)
}

// client opens a session of a minute.
func (r *rig) client() *conntest.Client {
	r.Helper()
	c := r.dial()
	c.Open(time.Minute)
	return c
}

func create(p znode.Path, data string, mode znode.CreateMode) func([]byte) []byte {
	return proto.CreateRequest{Path: p, Data: []byte(data), ACL: znode.OpenACL, Mode: mode}.Append
}

// mk creates a persistent znode with data that is its path.
func mk(c *conntest.Client, p znode.Path) znode.Stat {
	var r proto.Create2Response
	c.Must(proto.OpCreate2, create(p, string(p), znode.ModePersistent), &r)
	return r.Stat
}

func set(c *conntest.Client, p znode.Path, data string) znode.Stat {
	var r proto.StatResponse
	c.Must(proto.OpSetData, proto.SetDataRequest{Path: p, Data: []byte(data), Version: -1}.Append, &r)
	return r.Stat
}

func del(c *conntest.Client, p znode.Path) {
	c.Must(proto.OpDelete, proto.DeleteRequest{Path: p, Version: -1}.Append, nil)
}

func get(p znode.Path, watch bool) func([]byte) []byte {
	return proto.GetDataRequest{Path: p, Watch: watch}.Append
}
