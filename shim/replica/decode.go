package replica

import (
	"errors"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// errPosition: a pending zxid with a position that no transaction has.
var errPosition = errors.New("position out of range")

// based says which zxids of a znode were stored pending: they move with the
// base, as another replica that loads them will resolve them against it.
type based uint8

const (
	basedCzxid based = 1 << iota
	basedMzxid
	basedPzxid
)

// resolver makes the zxids of records final; based is that of the last one.
type resolver struct {
	base  znode.Zxid
	rev   store.Revision
	based based
	err   error
}

func (r *resolver) zxid(z znode.Zxid, which based) znode.Zxid {
	if !z.Pending() {
		return z
	}
	if ^z > znode.MaxPosition {
		r.err = errPosition
		return 0
	}
	r.based |= which
	return z.Resolve(r.base, int64(r.rev))
}

func (r *resolver) node(b []byte) (record.Node, error) {
	n, err := record.DecodeNode(b)
	if err != nil {
		return n, err
	}
	r.based, r.err = 0, nil
	n.Czxid, n.Mzxid = r.zxid(n.Czxid, basedCzxid), r.zxid(n.Mzxid, basedMzxid)
	return n, r.err
}

func (r *resolver) counter(b []byte) (record.Counter, error) {
	c, err := record.DecodeCounter(b)
	if err != nil {
		return c, err
	}
	r.based, r.err = 0, nil
	c.Pzxid = r.zxid(c.Pzxid, basedPzxid)
	return c, r.err
}
