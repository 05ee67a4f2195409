package conn_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestNegotiation(t *testing.T) {
	cfg := shim.Config{MinSessionTimeout: 5 * time.Second, MaxSessionTimeout: 90 * time.Second}
	run(t, cfg, func(r *rig) {
		for asked, want := range map[time.Duration]time.Duration{
			0: 5 * time.Second, time.Second: 5 * time.Second, -time.Second: 5 * time.Second,
			7 * time.Second: 7 * time.Second, time.Hour: 90 * time.Second,
		} {
			s := r.dial().Open(asked)
			if got := time.Duration(s.Timeout) * time.Millisecond; got != want || s.SessionID <= 0 || len(s.Password) != 16 {
				t.Errorf("asked for %v: %+v, want %v", asked, s, want)
			}
		}
	})
}

func TestReadOnlyByte(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		for _, has := range []bool{true, false} {
			s, ok := r.dial().Handshake(proto.ConnectRequest{Timeout: 10000, HasReadOnly: has, ReadOnly: has})
			if !ok || s.HasReadOnly != has || s.ReadOnly {
				t.Errorf("readOnly byte sent %v: %+v", has, s)
			}
		}
	})
}

func resume(s proto.ConnectResponse) proto.ConnectRequest {
	return proto.ConnectRequest{Timeout: s.Timeout, SessionID: s.SessionID, Password: s.Password, HasReadOnly: true}
}

func TestResume(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		first := r.client()
		first.Must(proto.OpCreate, create("/e", "", znode.ModeEphemeral), &proto.CreateResponse{})
		second := r.dial()
		s, ok := second.Handshake(resume(first.Session))
		if !ok || s.SessionID != first.Session.SessionID || s.Timeout != first.Session.Timeout {
			t.Fatalf("resumed as %+v", s)
		}
		first.Closed() // kicked
		set(second, "/e", "x")
		second.Close()
		third := r.dial()
		third.Handshake(resume(s))
		var owned proto.GetEphemeralsResponse
		third.Must(proto.OpGetEphemerals, proto.GetEphemeralsRequest{}.Append, &owned)
		if len(owned.Ephemerals) != 1 {
			t.Errorf("ephemerals after two moves: %v", owned.Ephemerals)
		}
	})
}

func TestResumeRefused(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		wrong, unknown := resume(c.Session), resume(c.Session)
		wrong.Password = make([]byte, 16)
		unknown.SessionID++
		short := resume(c.Session)
		short.Password = nil
		for name, request := range map[string]proto.ConnectRequest{"wrong password": wrong, "unknown id": unknown, "no password": short} {
			w := r.dial()
			s, ok := w.Handshake(request)
			if !ok || s.SessionID != 0 || s.Timeout != 0 || string(s.Password) != string(make([]byte, 16)) {
				t.Errorf("%s: %+v, %v", name, s, ok)
			}
			w.Closed()
		}
		mk(c, "/still-there")
	})
}

// The reply comes when the ephemeral znodes are gone; the connection ends.
func TestCloseSession(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c, other := r.client(), r.client()
		c.Must(proto.OpCreate, create("/e", "", znode.ModeEphemeral), &proto.CreateResponse{})
		other.Must(proto.OpExists, proto.ExistsRequest{Path: "/e", Watch: true}.Append, &proto.StatResponse{})
		c.Send(proto.OpSetData, proto.SetDataRequest{Path: "/e", Version: -1}.Append)
		xid := c.Send(proto.OpCloseSession, nil)
		c.Recv()
		if f := c.Recv(); f.Xid != xid || f.Err != proto.OK || len(f.Body) > 0 {
			t.Errorf("closeSession: %+v", f)
		}
		c.Closed()
		expectEvent(t, other, znode.EventDataChanged, "/e")
		if f := other.Call(proto.OpExists, proto.ExistsRequest{Path: "/e"}.Append); f.Err != proto.NoNode {
			t.Errorf("the ephemeral znode after closeSession: %v", f.Err)
		}
		again := r.dial()
		if s, _ := again.Handshake(resume(c.Session)); s.SessionID != 0 {
			t.Errorf("a closed session was resumed: %+v", s)
		}
	})
}

func TestExpiry(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		silent, busy := r.dial(), r.dial()
		silent.Open(6 * time.Second)
		busy.Open(6 * time.Second)
		silent.Must(proto.OpCreate, create("/silent", "", znode.ModeEphemeral), &proto.CreateResponse{})
		busy.Must(proto.OpCreate, create("/busy", "", znode.ModeEphemeral), &proto.CreateResponse{})
		busy.Must(proto.OpExists, proto.ExistsRequest{Path: "/silent", Watch: true}.Append, &proto.StatResponse{})
		heard := time.Now()
		for range 2 {
			time.Sleep(2 * time.Second)
			busy.Write(conntest.Request(proto.XidPing, proto.OpPing, nil))
			busy.Recv()
		}
		expectEvent(t, busy, znode.EventDeleted, "/silent")
		if late := time.Since(heard) - 6*time.Second; late < 0 || late > 100*time.Millisecond {
			t.Errorf("expired %v after the timeout", late)
		}
		silent.Closed()
		busy.Must(proto.OpExists, proto.ExistsRequest{Path: "/busy"}.Append, &proto.StatResponse{})
	})
}

// A client that has seen more than the server is held, then refused without an
// answer.
func TestClientFromTheFuture(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		synctest.Wait() // the server has noted the time in the store
		request := resume(c.Session)
		request.LastZxidSeen = mk(c, "/a").Czxid + 1<<12
		start := time.Now()
		w := r.dial()
		if s, ok := w.Handshake(request); ok {
			t.Errorf("answered with %+v", s)
		}
		if held := time.Since(start); held != 2*time.Second {
			t.Errorf("held for %v", held)
		}
		// Another one in time.
		later, writer := r.dial(), r.client()
		request.LastZxidSeen = mk(writer, "/b").Czxid + 1<<12
		time.AfterFunc(time.Second, func() { writer.Send(proto.OpCreate, create("/c", "", 0)) })
		if s, ok := later.Handshake(request); !ok || s.SessionID != c.Session.SessionID {
			t.Errorf("not resumed in time: %+v", s)
		}
	})
}

func TestHandshakeDeadline(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.dial()
		start := time.Now()
		c.Write(conntest.Length(40))
		c.Closed()
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("cut after %v", took)
		}
	})
}

// A session's writes through its old connection are fenced once another server
// has it.
func TestMoveToAnotherServer(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		other := r.start(shim.Config{})
		defer other.Close()
		c := r.client()
		mk(c, "/a")
		nc, err := other.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		moved := conntest.New(r, nc)
		if s, ok := moved.Handshake(resume(c.Session)); !ok || s.SessionID != c.Session.SessionID {
			t.Fatalf("not moved: %+v", s)
		}
		c.Closed()
		synctest.Wait()
		set(moved, "/a", "x")
	})
}

// A client that comes back on a new connection does not see the time before what
// it asked for on the old one.
func TestWritesOfTheOldConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		hook := func(c mem.Call) mem.Fault {
			if slow.Load() && c.Method == mem.Commit {
				return mem.Fault{Before: 500 * time.Millisecond, After: 500 * time.Millisecond}
			}
			return mem.Fault{}
		}
		s, err := shim.New(context.Background(), shim.Config{}, mem.NewServer(mem.Options{}).Open("/x/", hook))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		dial := func() *conntest.Client {
			nc, err := s.Dial(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return conntest.New(t, nc)
		}
		old := dial()
		old.Open(time.Minute)
		slow.Store(true)
		old.Send(proto.OpCreate, create("/a", "", 0))
		synctest.Wait()
		old.Close()
		again := dial()
		again.Handshake(resume(old.Session))
		again.Must(proto.OpExists, proto.ExistsRequest{Path: "/a"}.Append, &proto.StatResponse{})
	})
}
