//go:build linux

package load_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/test/bench/load"
)

// serve answers every frame with what answer appends after the header.
func serve(t *testing.T, answer func(conn net.Conn, header proto.RequestHeader, body []byte) []byte) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go talk(conn, answer)
		}
	}()
	return listener.Addr().String()
}

func talk(conn net.Conn, answer func(net.Conn, proto.RequestHeader, []byte) []byte) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if _, err := proto.ReadFrame(in, proto.DefaultMaxFrame); err != nil {
		return
	}
	greeting, mark := proto.BeginFrame(nil)
	greeting = proto.ConnectResponse{Timeout: 7000, SessionID: 5, Password: make([]byte, 16)}.Append(greeting)
	conn.Write(proto.EndFrame(greeting, mark))
	for {
		frame, err := proto.ReadFrame(in, proto.DefaultMaxFrame)
		if err != nil {
			return
		}
		cursor := jute.NewCursor(frame)
		var header proto.RequestHeader
		header.Decode(&cursor)
		out, mark := proto.BeginFrame(nil)
		out = proto.ReplyHeader{Xid: header.Xid}.Append(out)
		out = append(out, answer(conn, header, cursor.Rest())...)
		if _, err := conn.Write(proto.EndFrame(out, mark)); err != nil || header.Type == proto.OpCloseSession {
			return
		}
	}
}

func open(t *testing.T, address string, sessions int) *load.Pool {
	t.Helper()
	pool, err := load.New(address, sessions, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := pool.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return pool
}

// sequence sends gets with the numbers below end.
type sequence struct {
	load.Sender
	next, end int
	bodies    []int // lengths of what Reply saw
	events    *atomic.Int64
}

var get = load.Get("/n/"+load.Digits, false)

func (s *sequence) Next(dst []byte, xid int32) ([]byte, time.Duration) {
	if s.next == s.end {
		return dst, load.Done
	}
	s.next++
	return get.Append(dst, xid, s.next-1), load.Now
}

func (s *sequence) Reply(_ int32, body []byte) { s.bodies = append(s.bodies, len(body)) }
func (s *sequence) Event()                     { s.events.Add(1) }

func TestEveryRequestIsAnsweredOnce(t *testing.T) {
	seen := make(chan string, 1000)
	pool := open(t, serve(t, func(_ net.Conn, h proto.RequestHeader, body []byte) []byte {
		if h.Type == proto.OpGetData {
			cursor := jute.NewCursor(body)
			seen <- cursor.String()
		}
		return nil
	}), 5)
	pool.Start(8, func(i int) load.Program { return &sequence{next: 100 * i, end: 100 * (i + 1)} })
	if err := pool.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	sample := pool.Sample()
	if sample.Latency.Count() != 500 || sample.Connect.Count() != 5 || sample.Lost+sample.Failed != 0 || sample.Granted != 7*time.Second {
		t.Errorf("%d answers, %d sessions of %v, %d lost, %d failed",
			sample.Latency.Count(), sample.Connect.Count(), sample.Granted, sample.Lost, sample.Failed)
	}
	paths := map[string]bool{}
	for range 500 {
		paths[<-seen] = true
	}
	if len(paths) != 500 || !paths["/n/0000000499"] {
		t.Errorf("%d different paths", len(paths))
	}
	if err := pool.CloseSessions(t.Context()); err != nil {
		t.Error(err)
	}
	if lost := pool.Sample().Lost; lost != 0 {
		t.Errorf("%d closed sessions count as lost", lost)
	}
}

func TestLongRepliesAndEvents(t *testing.T) {
	const long = 3 << 20 // many reads
	event, mark := proto.BeginFrame(nil)
	event = proto.ReplyHeader{Xid: proto.XidWatcherEvent}.Append(event)
	event = proto.EndFrame(proto.WatcherEvent{Path: "/n"}.Append(event), mark)
	pool := open(t, serve(t, func(conn net.Conn, h proto.RequestHeader, _ []byte) []byte {
		conn.Write(event)
		return make([]byte, long*int(h.Xid%2))
	}), 1)
	var events atomic.Int64
	program := &sequence{end: 6, events: &events}
	pool.Start(3, func(int) load.Program { return program })
	if err := pool.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := pool.Sample().Latency.Count(); n != 6 || events.Load() != 6 {
		t.Errorf("%d answers and %d events, want 6 of each", n, events.Load())
	}
	for i, n := range program.bodies {
		if short := i%2 == 1; short != (n == 0) {
			t.Errorf("reply %d was shown with %d bytes", i, n)
		}
	}
}

func TestBrokenServersLoseTheSession(t *testing.T) {
	for name, answer := range map[string]func(conn net.Conn, h proto.RequestHeader, _ []byte) []byte{
		"hangs up": func(conn net.Conn, _ proto.RequestHeader, _ []byte) []byte {
			conn.Close()
			return nil
		},
		"answers what was not asked": func(conn net.Conn, h proto.RequestHeader, _ []byte) []byte {
			wrong, mark := proto.BeginFrame(nil)
			conn.Write(proto.EndFrame(proto.ReplyHeader{Xid: h.Xid + 1}.Append(wrong), mark))
			return nil
		},
		"sends less than a header": func(conn net.Conn, _ proto.RequestHeader, _ []byte) []byte {
			io.WriteString(conn, "\x00\x00\x00\x02ab")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			pool := open(t, serve(t, answer), 2)
			pool.Start(1, func(int) load.Program { return &sequence{end: 3} })
			if err := pool.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if lost := pool.Sample().Lost; lost != 2 {
				t.Errorf("%d sessions are lost, want both", lost)
			}
		})
	}
}

func TestStopWaitsForWhatIsUnderWay(t *testing.T) {
	hold := make(chan struct{})
	pool := open(t, serve(t, func(net.Conn, proto.RequestHeader, []byte) []byte {
		<-hold
		return nil
	}), 1)
	pool.Start(4, func(int) load.Program { return &sequence{end: 1 << 30} })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pool.Stop(ended); err == nil {
		t.Error("Stop returned with requests under way")
	}
	close(hold)
	if err := pool.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := pool.Sample().Latency.Count(); n != 4 {
		t.Errorf("%d answers, want the 4 that were under way", n)
	}
}
