package conn_test

import (
	"context"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/store/mem"
)

// listen starts a server on a real socket; when the test is over all its
// goroutines must be gone.
func listen(t *testing.T, cfg shim.Config) (addr string) {
	t.Helper()
	before := runtime.NumGoroutine()
	s, err := shim.New(context.Background(), cfg, mem.New())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		for range 1000 { // the clients' goroutines notice in their own time
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(time.Millisecond)
		}
		stacks := make([]byte, 1<<16)
		t.Errorf("goroutines left:\n%s", stacks[:runtime.Stack(stacks, true)])
	})
	return l.Addr().String()
}

func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return nc
}

func TestFourLetterWordsOnASocket(t *testing.T) {
	addr := listen(t, shim.Config{Whitelist: []string{"ruok", "cons"}})
	for sent, want := range map[string]string{
		"ruok": "imok", "ruok\n": "imok", "ruok\r\nand more": "imok",
		"mntr": "mntr is not executed because it is not in the whitelist.\n",
	} {
		if got := conntest.Text(t, connect(t, addr), sent); got != want {
			t.Errorf("%q: %q", sent, got)
		}
	}
	c := conntest.New(t, connect(t, addr))
	c.Open(10 * time.Second)
	c.Call(proto.OpExists, proto.ExistsRequest{Path: "/"}.Append)
	if got := conntest.Text(t, connect(t, addr), "cons"); !strings.Contains(got, "(queued=0,recved=2,sent=2,sid=0x") || !strings.Contains(got, "lop=EXIS") {
		t.Errorf("cons: %q", got)
	}
}

func TestConnectionsFromOneAddress(t *testing.T) {
	addr := listen(t, shim.Config{MaxClientCnxns: 2})
	first, second := conntest.New(t, connect(t, addr)), conntest.New(t, connect(t, addr))
	first.Open(10 * time.Second)
	second.Open(10 * time.Second)
	third := conntest.New(t, connect(t, addr))
	third.Closed()
	first.Send(proto.OpCloseSession, nil)
	first.Recv()
	first.Closed()
	first.Close()
	for { // it is counted until the server has noticed that it ended
		c := conntest.New(t, connect(t, addr))
		if _, ok := c.Handshake(proto.ConnectRequest{Timeout: 10000}); ok {
			return
		}
	}
}

func TestSocketStory(t *testing.T) {
	addr := listen(t, shim.Config{})
	c := conntest.New(t, connect(t, addr))
	c.Open(10 * time.Second)
	mk(c, "/a")
	again := conntest.New(t, connect(t, addr))
	if s, ok := again.Handshake(resume(c.Session)); !ok || s.SessionID != c.Session.SessionID {
		t.Fatalf("not resumed: %+v", s)
	}
	c.Closed()
	del(again, "/a")
}

// A connection costs one goroutine, that of its reader, once it was served.
func TestGoroutinesOfIdleConnections(t *testing.T) {
	addr := serveData(t)
	first := newVolley(t, addr).writes(t, 1)
	first.fire(t)
	const conns = 50
	before := runtime.NumGoroutine()
	for range conns {
		newVolley(t, addr).writes(t, 10).fire(t)
	}
	more := 0
	for range 1000 { // flushers end in their own time
		if more = runtime.NumGoroutine() - before; more <= conns {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines more for %d connections", more, conns)
}
