package conn_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/store/mem"
)

// volley is a number of requests to send at once, and room for their replies.
type volley struct {
	nc      net.Conn
	request []byte
	replies []byte
}

// newVolley opens a session.
func newVolley(tb testing.TB, addr string) *volley {
	tb.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { nc.Close() })
	dst, mark := proto.BeginFrame(nil)
	hello := proto.EndFrame(proto.ConnectRequest{Timeout: 60000, Password: make([]byte, 16)}.Append(dst), mark)
	if _, err := nc.Write(hello); err != nil {
		tb.Fatal(err)
	}
	if _, err := proto.ReadFrame(nc, 1000); err != nil {
		tb.Fatal(err)
	}
	return &volley{nc: nc}
}

// load prepares n times the same request.
func (v *volley) load(tb testing.TB, n int, op proto.OpCode, body func([]byte) []byte) *volley {
	tb.Helper()
	if _, err := v.nc.Write(conntest.Request(1, op, body)); err != nil {
		tb.Fatal(err)
	}
	reply, err := proto.ReadFrame(v.nc, 10000)
	if err != nil {
		tb.Fatal(err)
	}
	v.replies = make([]byte, n*(proto.FrameHeader+len(reply)))
	for i := range n {
		v.request = append(v.request, conntest.Request(proto.Xid(i+1), op, body)...)
	}
	return v
}

// writes prepares n writes of a znode with data of 100 bytes.
func (v *volley) writes(tb testing.TB, n int) *volley {
	tb.Helper()
	return v.load(tb, n, proto.OpSetData, proto.SetDataRequest{Path: "/data", Data: make([]byte, 100), Version: -1}.Append)
}

// reads are those that clients send most.
var reads = []struct {
	op   proto.OpCode
	body func([]byte) []byte
}{
	{proto.OpGetData, get("/data", false)},
	{proto.OpExists, proto.ExistsRequest{Path: "/data"}.Append},
	{proto.OpGetChildren2, proto.GetChildrenRequest{Path: "/"}.Append},
}

func (v *volley) fire(tb testing.TB) {
	if _, err := v.nc.Write(v.request); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.ReadFull(v.nc, v.replies); err != nil {
		tb.Fatal(err)
	}
}

func serveData(tb testing.TB) string {
	tb.Helper()
	s, err := shim.New(context.Background(), shim.Config{MaxClientCnxns: -1}, mem.New())
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	tb.Cleanup(func() { s.Close() })
	nc, err := s.Dial(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	c := conntest.New(tb, nc)
	c.Open(time.Minute)
	c.Must(proto.OpCreate, create("/data", string(bytes.Repeat([]byte("x"), 100)), 0), &proto.CreateResponse{})
	return l.Addr().String()
}

// A read leaves no garbage: the path is looked up where it was received, the
// reply is appended to a buffer that is used again.
func TestReadsDoNotAllocate(t *testing.T) {
	const n = 200
	for _, r := range reads {
		v := newVolley(t, serveData(t)).load(t, n, r.op, r.body)
		v.fire(t)
		if perVolley := testing.AllocsPerRun(200, func() { v.fire(t) }); perVolley > n/20 {
			t.Errorf("%v: %.1f allocations for %d reads", r.op, perVolley, n)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, r := range reads {
		for _, depth := range []int{1, 100} {
			b.Run(fmt.Sprintf("%v/pipelined=%d", r.op, depth), func(b *testing.B) {
				v := newVolley(b, serveData(b)).load(b, depth, r.op, r.body)
				b.ReportAllocs()
				b.ResetTimer()
				for i := 0; i < b.N; i += depth {
					v.fire(b)
				}
			})
		}
	}
}

func BenchmarkSetData(b *testing.B) {
	for _, shape := range []struct{ conns, depth int }{{1, 1}, {1, 32}, {64, 1}, {16, 32}} {
		b.Run(fmt.Sprintf("%dx%d", shape.conns, shape.depth), func(b *testing.B) {
			addr := serveData(b)
			var volleys []*volley
			for range shape.conns {
				volleys = append(volleys, newVolley(b, addr).writes(b, shape.depth))
			}
			b.ReportAllocs()
			b.ResetTimer()
			var left atomic.Int64
			left.Store(int64(b.N))
			var clients sync.WaitGroup
			for _, v := range volleys {
				clients.Go(func() {
					for left.Add(-int64(shape.depth)) >= 0 {
						v.fire(b)
					}
				})
			}
			clients.Wait()
		})
	}
}
