package conn_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

// Before the handshake there is nothing to answer: the connection is closed.
func TestHostileHandshake(t *testing.T) {
	good := proto.ConnectRequest{Timeout: 10000, Password: make([]byte, 16)}.Append(nil)
	frame := func(body []byte) []byte { return append(conntest.Length(uint32(len(body))), body...) }
	run(t, shim.Config{}, func(r *rig) {
		for name, sent := range map[string][]byte{
			"negative length":         conntest.Length(0xffffffff),
			"longest length":          conntest.Length(0x7fffffff),
			"length beyond maxbuffer": conntest.Length(0xfffff + 1),
			"empty frame":             conntest.Length(0),
			"cut request":             frame(good[:20]),
			"password of 2 GiB":       frame(append(bytes.Clone(good[:24]), 0x7f, 0xff, 0xff, 0xff)),
			"negative password":       frame(append(bytes.Clone(good[:24]), 0xff, 0xff, 0xff, 0xfe)),
			"HTTP":                    []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
			"TLS":                     {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3},
			"telnet's farewell":       {0xff, 0xf4, 0xff, 0xfd},
			"unknown word":            []byte("gtmk"),
		} {
			c := r.dial()
			start := time.Now()
			c.Write(sent)
			c.Closed()
			if took := time.Since(start); took != 0 {
				t.Errorf("%s: closed after %v", name, took)
			}
		}
	})
}

// Frames from which no request can be told close the connection.
func TestHostileFrames(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		for name, sent := range map[string][]byte{
			"negative length":         conntest.Length(0x80000000),
			"longest length":          conntest.Length(0x7fffffff),
			"length beyond maxbuffer": conntest.Length(0xfffff + 1),
			"empty frame":             conntest.Length(0),
			"half a header":           append(conntest.Length(4), 0, 0, 0, 1),
			"cut auth packet":         conntest.Request(1, proto.OpAuth, func(dst []byte) []byte { return append(dst, 0) }),
			"another handshake":       conntest.Length(45), // and then nothing: cut by its session's end
			"a word after all":        []byte("ruok"),
		} {
			c := r.client()
			c.Write(sent)
			if name == "another handshake" {
				time.Sleep(2 * time.Minute)
			}
			c.Closed()
		}
	})
}

// An opcode that does not exist is answered, then the connection is closed.
func TestUnknownOpcodes(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		for _, op := range []proto.OpCode{0, -1, 10, 999, proto.OpCheck, proto.OpCreateSession, -2147483648} {
			c := r.client()
			c.Send(proto.OpCreate, create("/n", "", znode.ModePersistentSequential))
			xid := c.Send(op, nil)
			if f := c.Recv(); f.Xid == xid {
				t.Errorf("opcode %d overtakes", op)
			}
			if f := c.Recv(); f.Xid != xid || f.Err != proto.Unimplemented || f.Zxid != -1 || len(f.Body) > 0 {
				t.Errorf("opcode %d: %+v", op, f)
			}
			c.Closed()
		}
	})
}

// Malformed bodies are answered with MARSHALLINGERROR, and the connection goes
// on.
func TestMalformedBodies(t *testing.T) {
	body := func(b ...byte) func([]byte) []byte { return func(dst []byte) []byte { return append(dst, b...) } }
	huge := []byte{0x7f, 0xff, 0xff, 0xff}
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		for _, op := range []proto.OpCode{
			proto.OpCreate, proto.OpCreate2, proto.OpCreateContainer, proto.OpCreateTTL, proto.OpDelete, proto.OpDeleteContainer,
			proto.OpSetData, proto.OpSetACL, proto.OpMulti, proto.OpMultiRead, proto.OpExists, proto.OpGetData, proto.OpGetACL,
			proto.OpGetChildren, proto.OpGetChildren2, proto.OpGetAllChildrenNumber, proto.OpGetEphemerals, proto.OpSync,
			proto.OpSetWatches, proto.OpSetWatches2, proto.OpAddWatch, proto.OpCheckWatches, proto.OpRemoveWatches,
		} {
			for name, b := range map[string]func([]byte) []byte{
				"empty": nil, "one byte": body(0), "huge string": body(huge...), "negative string": body(0xff, 0xff, 0xff, 0xfe),
				"cut string": body(0, 0, 0, 5, '/', 'a'),
			} {
				if f := c.Call(op, b); f.Err != proto.MarshallingError || len(f.Body) > 0 {
					t.Errorf("%v, %s: %v", op, name, f.Err)
				}
			}
		}
		manyACLs := func(dst []byte) []byte {
			return append(jute.AppendBuffer(jute.AppendString(dst, "/a"), nil), huge...)
		}
		if f := c.Call(proto.OpCreate, manyACLs); f.Err != proto.MarshallingError {
			t.Errorf("2^31-1 ACLs: %v", f.Err)
		}
		manyWatches := func(dst []byte) []byte { return append(jute.AppendLong(dst, 0), huge...) }
		if f := c.Call(proto.OpSetWatches, manyWatches); f.Err != proto.MarshallingError {
			t.Errorf("2^31-1 watches: %v", f.Err)
		}
		// Trailing bytes are nothing to ZooKeeper.
		long := func(dst []byte) []byte { return append(create("/long", "", 0)(dst), 1, 2, 3) }
		c.Must(proto.OpCreate, long, &proto.CreateResponse{})
	})
}

func TestLongestFrame(t *testing.T) {
	run(t, shim.Config{MaxBuffer: 2000}, func(r *rig) {
		c := r.client()
		request := func(n int) []byte {
			return conntest.Request(1, proto.OpCreate, create("/n", strings.Repeat("x", n), znode.ModePersistentSequential))
		}
		room := 2004 - len(request(0))
		c.Write(request(room))
		if f := c.Recv(); f.Err != proto.OK {
			t.Errorf("a frame of 2000 bytes: %v", f.Err)
		}
		c.Write(request(room + 1))
		c.Closed()
	})
}

// A frame may come byte by byte.
func TestTrickle(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		request := conntest.Request(7, proto.OpCreate, create("/a", "x", 0))
		for i := range request {
			c.Write(request[i : i+1])
			time.Sleep(time.Millisecond)
		}
		if f := c.Recv(); f.Xid != 7 || f.Err != proto.OK {
			t.Errorf("reply %+v", f)
		}
	})
}

// A client that does not read its events is cut, and nobody waits for it.
func TestSlowReader(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of large writes")
	}
	run(t, shim.Config{}, func(r *rig) {
		slow, writer := r.client(), r.client()
		slow.Must(proto.OpAddWatch, proto.AddWatchRequest{Path: "/", Mode: proto.AddPersistentRecursive}.Append, &proto.ErrorResponse{})
		resume := slow.Stall()
		p := znode.Path("/" + strings.Repeat("long", 1000))
		mk(writer, p)
		events := 16 << 20 / len(p)
		for range 2 * events {
			writer.Send(proto.OpSetData, proto.SetDataRequest{Path: p, Version: -1}.Append)
		}
		for range 2 * events {
			writer.Recv()
		}
		resume()
		for got := 0; ; got++ {
			if !slow.More() {
				break
			}
			if got > events {
				t.Fatalf("%d events waited for a client that does not read", got)
			}
		}
	})
}

// A client that asks for much and reads late gets everything: it is made to wait,
// not cut.
func TestLateReader(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		data := strings.Repeat("x", 500_000)
		c.Must(proto.OpCreate, create("/big", data, 0), &proto.CreateResponse{})
		const n = 100 // 50 MB
		resume := c.Stall()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for i := range n {
				c.Write(conntest.Request(proto.Xid(1000+i), proto.OpGetData, get("/big", false)))
			}
		}()
		time.Sleep(time.Second)
		resume()
		<-sent
		for i := range n {
			if f := c.Recv(); f.Xid != proto.Xid(1000+i) || len(f.Body) < len(data) {
				t.Fatalf("reply %d: xid %d, %d bytes", i, f.Xid, len(f.Body))
			}
		}
	})
}
