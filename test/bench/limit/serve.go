package limit

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/backend"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
)

// Server is a running limit.
type Server struct {
	backend  *backend.Backend
	listener net.Listener
	batcher  *batcher
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // nil after Close
}

// Serve starts a Server with its etcd in dir, on a free port of 127.0.0.1.
func Serve(dir string) (*Server, error) {
	b, err := backend.Embedded(context.Background(), backend.EmbeddedConfig{Dir: dir, Log: zerolog.Nop()})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	s := &Server{backend: b, listener: listener, batcher: newBatcher(b.KV), conns: map[net.Conn]bool{}}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close hangs up on everybody and stops etcd.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	for conn := range s.conns {
		conn.Close()
	}
	s.conns = nil
	s.mu.Unlock()
	s.batcher.close()
	s.running.Wait()
	return errors.Join(err, s.backend.Close())
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.conns == nil {
			conn.Close()
		} else {
			s.conns[conn] = true
			s.running.Go(func() { s.serve(conn) })
		}
		s.mu.Unlock()
	}
}

func (s *Server) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}()
	in := bufio.NewReaderSize(conn, 16<<10)
	var frame, out []byte
	var writes []write
	for first := true; ; first = false {
		var err error
		if frame, err = readFrame(in, frame); err != nil {
			return
		}
		if first {
			out = appendGreeting(out)
		} else {
			var w write
			var open bool
			if out, w, open = appendReply(out, frame); w.key != nil {
				writes = append(writes, w)
			}
			if !open {
				_, _ = conn.Write(out) // the client has gone if it fails
				return
			}
		}
		if in.Buffered() > 0 {
			continue
		}
		if len(writes) > 0 {
			if err := s.batcher.commit(writes); err != nil {
				return
			}
			writes = writes[:0]
		}
		if _, err := conn.Write(out); err != nil {
			return
		}
		out = out[:0]
	}
}

func readFrame(in *bufio.Reader, buffer []byte) ([]byte, error) {
	header, err := in.Peek(proto.FrameHeader)
	if err != nil {
		return buffer, err
	}
	length, err := proto.FrameLength([proto.FrameHeader]byte(header), proto.DefaultMaxFrame)
	if err != nil {
		return buffer, err
	}
	if length < 8 {
		return buffer, jute.ErrShort
	}
	if cap(buffer) < length {
		buffer = make([]byte, length)
	}
	buffer = buffer[:length]
	if _, err = in.Discard(proto.FrameHeader); err != nil {
		return buffer, err
	}
	_, err = io.ReadFull(in, buffer)
	return buffer, err
}

// appendReply answers a request. The write is what etcd is to do first, and its
// key nil if that is nothing. It reports false at the end of a session.
func appendReply(out, frame []byte) ([]byte, write, bool) {
	xid := proto.Xid(int32(binary.BigEndian.Uint32(frame)))
	op := proto.OpCode(int32(binary.BigEndian.Uint32(frame[4:])))
	out, mark := proto.BeginFrame(out)
	out = proto.ReplyHeader{Xid: xid, Zxid: 1}.Append(out)
	var w write
	body := frame[8:]
	switch op {
	case proto.OpCreate, proto.OpSetData, proto.OpDelete:
		cursor := jute.NewCursor(body)
		w.key = append([]byte(nil), cursor.Buffer()...)
		if op == proto.OpDelete {
			break
		}
		w.value = value
		if op == proto.OpCreate {
			out = jute.AppendBuffer(out, w.key)
		} else {
			out = append(out, stat...)
		}
	case proto.OpGetData:
		out = append(out, dataReply...)
	case proto.OpExists:
		out = append(out, stat...)
	case proto.OpGetChildren:
		out = append(out, childrenReply...)
	}
	return proto.EndFrame(out, mark), w, op != proto.OpCloseSession
}
