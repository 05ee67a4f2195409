package zksource

import (
	"strings"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel"
)

// kind says what a znode is read for.
type kind int

const (
	shown     kind = iota // the sink is told of it
	candidate             // a child of / that is not known to be a cluster's root
	top                   // / itself, of which the candidates are children
)

// node is a znode that is known to exist, or a root that may come to exist.
type node struct {
	path     string
	kind     kind
	parent   *node // nil for a root
	children map[string]*node
	lists    int // lists of its children that were received
	seen     int // the last one of its parent's that it was in

	need    need
	gone    bool // it was deleted; its parent's next list tells whether it is there again
	queued  bool
	busy    bool // a visit is under way
	dropped bool // it is not part of the tree any more
	told    bool
	awaited bool // it is counted in follower.awaited

	data     []byte
	stat     zk.Stat
	cversion int32 // of the last list
}

// absorb notes what v has read.
func (n *node) absorb(v visit) {
	if v.stat != nil {
		n.data, n.stat = v.data, *v.stat
	}
	if v.list != nil {
		n.stat.NumChildren, n.stat.Pzxid, n.stat.Cversion = v.list.NumChildren, v.list.Pzxid, v.list.Cversion
	}
}

// last returns the highest zxid that the znode shows.
func (n *node) last() int64 { return max(n.stat.Czxid, n.stat.Mzxid, n.stat.Pzxid) }

func (n *node) znode() hbasemodel.Znode {
	s := &n.stat
	return hbasemodel.Znode{
		Path: n.path, Data: n.data,
		Stat: hbasemodel.Stat{
			Czxid: s.Czxid, Mzxid: s.Mzxid,
			Ctime: time.UnixMilli(s.Ctime), Mtime: time.UnixMilli(s.Mtime),
			Version: s.Version, EphemeralOwner: s.EphemeralOwner, NumChildren: s.NumChildren,
		},
	}
}

func (n *node) name() string { return n.path[strings.LastIndexByte(n.path, '/')+1:] }

func (n *node) child(name string) string {
	if n.path == "/" {
		return "/" + name
	}
	return n.path + "/" + name
}
