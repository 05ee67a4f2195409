package record

import (
	"encoding/binary"

	"github.com/hquorum/hquorum/shim/znode"
)

// Entry is one event of a transaction.
type Entry struct {
	// Pos is the position of the request in its transaction, 0 to
	// znode.MaxPosition.
	Pos int
	// Type is EventCreated, EventDeleted or EventDataChanged; the event of the
	// parent's children follows from the first two.
	Type znode.EventType
	Path znode.Path
	// ACL is the znode's at that moment, where the states before and after the
	// transaction do not tell it: the znode was created and deleted in the same
	// transaction, or its ACL was set in between. It is nil otherwise: then the
	// state before tells a deleted znode's ACL, the state after any other's.
	ACL []znode.ACL
}

// Size returns the number of bytes that e adds to the encoding of a Journal.
func (e Entry) Size() int {
	return uvarintLen(uint64(e.Pos)) + 1 + stringSize(string(e.Path)) + aclSize(e.ACL)
}

// Journal lists the events of a transaction in the order in which they
// happened.
type Journal []Entry

// Size returns the length of the encoding of j.
func (j Journal) Size() int {
	size := 1 + uvarintLen(uint64(len(j)))
	for i := range j {
		size += j[i].Size()
	}
	return size
}

// Append encodes j behind dst.
func (j Journal) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.AppendUvarint(dst, uint64(len(j)))
	for i := range j {
		dst = binary.AppendUvarint(dst, uint64(j[i].Pos))
		dst = append(dst, byte(j[i].Type))
		dst = appendString(dst, string(j[i].Path))
		dst = appendACL(dst, j[i].ACL)
	}
	return dst
}

// DecodeJournal decodes what Append made. The paths share memory: keep a clone of
// one that is to be kept for long.
func DecodeJournal(b []byte) (Journal, error) {
	const least = 4 // bytes of the shortest entry
	c, text := open(b), string(b)
	path := func() znode.Path {
		n := c.count()
		from := len(text) - len(c.b)
		return znode.Path(text[from : from+len(c.take(n))])
	}
	n := c.count()
	j := make(Journal, 0, min(n, len(c.b)/least+1))
	for range n {
		pos, typ := c.uvarint(), znode.EventType(c.byte())
		e := Entry{Pos: int(pos), Type: typ, Path: path(), ACL: c.acl()}
		if pos > znode.MaxPosition || typ < znode.EventCreated || typ > znode.EventDataChanged {
			c.fail()
		}
		if c.err != nil {
			return nil, c.err
		}
		j = append(j, e)
	}
	if err := c.done(); err != nil {
		return nil, err
	}
	return j, nil
}
