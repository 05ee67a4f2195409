package conn

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/auth"
	"github.com/hquorum/hquorum/shim/proto"
)

// outRig is a Hub whose connections only send.
type outRig struct {
	*testing.T
	hub *Hub
}

func newOutRig(t *testing.T, maxQueued int) *outRig {
	r := &outRig{t, NewHub(Options{Auth: auth.NewRegistry(auth.Options{}), MaxQueued: maxQueued})}
	t.Cleanup(func() { r.hub.Close() })
	return r
}

// serve returns a connection over nc. Its goroutine, which is no reader, ends
// with it.
func (r *outRig) serve(nc net.Conn) *Conn {
	r.Helper()
	c := newConn(r.hub, nc, netip.IPv6Loopback())
	if err := r.hub.add(c); err != nil {
		r.Fatal(err)
	}
	go func() {
		defer r.hub.running.Done()
		<-c.ctx.Done()
		c.cut(errDone) // like run: it returns when whoever cut it has closed out
		r.hub.remove(c)
	}()
	return c
}

// socket returns a connection with little room on its way to the client.
func (r *outRig) socket() (*Conn, net.Conn) {
	r.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		r.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		r.Fatal(err)
	}
	_ = client.(*net.TCPConn).SetReadBuffer(64 << 10)
	_ = server.(*net.TCPConn).SetWriteBuffer(64 << 10)
	r.Cleanup(func() { client.Close() })
	return r.serve(server), client
}

// pipe returns a connection that cannot be written to without waiting.
func (r *outRig) pipe() (*Conn, net.Conn) {
	client, server := net.Pipe()
	r.Cleanup(func() { client.Close() })
	return r.serve(server), client
}

// appendNumber appends a frame that starts with who sends it and a number, and is
// padded to size.
func appendNumber(dst []byte, who byte, n, size int) []byte {
	dst, mark := proto.BeginFrame(dst)
	dst = binary.BigEndian.AppendUint32(append(dst, who), uint32(n))
	dst = append(dst, make([]byte, size)...)
	return proto.EndFrame(dst, mark)
}

// expect reads frames until each sender's are there, in order.
func expect(nc io.Reader, senders map[byte]int, pause func()) error {
	next := map[byte]int{}
	left := 0
	for _, n := range senders {
		left += n
	}
	for ; left > 0; left-- {
		frame, err := proto.ReadFrame(nc, 1<<30)
		if err != nil {
			return err
		}
		who, n := frame[0], int(binary.BigEndian.Uint32(frame[1:]))
		if n != next[who] || n >= senders[who] {
			return errors.New("frames are lost or out of order")
		}
		next[who]++
		pause()
	}
	return nil
}

func (r *outRig) flushers() int {
	r.hub.line.mu.Lock()
	defer r.hub.line.mu.Unlock()
	return r.hub.line.flushers
}

// Whoever appends, whoever writes, and however little the socket takes: frames
// stay whole, each sender's arrive in order, and none is left behind.
func TestNothingIsLostOrMixed(t *testing.T) {
	for name, connect := range map[string]func(*outRig) (*Conn, net.Conn){"socket": (*outRig).socket, "pipe": (*outRig).pipe} {
		t.Run(name, func(t *testing.T) {
			r := newOutRig(t, 1<<30)
			const conns, frames = 12, 1000
			var all []*Conn
			var work sync.WaitGroup
			for i := range conns {
				c, client := connect(r)
				all = append(all, c)
				pause := func() {}
				if i%3 == 0 {
					pause = runtime.Gosched
				}
				work.Go(func() { // the client
					if err := expect(client, map[byte]int{'r': frames / 10, 'w': frames, 'e': frames}, pause); err != nil {
						t.Error(err)
					}
				})
				work.Go(func() { // the reader
					for n := range frames / 10 {
						c.out.unlock(appendNumber(c.out.lock(), 'r', n, rand.IntN(100)))
						if n%7 == 0 || n == frames/10-1 {
							if err := c.out.flush(); err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
			for _, who := range []byte{'w', 'e'} { // two that change the replica
				work.Go(func() {
					for n := range frames {
						for _, c := range all {
							c.queue(appendNumber(c.out.lock(), who, n, rand.IntN(300)))
						}
						if n%5 == 0 {
							r.hub.Flush()
						}
						if f := r.flushers(); f > min(runtime.GOMAXPROCS(0), maxFlushers) {
							t.Errorf("%d flushers", f)
						}
					}
					r.hub.Flush()
				})
			}
			work.Wait()
		})
	}
}

// A client that does not read is no burden to the others, nor to who sends; when
// it reads at last it gets everything.
func TestFullSocketHoldsNobodyUp(t *testing.T) {
	r := newOutRig(t, 1<<30)
	const frames, size = 40, 100_000
	slow, late := r.socket()
	for n := range frames {
		slow.queue(appendNumber(slow.out.lock(), 'w', n, size))
		r.hub.Flush()
	}
	const others = 20
	for i := range others {
		c, client := r.socket()
		c.queue(appendNumber(c.out.lock(), 'w', 0, 10))
		slow.queue(appendNumber(slow.out.lock(), 'e', i, 10))
		r.hub.Flush()
		if err := expect(client, map[byte]int{'w': 1}, func() {}); err != nil {
			t.Fatal(err)
		}
	}
	if err := expect(late, map[byte]int{'w': frames, 'e': others}, func() {}); err != nil {
		t.Error(err)
	}
}

// Connections may be cut while others append and flushers write to them, or wait
// to, and so may the Hub be closed: no goroutine is left.
func TestCutWhileSending(t *testing.T) {
	for range 30 {
		r := newOutRig(t, 1<<30)
		var conns []*Conn
		for i := range 12 {
			connect := r.socket
			if i%4 == 0 {
				connect = r.pipe
			}
			c, client := connect()
			conns = append(conns, c)
			if i%2 == 0 {
				go func() { _, _ = io.Copy(io.Discard, client) }()
			}
		}
		var work sync.WaitGroup
		for range 2 {
			work.Go(func() {
				for n := range 200 {
					for _, c := range conns {
						c.queue(appendNumber(c.out.lock(), 'w', n, 1000))
					}
					r.hub.Flush()
				}
			})
		}
		work.Go(func() {
			for _, c := range conns[:6] {
				runtime.Gosched()
				c.cut(errDone)
			}
		})
		work.Go(func() {
			time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond)
			r.hub.Close()
		})
		work.Wait()
		r.hub.Flush()
		if n := r.flushers(); n > 0 {
			t.Errorf("%d flushers are left", n)
		}
		for _, c := range conns {
			if c.out.writing || c.out.err != nil && !errors.Is(c.out.err, syscall.EPIPE) && !errors.Is(c.out.err, syscall.ECONNRESET) {
				t.Errorf("writing %v, %v", c.out.writing, c.out.err)
			}
		}
	}
}

// Who does not take what it is sent is cut when MaxQueued waits for it, besides
// what its socket has taken and what is on its way there.
func TestDeafClientIsCut(t *testing.T) {
	for name, connect := range map[string]func(*outRig) (*Conn, net.Conn){"socket": (*outRig).socket, "pipe": (*outRig).pipe} {
		const limit, size = 1 << 20, 1000
		r := newOutRig(t, limit)
		c, _ := connect(r)
		n := 0
		for ; c.ctx.Err() == nil && n < 100*limit/size; n++ {
			c.queue(appendNumber(c.out.lock(), 'w', n, size))
			r.hub.Flush()
		}
		if !errors.Is(c.why, errDeaf) || n*(size+9) < limit {
			t.Errorf("%s: after %d frames: %v", name, n, c.why)
		}
	}
}

// What waits when the Hub is closed is dropped.
func TestCloseWhileSomeWait(t *testing.T) {
	r := newOutRig(t, 1<<20)
	var conns []*Conn
	for range 5 {
		c, _ := r.pipe()
		conns = append(conns, c)
		c.queue(appendNumber(c.out.lock(), 'w', 0, 10))
	}
	r.hub.Close()
	for _, c := range conns {
		c.queue(appendNumber(c.out.lock(), 'w', 1, 10))
	}
	r.hub.Flush()
	if n := r.flushers(); n > 0 {
		t.Errorf("%d flushers after Close", n)
	}
}

// full is a socket that takes nothing, and runs meanwhile while it is asked.
type full struct {
	net.Conn
	meanwhile func()
}

func (s full) SyscallConn() (syscall.RawConn, error) { return fullRaw{meanwhile: s.meanwhile}, nil }

type fullRaw struct {
	syscall.RawConn // nil
	meanwhile       func()
}

func (r fullRaw) Write(func(fd uintptr) bool) error {
	r.meanwhile()
	return nil
}

// Nobody begins to wait for a socket that was closed meanwhile: Hub.Close may be
// over by then.
func TestNobodyWaitsForAClosedSocket(t *testing.T) {
	var o *out
	var wait, closed bool
	o = newOut(full{meanwhile: func() {
		if o.unlock(append(o.lock(), "two"...)); closed {
			o.close()
		}
	}}, 100)
	for _, closed = range []bool{false, true} {
		wait = false
		o.unlock(append(o.lock(), "one"...))
		if err := o.push(func(rest []byte) { wait, o.writing = string(rest) == "one", false }); err != nil {
			t.Fatal(err)
		}
		if wait == closed || o.writing {
			t.Errorf("closed %v: wait %v, writing %v", closed, wait, o.writing)
		}
		o.buf = nil
	}
}
