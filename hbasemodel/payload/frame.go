package payload

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
)

const (
	frameMagic = 0xFF
	frameHead  = 1 + 4
	// SaltSize is how many random bytes HBase puts behind a writer's id.
	SaltSize = 8
	// maxID is the longest id that gohbase and asynchbase accept.
	maxID = 65000
)

// Frame is the data of a znode, taken apart. Body and Salt share the memory of
// the data.
type Frame struct {
	// Framed is false where the body stands alone: an empty payload, or a
	// writer other than HBase. Java reads such data, gohbase and asynchbase
	// refuse it.
	Framed bool
	// Writer is the process that wrote the data last, such as "master:16000".
	Writer string
	// Salt are the random bytes behind the writer's id, nil where the id is
	// too short to hold any.
	Salt []byte
	// Body is the payload. It is nil for null data and empty, but not nil,
	// for empty data.
	Body []byte
}

// Open takes the data of a znode apart:
//
//	0xFF | int32 length of the id | writer, 8 bytes of salt | body
//
// Data without the leading 0xFF are all body. Nil data are null data. The
// error matches ErrFrame.
//
// Source: HBase's ZKMetadata.removeMetaData.
func Open(data []byte) (Frame, error) {
	if len(data) == 0 || data[0] != frameMagic {
		return Frame{Body: data}, nil
	}
	if len(data) < frameHead {
		return Frame{}, fmt.Errorf("%w: %d bytes, its head has %d", ErrFrame, len(data), frameHead)
	}
	n := int32(binary.BigEndian.Uint32(data[1:frameHead]))
	if n < 0 || int(n) > len(data)-frameHead {
		return Frame{}, fmt.Errorf("%w: an id of %d bytes in the %d that follow", ErrFrame, n, len(data)-frameHead)
	}
	id, body := data[frameHead:frameHead+int(n)], data[frameHead+int(n):]
	f := Frame{Framed: true, Body: body}
	if cut := len(id) - SaltSize; cut >= 0 {
		id, f.Salt = id[:cut], id[cut:]
	}
	f.Writer = string(id)
	return f, nil
}

// Seal frames a payload with a fresh salt, as HBase's
// ZKMetadata.appendMetaData does. An empty payload stays as it is, nil or
// empty: HBase never frames it. Of a writer's name longer than gohbase and
// asynchbase accept (64,992 bytes) the rest is dropped.
func Seal(writer string, payload []byte) []byte {
	return SealSalted(writer, payload, freshSalt())
}

// SealSalted is Seal with a salt of the caller's, for bytes that repeat.
func SealSalted(writer string, payload []byte, salt [SaltSize]byte) []byte {
	if len(payload) == 0 {
		return payload
	}
	out := make([]byte, 0, frameHead+len(writer)+SaltSize+len(payload))
	return append(appendFrame(out, writer, salt), payload...)
}

// Encodable is a message that Go programs write.
type Encodable interface {
	Message
	// AppendBody appends the body of the znode: "PBUF", unless HBase leaves
	// it out, and the protobuf.
	AppendBody(dst []byte) []byte
}

// Encode gives the data of a znode that holds m, in the full frame, which is
// what every client of HBase reads. The writer names the process and its port
// as HBase does: "master:16000", "regionserver:16020".
func Encode(writer string, m Encodable) []byte {
	out := appendFrame(make([]byte, 0, 128), writer, freshSalt())
	return m.AppendBody(out)
}

func appendFrame(dst []byte, writer string, salt [SaltSize]byte) []byte {
	writer = writer[:min(len(writer), maxID-SaltSize)]
	dst = append(dst, frameMagic)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(writer)+SaltSize))
	dst = append(dst, writer...)
	return append(dst, salt[:]...)
}

func freshSalt() (salt [SaltSize]byte) {
	_, _ = rand.Read(salt[:]) // documented never to fail
	return salt
}
