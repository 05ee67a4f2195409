package conn_test

import (
	"context"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/znode"
)

// Whatever a client sends as a request is answered, or its connection is closed;
// other clients are served all the same.
func FuzzRequest(f *testing.F) {
	f.Add(int32(proto.OpGetData), get("/", true)(nil))
	f.Add(int32(proto.OpCreate), create("/a", "x", znode.ModeEphemeralSequential)(nil))
	f.Add(int32(proto.OpMulti), proto.MultiRequest{Ops: []proto.MultiOp{
		{Type: proto.OpCheck, Request: proto.CheckVersionRequest{Path: "/"}},
	}}.Append(nil))
	f.Add(int32(proto.OpSetWatches2), proto.SetWatches2{}.Append(nil))
	f.Add(int32(proto.OpAuth), digest("u:p")(nil))
	f.Add(int32(-1), []byte{0xff})
	s, err := shim.New(context.Background(), shim.Config{}, mem.New())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, op int32, body []byte) {
		if len(body) > 1<<16 {
			return
		}
		for range 2 {
			nc, err := s.Dial(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			c := conntest.New(t, nc)
			c.Open(time.Minute)
			c.Write(conntest.Request(1, proto.OpCode(op), func(dst []byte) []byte { return append(dst, body...) }))
			c.Write(conntest.Request(2, proto.OpCloseSession, nil))
			for c.More() {
			}
			op, body = int32(proto.OpExists), proto.ExistsRequest{Path: "/"}.Append(nil)
		}
	})
}
