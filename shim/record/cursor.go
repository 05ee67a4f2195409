package record

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/hquorum/hquorum/shim/znode"
)

// The errors of decoding.
var (
	// ErrCorrupt: the bytes are no record of this kind.
	ErrCorrupt = errors.New("record: corrupt")
	// ErrVersion: the record has a version that this build does not know.
	ErrVersion = errors.New("record: unknown version")
)

// version is the first byte of every record.
const version = 1

// cursor reads a record; after the first error it yields zero values.
type cursor struct {
	b   []byte
	err error
}

func open(b []byte) cursor {
	switch {
	case len(b) == 0:
		return cursor{err: ErrCorrupt}
	case b[0] != version:
		return cursor{err: ErrVersion}
	}
	return cursor{b: b[1:]}
}

func (c *cursor) fail() {
	c.b = nil
	if c.err == nil {
		c.err = ErrCorrupt
	}
}

// done returns the error of the whole record: nothing may be left over.
func (c *cursor) done() error {
	if len(c.b) > 0 {
		c.fail()
	}
	return c.err
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.fail()
		return nil
	}
	b := c.b[:n:n]
	c.b = c.b[n:]
	return b
}

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

// rest takes everything that is left; it is nil only after an error.
func (c *cursor) rest() []byte { return c.take(len(c.b)) }

func (c *cursor) uvarint() uint64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 || n > 1 && c.b[n-1] == 0 { // too short, too long, or padded
		c.fail()
		return 0
	}
	c.b = c.b[n:]
	return v
}

func (c *cursor) int64() int64 {
	u := c.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (c *cursor) int32() int32 {
	v := c.int64()
	if v < math.MinInt32 || v > math.MaxInt32 {
		c.fail()
		return 0
	}
	return int32(v)
}

func (c *cursor) zxid() znode.Zxid { return znode.Zxid(c.int64()) }

// count reads a number of elements that take at least one byte each, so that
// what is allocated for them is bounded by the input.
func (c *cursor) count() int {
	n := c.uvarint()
	if n > uint64(len(c.b)) {
		c.fail()
		return 0
	}
	return int(n)
}

func (c *cursor) string() string { return string(c.take(c.count())) }
