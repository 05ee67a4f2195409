package conn

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/auth"
	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// void is a connection that takes everything at once.
type void struct {
	net.Conn // nil
	*os.File
}

func (v void) Write(b []byte) (int, error)           { return v.File.Write(b) }
func (v void) Read(b []byte) (int, error)            { return v.File.Read(b) }
func (v void) Close() error                          { return v.File.Close() }
func (v void) SyscallConn() (syscall.RawConn, error) { return v.File.SyscallConn() }
func (void) RemoteAddr() net.Addr                    { return &net.TCPAddr{} }
func (void) SetDeadline(time.Time) error             { return nil }
func (void) SetReadDeadline(time.Time) error         { return nil }
func (void) SetWriteDeadline(time.Time) error        { return nil }

// toNobody is a connection with a session whose client reads everything.
func toNobody(tb testing.TB) *Conn {
	tb.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		tb.Fatal(err)
	}
	h := NewHub(Options{Auth: auth.NewRegistry(auth.Options{}), Sessions: session.New(session.Options{Min: time.Second})})
	tb.Cleanup(func() {
		h.Close()
		h.o.Sessions.Close()
		f.Close()
	})
	c := newConn(h, void{File: f}, netip.IPv6Loopback())
	c.session, c.flight = session.Session{ID: 1}, &flight{}
	c.burst.start = time.Now()
	return c
}

var writes = []struct {
	name   string
	op     proto.OpCode
	body   []byte
	allocs float64 // of the request and its reply, apart from the rest of the server
}{
	{"set", proto.OpSetData, proto.SetDataRequest{Path: "/hbase/table/x", Data: make([]byte, 100), Version: -1}.Append(nil), 5},
	{"delete", proto.OpDelete, proto.DeleteRequest{Path: "/hbase/table/x", Version: -1}.Append(nil), 5},
	{"create", proto.OpCreate, proto.CreateRequest{Path: "/hbase/table/x", Data: make([]byte, 100), ACL: znode.OpenACL}.Append(nil), 8},
	{"multi", proto.OpMulti, proto.MultiRequest{Ops: []proto.MultiOp{
		{Type: proto.OpDelete, Request: proto.DeleteRequest{Path: "/hbase/table/x", Version: -1}},
		{Type: proto.OpSetData, Request: proto.SetDataRequest{Path: "/hbase/table/y", Data: make([]byte, 100), Version: -1}},
	}}.Append(nil), 14},
}

// outcome is a success.
func outcome(op tree.Op) commit.Outcome {
	out := commit.Outcome{Zxid: 1, Result: tree.Result{Op: op, Path: "/hbase/table/x"}}
	if multi, ok := op.(tree.Multi); ok {
		for _, op := range multi.Ops {
			out.Result.Multi = append(out.Result.Multi, tree.Result{Op: op})
		}
	}
	return out
}

// roundTrip is the way of n writes through a connection, with the socket's.
func roundTrip(tb testing.TB, c *Conn, op proto.OpCode, body []byte, out commit.Outcome, n int) {
	for range n {
		r := c.request(proto.RequestHeader{Xid: 1, Type: op}, body)
		if r == nil {
			tb.Fatal("malformed")
		}
		c.flight.add(r.weight)
		r.Done(out)
	}
	c.hub.Flush()
}

func TestWritesAllocateLittle(t *testing.T) {
	for _, w := range writes {
		c := toNobody(t)
		r := c.request(proto.RequestHeader{Type: w.op}, w.body)
		out := outcome(r.Request.Op)
		const n = 20
		if got := testing.AllocsPerRun(100, func() { roundTrip(t, c, w.op, w.body, out, n) }) / n; got > w.allocs+0.2 {
			t.Errorf("%s: %.1f allocations, want %v", w.name, got, w.allocs)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, w := range writes {
		for _, depth := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/pipelined=%d", w.name, depth), func(b *testing.B) {
				c := toNobody(b)
				out := outcome(c.request(proto.RequestHeader{Type: w.op}, w.body).Request.Op)
				b.ReportAllocs()
				b.ResetTimer()
				for i := 0; i < b.N; i += depth {
					roundTrip(b, c, w.op, w.body, out, depth)
				}
			})
		}
	}
}

func BenchmarkDecodeWrite(b *testing.B) {
	for _, w := range writes {
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, ok := decodeWrite(w.op, w.body); !ok {
					b.Fatal("malformed")
				}
			}
		})
	}
}

func BenchmarkEncodeReply(b *testing.B) {
	for _, w := range writes {
		b.Run(w.name, func(b *testing.B) {
			op, _ := decodeWrite(w.op, []byte(strings.Clone(string(w.body))))
			out := outcome(op)
			var buf []byte
			b.ReportAllocs()
			for range b.N {
				buf = appendReply(buf[:0], proto.RequestHeader{Type: w.op}, &out)
			}
		})
	}
}
