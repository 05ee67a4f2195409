package conn_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/store/mem"
)

// volley is a number of reads to send at once, and room for their replies.
type volley struct {
	nc      net.Conn
	request []byte
	replies []byte
}

// newVolley prepares n reads of a znode with data of 100 bytes on a session of
// its own.
func newVolley(tb testing.TB, n int, addr string) *volley {
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
	v := &volley{nc: nc}
	for i := range n {
		v.request = append(v.request, conntest.Request(proto.Xid(i+1), proto.OpGetData, get("/data", false))...)
	}
	// length, header, data with its length, stat
	v.replies = make([]byte, n*(4+16+4+100+68))
	return v
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
	v := newVolley(t, n, serveData(t))
	v.fire(t)
	if perVolley := testing.AllocsPerRun(200, func() { v.fire(t) }); perVolley > n/20 {
		t.Errorf("%.1f allocations for %d reads", perVolley, n)
	}
}

func BenchmarkGetData(b *testing.B) {
	for _, depth := range []int{1, 100} {
		b.Run(fmt.Sprintf("pipelined=%d", depth), func(b *testing.B) {
			v := newVolley(b, depth, serveData(b))
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += depth {
				v.fire(b)
			}
		})
	}
}
