package conn

import (
	"io"
	"sync"
)

// outKeep is the largest buffer that is kept for reuse.
const outKeep = 128 << 10

// out gathers what is to be sent. Anybody appends whole frames; one at a time
// writes them to the socket: the reader after a burst of reads, the writer for
// everything else.
type out struct {
	w     io.Writer
	limit int           // bytes that queue may hold back
	wake  chan struct{} // size 1: there is something to write for the writer

	mu      sync.Mutex
	turn    sync.Cond // writing may have ended
	buf     []byte    // not taken by a writer yet
	spare   []byte    // the buffer that was written last
	queued  int       // bytes of buf that queue appended
	frames  int64     // ever appended
	writing bool      // somebody has the turn to write
	shut    bool      // nothing is taken or sent any more
}

func newOut(w io.Writer, limit int) *out {
	o := &out{w: w, limit: limit, wake: make(chan struct{}, 1)}
	o.turn.L = &o.mu
	return o
}

// lock gives the buffer to append one frame to, without waiting for the socket;
// unlock takes it back. Only the reader uses them: it flushes what it appends.
func (o *out) lock() []byte {
	o.mu.Lock()
	return o.buf
}

func (o *out) unlock(buf []byte) {
	defer o.mu.Unlock()
	if !o.shut {
		o.buf = buf
		o.frames++
	}
}

// queue has encode append one frame, which the writer sends. It does not wait
// for the socket; false means that the client does not read what it gets.
func (o *out) queue(encode func(dst []byte) []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shut {
		return true
	}
	before := len(o.buf)
	o.buf = encode(o.buf)
	o.frames++
	o.queued += len(o.buf) - before
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return o.queued <= o.limit
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
	defer func() {
		o.writing = false
		o.turn.Broadcast()
	}()
	for len(o.buf) > 0 && !o.shut {
		b := o.buf
		o.buf, o.spare, o.queued = o.spare[:0], nil, 0
		o.mu.Unlock()
		_, err := o.w.Write(b)
		o.mu.Lock()
		if err != nil {
			o.shut, o.buf = true, nil
			return err
		}
		if cap(b) <= outKeep {
			o.spare = b
		}
	}
	return nil
}

// close drops what was not sent and everything to come.
func (o *out) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shut, o.buf, o.spare = true, nil, nil
}
