package proto

import (
	"encoding/binary"
	"io"

	"github.com/hquorum/hquorum/shim/jute"
)

// DefaultMaxFrame is ZooKeeper's default limit of a frame that a server accepts,
// in bytes (jute.maxbuffer).
const DefaultMaxFrame = 0xfffff

// FrameHeader is how many bytes the length in front of a frame takes.
const FrameHeader = 4

// BeginFrame starts a frame at the end of dst: append its contents, then call
// EndFrame with the returned mark.
func BeginFrame(dst []byte) ([]byte, int) {
	return append(dst, 0, 0, 0, 0), len(dst)
}

// EndFrame writes the length of the frame that began at mark and ends where dst
// does. It returns dst.
func EndFrame(dst []byte, mark int) []byte {
	binary.BigEndian.PutUint32(dst[mark:], uint32(len(dst)-mark-FrameHeader))
	return dst
}

// FrameLength returns the length that the FrameHeader announces of the frame
// behind it. It fails with jute.ErrNegative, and with jute.ErrTooLong if there
// are more than limit bytes.
func FrameLength(header [FrameHeader]byte, limit int) (int, error) {
	n := int32(binary.BigEndian.Uint32(header[:]))
	switch {
	case n < 0:
		return 0, jute.ErrNegative
	case int(n) > limit:
		return 0, jute.ErrTooLong
	}
	return int(n), nil
}

// ReadFrame reads a frame of at most limit bytes, without its header. It fails
// as FrameLength and io.ReadFull do; io.EOF means that r ended between frames.
func ReadFrame(r io.Reader, limit int) ([]byte, error) {
	var header [FrameHeader]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	n, err := FrameLength(header, limit)
	if err != nil {
		return nil, err
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(r, frame); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return frame, nil
}
