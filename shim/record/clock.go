package record

import "encoding/binary"

// Clock is what is noted in the store now and then, so that a backup of it can
// be told for one.
type Clock struct {
	// Time is when this was noted, in milliseconds since the Unix epoch.
	Time int64
	// Age is the store's at that time; a store that is younger than its Clock
	// says was restored.
	Age uint64
}

// Size returns the length of the encoding of c.
func (c Clock) Size() int { return 1 + varintLen(c.Time) + uvarintLen(c.Age) }

// Append encodes c behind dst.
func (c Clock) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.AppendVarint(dst, c.Time)
	return binary.AppendUvarint(dst, c.Age)
}

// DecodeClock decodes what Append made.
func DecodeClock(b []byte) (Clock, error) {
	c := open(b)
	x := Clock{Time: c.int64(), Age: c.uvarint()}
	if err := c.done(); err != nil {
		return Clock{}, err
	}
	return x, nil
}
