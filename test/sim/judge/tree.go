package judge

import (
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

var open = []wire.ACL{{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}}

// node is a znode. creates counts the children ever created.
type node struct {
	data                []byte
	acl                 []wire.ACL
	czxid, mzxid, pzxid int64
	ctime, mtime        int64
	version, aversion   int32
	creates             int32
	owner               int64 // as it is stored: a session, or what a container or TTL znode has
	// lost says that a lease took children away and the store does not know
	// that yet, robbed that this has ever happened: servers that learnt of it
	// in different ways may disagree on the pzxid, until one of them stores it.
	lost, robbed bool
}

const containerOwner = math.MinInt64

func (n *node) ttl() int64 { // milliseconds, 0: none
	if uint64(n.owner)>>56 == 0xff {
		return n.owner & (1<<40 - 1)
	}
	return 0
}

func (n *node) ephemeral() bool { return n.owner != 0 && n.owner != containerOwner && n.ttl() == 0 }

// tree remembers every state that the znodes ever had.
type tree struct {
	versions map[string][]version
	children map[string]map[string]bool // the paths of all children ever
}

type version struct {
	zxid int64
	*node
}

func newTree() *tree {
	return &tree{versions: map[string][]version{}, children: map[string]map[string]bool{}}
}

func (t *tree) put(p string, zxid int64, n *node) {
	t.versions[p] = append(t.versions[p], version{zxid, n})
	if p == "/" {
		return
	}
	parent := parentOf(p)
	if t.children[parent] == nil {
		t.children[parent] = map[string]bool{}
	}
	t.children[parent][p] = true
}

// state is the tree after the transaction with a zxid.
type state struct {
	*tree
	zxid int64
}

func (t *tree) at(zxid int64) state { return state{t, zxid} }

func (s state) get(p string) *node {
	v := s.versions[p]
	i := sort.Search(len(v), func(i int) bool { return v[i].zxid > s.zxid })
	if i == 0 {
		return nil
	}
	return v[i-1].node
}

// paths returns all that exist, sorted.
func (s state) paths() []string {
	var all []string
	for p := range s.versions {
		if s.get(p) != nil {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all
}

// draft is a state with changes that are not done yet.
type draft struct {
	state
	changed map[string]*node // nil: deleted
	order   []string
	zxid    int64 // that the changes get
	events  []Event
}

// Event is something that watches may tell.
type Event struct {
	Zxid           int64
	Type           int32
	Path           string
	acl, parentACL []wire.ACL
}

func (s state) draft(zxid int64) *draft {
	return &draft{state: s, changed: map[string]*node{}, zxid: zxid}
}

func (d *draft) get(p string) *node {
	if n, ok := d.changed[p]; ok {
		return n
	}
	return d.state.get(p)
}

// edit returns a copy of the znode at p to change.
func (d *draft) edit(p string) *node {
	n := *d.get(p)
	d.set(p, &n)
	return &n
}

func (d *draft) set(p string, n *node) {
	if _, ok := d.changed[p]; !ok {
		d.order = append(d.order, p)
	}
	d.changed[p] = n
}

// names returns the names of p's children, sorted.
func (d *draft) names(p string) []string {
	var names []string
	seen := map[string]bool{}
	add := func(c string) {
		if !seen[c] && parentOf(c) == p && c != "/" && d.get(c) != nil {
			names = append(names, c[strings.LastIndexByte(c, '/')+1:])
		}
		seen[c] = true
	}
	for c := range d.children[p] {
		add(c)
	}
	for c := range d.changed {
		add(c)
	}
	slices.Sort(names)
	return names
}

// commit makes the changes part of the tree.
func (d *draft) commit() {
	for _, p := range d.order {
		d.put(p, d.zxid, d.changed[p])
	}
}

func (d *draft) stat(p string) *wire.Stat {
	n := d.get(p)
	kids := int32(len(d.names(p)))
	s := &wire.Stat{
		Czxid: n.czxid, Mzxid: n.mzxid, Pzxid: n.pzxid, Ctime: n.ctime, Mtime: n.mtime,
		Version: n.version, Aversion: n.aversion, Cversion: 2*n.creates - kids,
		DataLength: int32(len(n.data)), NumChildren: kids,
	}
	if n.ephemeral() {
		s.EphemeralOwner = n.owner
	}
	return s
}

// parentOf returns the parent's path; the root's is the root.
func parentOf(p string) string {
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		return p[:i]
	}
	return "/"
}
