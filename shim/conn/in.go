package conn

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/hquorum/hquorum/shim/proto"
)

// errFrameLength: a frame's length is negative or exceeds jute.maxbuffer.
var errFrameLength = errors.New("conn: frame length out of range")

const (
	inSmall = 4 << 10  // what an idle connection keeps
	inLarge = 64 << 10 // what a busy one grows to without a large frame
)

// in cuts the bytes of a socket into frames without copying them.
type in struct {
	r     io.Reader
	limit int // the longest frame
	buf   []byte
	at    int // buf[at:] is not consumed yet
}

// next returns the next frame, without its length, if it is there in full. The
// frame is valid until fill.
func (b *in) next() (frame []byte, ok bool, err error) {
	rest := b.buf[b.at:]
	if len(rest) < proto.FrameHeader {
		return nil, false, nil
	}
	n := int(int32(binary.BigEndian.Uint32(rest)))
	if n < 0 || n > b.limit {
		return nil, false, errFrameLength
	}
	if len(rest)-proto.FrameHeader < n {
		return nil, false, nil
	}
	b.at += proto.FrameHeader + n
	return rest[proto.FrameHeader : proto.FrameHeader+n : proto.FrameHeader+n], true, nil
}

// back undoes the last next.
func (b *in) back(frame []byte) { b.at -= proto.FrameHeader + len(frame) }

// fill reads what is there, at least one byte. The buffer grows with what has
// arrived, not with what a length announces.
func (b *in) fill() error {
	rest := len(b.buf) - b.at
	switch {
	case rest == 0 && cap(b.buf) > inLarge:
		b.buf = make([]byte, 0, inSmall)
	case b.at > 0:
		copy(b.buf, b.buf[b.at:])
		b.buf = b.buf[:rest]
	}
	b.at = 0
	if rest == cap(b.buf) {
		b.buf = append(make([]byte, 0, max(2*rest, inSmall)), b.buf...)
	}
	n, err := b.r.Read(b.buf[rest:cap(b.buf)])
	b.buf = b.buf[:rest+n]
	if n > 0 {
		if rest == 0 && n == cap(b.buf) && n < inLarge {
			b.buf = append(make([]byte, 0, 2*n), b.buf...)
		}
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// word returns the first four bytes if they may be a four-letter word. As the
// length of a frame they would be too much for any jute.maxbuffer.
func (b *in) word() (string, bool) {
	const n = 4
	rest := b.buf[b.at:]
	if len(rest) < n {
		return "", false
	}
	for _, ch := range rest[:n] {
		if ch < 'a' || ch > 'z' {
			return "", false
		}
	}
	return string(rest[:n]), true
}
