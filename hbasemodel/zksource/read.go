package zksource

import (
	"errors"

	"github.com/go-zookeeper/zk"
)

// visit is a read of one znode, and what came of it.
type visit struct {
	n    *node
	want need
	// wait says that nobody watches for the znode's creation but this visit.
	wait bool
	// lists is how many lists of the parent's children had been read before.
	lists int

	missing bool
	denied  bool // err says that the data may not be read
	torn    bool // it was created anew between two reads
	data    []byte
	stat    *zk.Stat // with data; nil if that was not read
	listed  bool     // the children were read
	names   []string // of the children
	list    *zk.Stat // with names; nil if these may not be read
	err     error
}

// reborn reports whether another znode was found than was told.
func (v *visit) reborn() bool {
	return v.stat != nil && v.stat.Czxid != v.n.stat.Czxid || v.list != nil && v.list.Czxid != v.n.stat.Czxid
}

// read does v and sets watches for all that it reads.
func (l *link) read(v visit) visit {
	if v.want&needData != 0 {
		v.data, v.stat, _, v.err = l.conn.GetW(v.n.path)
		v.denied = errors.Is(v.err, zk.ErrNoAuth)
	}
	if v.err == nil && v.want&needChildren != 0 && (v.stat == nil || v.stat.EphemeralOwner == 0) {
		v.listed = true
		v.names, v.list, _, v.err = l.conn.ChildrenW(v.n.path)
		if v.n.parent != nil && errors.Is(v.err, zk.ErrNoAuth) {
			v.names, v.list, v.err = nil, nil, nil
		}
		v.torn = v.stat != nil && v.list != nil && v.stat.Czxid != v.list.Czxid
	}
	if errors.Is(v.err, zk.ErrNoNode) {
		v.missing, v.err = true, nil
		if v.wait {
			v.torn, _, _, v.err = l.conn.ExistsW(v.n.path)
		}
	}
	return v
}
