package conn

import (
	"net"
	"sync"
	"syscall"
)

// outKeep is the largest buffer that is kept for reuse.
const outKeep = 128 << 10

// out gathers what is to be sent. Anybody appends whole frames between lock and
// unlock; one at a time writes them to the socket: the reader after a burst of
// reads, a flusher for everything else, and while the socket is full a goroutine
// that waits for it.
type out struct {
	nc    net.Conn
	limit int             // bytes that others than the reader may leave
	raw   syscall.RawConn // nil: nc cannot be written without waiting
	once  func(fd uintptr) bool

	mu      sync.Mutex
	turn    sync.Cond // writing may have ended
	buf     []byte    // not taken by a writer yet
	spare   []byte    // the buffer that was written last
	queued  int       // bytes of buf that others than the reader appended
	frames  int64     // ever appended
	writing bool      // somebody has the turn to write
	shut    bool      // nothing is taken or sent any more

	// The attempt under way, of who has the turn.
	tried []byte
	took  int
	err   error
}

func newOut(nc net.Conn, limit int) *out {
	o := &out{nc: nc, limit: limit}
	o.turn.L = &o.mu
	if s, ok := nc.(syscall.Conn); ok && canAttempt {
		if raw, err := s.SyscallConn(); err == nil {
			o.raw = raw
			o.once = func(fd uintptr) bool {
				o.took, o.err = attempt(fd, o.tried)
				return true
			}
		}
	}
	return o
}

// lock gives the buffer to append one frame to, without waiting for the socket.
// The reader gives it back with unlock, others with queue.
func (o *out) lock() []byte {
	o.mu.Lock()
	return o.buf
}

// unlock takes the buffer back from the reader, which flushes what it appends.
func (o *out) unlock(buf []byte) {
	if !o.shut {
		o.buf = buf
		o.frames++
	}
	o.mu.Unlock()
}

// queue takes the buffer back from others, who see to it that push is called.
// False means that the client does not read what it gets.
func (o *out) queue(buf []byte) bool {
	o.queued += len(buf) - len(o.buf)
	fits := o.shut || o.queued <= o.limit
	o.unlock(buf)
	return fits
}

// sent returns how many frames were ever appended.
func (o *out) sent() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.frames
}

// flush returns when everything that was appended before is written, in one
// write as long as nothing is added meanwhile.
func (o *out) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.writing {
		o.turn.Wait()
	}
	o.writing = true
	return o.write(nil)
}

// push writes what was appended as far as the socket takes it without waiting,
// unless somebody is writing already. What is left goes to later, which is
// called with the lock held and has finish called, and so does the turn.
func (o *out) push(later func(rest []byte)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writing {
		return nil
	}
	o.writing = true
	for len(o.buf) > 0 && !o.shut {
		b := o.take()
		n, err := 0, error(nil)
		if o.raw != nil {
			o.mu.Unlock()
			n, err = o.attempt(b)
			o.mu.Lock()
		}
		switch {
		case err != nil:
			return o.fail(err)
		case n == len(b):
			o.keep(b)
		case !o.shut:
			later(b[n:])
			return nil
		}
	}
	o.pass()
	return nil
}

// finish writes what push has left, and all that was appended since.
func (o *out) finish(rest []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write(rest)
}

// write writes rest and everything behind it, and waits for the socket. The
// caller has the turn, which ends.
func (o *out) write(rest []byte) error {
	for !o.shut && len(rest)+len(o.buf) > 0 {
		b := rest
		if rest = nil; len(b) == 0 {
			b = o.take()
		}
		o.mu.Unlock()
		_, err := o.nc.Write(b)
		o.mu.Lock()
		if err != nil {
			return o.fail(err)
		}
		o.keep(b)
	}
	o.pass()
	return nil
}

// attempt writes what the socket takes at once.
func (o *out) attempt(b []byte) (int, error) {
	o.tried = b
	err := o.raw.Write(o.once)
	o.tried = nil
	if err != nil {
		return 0, err // it is closed
	}
	return o.took, o.err
}

// take gives what was appended to who has the turn; keep takes the memory back.
func (o *out) take() []byte {
	b := o.buf
	o.buf, o.spare, o.queued = o.spare[:0], nil, 0
	return b
}

func (o *out) keep(b []byte) {
	if cap(b) <= outKeep {
		o.spare = b
	}
}

// pass ends the turn.
func (o *out) pass() {
	o.writing = false
	o.turn.Broadcast()
}

// fail ends the turn, and everything else.
func (o *out) fail(err error) error {
	o.shut, o.buf = true, nil
	o.pass()
	return err
}

// close drops what was not sent and everything to come.
func (o *out) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shut, o.buf, o.spare = true, nil, nil
}
