package tree_test

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// model interprets requests one at a time on plain maps. Its zxids are the
// numbers of the requests, from 1 on.
type model struct {
	nodes    map[string]*modelNode
	sessions map[znode.SessionID]record.Session
	zxid     znode.Zxid
	events   []modelEvent
}

type modelNode struct {
	data                       []byte
	acl                        []znode.ACL
	czxid, mzxid, pzxid        znode.Zxid
	ctime, mtime               int64
	version, aversion, creates int32
	owner                      znode.SessionID
	container                  bool
	ttl                        int64
}

type modelEvent struct {
	zxid znode.Zxid
	typ  znode.EventType
	path znode.Path
	acl  string
}

func newModel() *model {
	m := &model{nodes: map[string]*modelNode{}, sessions: map[znode.SessionID]record.Session{}}
	for _, p := range []string{"/", "/zookeeper", "/zookeeper/quota"} {
		m.nodes[p] = &modelNode{data: []byte{}, acl: znode.OpenACL}
	}
	m.nodes["/zookeeper/config"] = &modelNode{data: []byte{}, acl: znode.ReadACL, aversion: -1}
	return m
}

func (m *model) children(p string) (n int32) {
	prefix := strings.TrimSuffix(p, "/") + "/"
	for q := range m.nodes {
		if q != "/" && strings.HasPrefix(q, prefix) && !strings.Contains(q[len(prefix):], "/") {
			n++
		}
	}
	return n
}

func (m *model) stat(p string) znode.Stat {
	n := m.nodes[p]
	return znode.Stat{
		Czxid: n.czxid, Mzxid: n.mzxid, Pzxid: n.pzxid, Ctime: n.ctime, Mtime: n.mtime,
		Version: n.version, Aversion: n.aversion, Cversion: n.creates*2 - m.children(p),
		EphemeralOwner: znode.Owner(n.owner), DataLength: int32(len(n.data)), NumChildren: m.children(p),
	}
}

// copy is for taking a failed multi back.
func (m *model) copy() map[string]*modelNode {
	nodes := map[string]*modelNode{}
	for p, n := range m.nodes {
		c := *n
		nodes[p] = &c
	}
	return nodes
}

func (m *model) event(t znode.EventType, p string) {
	m.events = append(m.events, modelEvent{m.zxid, t, znode.Path(p), fmt.Sprint(m.nodes[p].acl)})
}

func (m *model) do(r tree.Request) tree.Result {
	m.zxid++
	multi, ok := r.Op.(tree.Multi)
	if !ok {
		return m.one(r, r.Op)
	}
	before, events := m.copy(), len(m.events)
	result := tree.Result{}
	for _, op := range multi.Ops {
		if c, ok := op.(tree.Create); ok {
			if c.Kind == tree.KindTTL && c.Mode != 5 && c.Mode != 6 {
				c.Kind = tree.KindCreate
			}
			if c.Mode == 4 {
				c.Kind = tree.KindContainer
			}
			op = c
		}
		if result.Err != nil {
			result.Multi = append(result.Multi, tree.Result{Err: tree.ErrRuntimeInconsistency})
			continue
		}
		one := m.one(r, op)
		if one.Err != nil {
			m.nodes, m.events = before, m.events[:events]
			result.Err = one.Err
			result.Multi = make([]tree.Result, len(result.Multi))
		}
		result.Multi = append(result.Multi, one)
	}
	return result
}

// validPath is for the paths that the tests use.
func validPath(p string) bool {
	if p == "/" {
		return true
	}
	if !strings.HasPrefix(p, "/") || strings.ContainsAny(p, "\x00\x01") {
		return false
	}
	for _, name := range strings.Split(p[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}

// parent returns the part before the last slash; the root is also called "".
func parent(p string) string {
	if p = p[:strings.LastIndex(p, "/")]; p == "" {
		return "/"
	}
	return p
}

func (m *model) one(r tree.Request, op tree.Op) (result tree.Result) {
	var sessionErr error
	if s, ok := m.sessions[r.Session]; !ok {
		sessionErr = tree.ErrSessionExpired
	} else if s.Epoch != r.Epoch {
		sessionErr = tree.ErrSessionMoved
	}
	if r.Internal {
		sessionErr = nil
	}
	may := func(acl []znode.ACL, perm znode.Perms) bool { return r.Internal || r.Identity.Allow(acl, perm) }
	fail := func(err error) tree.Result { return tree.Result{Err: err} }
	hasParent := func(p string) bool { return strings.Contains(p, "/") && !strings.Contains(p, "\x00") }
	special := func(p string) bool {
		return slices.Contains([]string{"/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"}, p)
	}

	switch op := op.(type) {
	case tree.Create:
		p := string(op.Path)
		sequential := op.Mode == 2 || op.Mode == 3 || op.Mode == 6
		ephemeral := op.Mode == 1 || op.Mode == 3
		ttlMode := op.Mode == 5 || op.Mode == 6
		ttl := int64(-1)
		if op.Kind == tree.KindTTL {
			ttl = op.TTL
		}
		if op.Mode < 0 || op.Mode > 6 {
			return fail(tree.ErrBadArguments)
		}
		if ttlMode && (ttl <= 0 || ttl >= 1<<40) || !ttlMode && ttl >= 0 || !ttlMode && op.Kind == tree.KindTTL {
			return fail(tree.ErrBadArguments)
		}
		if sessionErr != nil {
			return fail(sessionErr)
		}
		if !hasParent(p) {
			return fail(tree.ErrBadArguments)
		}
		acl, err := r.Identity.Fix(op.ACL)
		if err != nil {
			return fail(tree.ErrInvalidACL)
		}
		up := m.nodes[parent(p)]
		if up == nil {
			return fail(tree.ErrNoNode)
		}
		if !may(up.acl, znode.Create) {
			return fail(tree.ErrNoAuth)
		}
		if sequential {
			p += fmt.Sprintf("%010d", up.creates)
		}
		result.Path = znode.Path(p)
		if !validPath(p) {
			return fail(tree.ErrBadArguments)
		}
		if m.nodes[p] != nil {
			return fail(tree.ErrNodeExists)
		}
		if up.owner != 0 {
			return fail(tree.ErrNoChildrenForEphemerals)
		}
		n := &modelNode{data: op.Data, acl: acl, czxid: m.zxid, mzxid: m.zxid, pzxid: m.zxid, ctime: r.Now, mtime: r.Now}
		switch {
		case op.Kind == tree.KindContainer:
			n.container = true
		case op.Kind == tree.KindTTL:
			n.ttl = op.TTL
		case ephemeral:
			n.owner = r.Session
		}
		m.nodes[p] = n
		up.creates++
		up.pzxid = m.zxid
		m.event(znode.EventCreated, p)
		result.Stat = m.stat(p)
		return result

	case tree.Delete:
		p := string(op.Path)
		switch {
		case sessionErr != nil:
			return fail(sessionErr)
		case !hasParent(p) || special(p):
			return fail(tree.ErrBadArguments)
		case m.nodes[parent(p)] == nil:
			return fail(tree.ErrNoNode)
		case !may(m.nodes[parent(p)].acl, znode.Delete):
			return fail(tree.ErrNoAuth)
		case m.nodes[p] == nil:
			return fail(tree.ErrNoNode)
		case op.Version != -1 && op.Version != m.nodes[p].version:
			return fail(tree.ErrBadVersion)
		case m.children(p) > 0:
			return fail(tree.ErrNotEmpty)
		}
		m.remove(p)

	case tree.DeleteContainer:
		p := string(op.Path)
		switch {
		case !hasParent(p) || special(p):
			return fail(tree.ErrBadArguments)
		case m.nodes[p] == nil:
			return fail(tree.ErrNoNode)
		case m.children(p) > 0:
			return fail(tree.ErrNotEmpty)
		case m.nodes[p].owner != 0:
			return fail(tree.ErrBadVersion)
		case sessionErr != nil:
			return fail(sessionErr)
		case !may(m.nodes[parent(p)].acl, znode.Delete):
			return fail(tree.ErrNoAuth)
		}
		m.remove(p)

	case tree.SetData:
		p := string(op.Path)
		switch {
		case sessionErr != nil:
			return fail(sessionErr)
		case !validPath(p):
			return fail(tree.ErrBadArguments)
		case m.nodes[p] == nil:
			return fail(tree.ErrNoNode)
		case !may(m.nodes[p].acl, znode.Write):
			return fail(tree.ErrNoAuth)
		case op.Version != -1 && op.Version != m.nodes[p].version:
			return fail(tree.ErrBadVersion)
		}
		n := m.nodes[p]
		n.data, n.mzxid, n.mtime = op.Data, m.zxid, r.Now
		n.version++
		m.event(znode.EventDataChanged, p)
		result.Stat = m.stat(p)

	case tree.SetACL:
		p := string(op.Path)
		if sessionErr != nil {
			return fail(sessionErr)
		}
		if !validPath(p) {
			return fail(tree.ErrBadArguments)
		}
		acl, err := r.Identity.Fix(op.ACL)
		switch {
		case err != nil:
			return fail(tree.ErrInvalidACL)
		case m.nodes[p] == nil:
			return fail(tree.ErrNoNode)
		case !may(m.nodes[p].acl, znode.Admin):
			return fail(tree.ErrNoAuth)
		case op.Version != -1 && op.Version != m.nodes[p].aversion:
			return fail(tree.ErrBadVersion)
		}
		m.nodes[p].acl = acl
		m.nodes[p].aversion++
		result.Stat = m.stat(p)

	case tree.Check:
		p := string(op.Path)
		switch {
		case sessionErr != nil:
			return fail(sessionErr)
		case !validPath(p):
			return fail(tree.ErrBadArguments)
		case m.nodes[p] == nil:
			return fail(tree.ErrNoNode)
		case !may(m.nodes[p].acl, znode.Read):
			return fail(tree.ErrNoAuth)
		case op.Version != -1 && op.Version != m.nodes[p].version:
			return fail(tree.ErrBadVersion)
		}

	case tree.OpenSession:
		if _, ok := m.sessions[op.ID]; ok {
			return fail(tree.ErrSessionExists)
		}
		m.sessions[op.ID] = op.Session

	case tree.MoveSession:
		s, ok := m.sessions[op.ID]
		if !ok {
			return fail(tree.ErrSessionExpired)
		}
		s.Shim, s.Timeout, s.Epoch = op.Shim, op.Timeout, s.Epoch+1
		m.sessions[op.ID] = s
		result.Epoch = s.Epoch

	case tree.CloseSession:
		s, ok := m.sessions[op.ID]
		if !ok {
			return fail(tree.ErrSessionExpired)
		}
		if s.Epoch != r.Epoch {
			return fail(tree.ErrSessionMoved)
		}
		var gone []string
		for p, n := range m.nodes {
			if n.owner == op.ID {
				gone = append(gone, p)
			}
		}
		sort.Strings(gone)
		for _, p := range gone {
			m.remove(p)
		}
		delete(m.sessions, op.ID)
	}
	return result
}

func (m *model) remove(p string) {
	m.event(znode.EventDeleted, p)
	delete(m.nodes, p)
	m.nodes[parent(p)].pzxid = m.zxid
}

// diff compares a model's tree with a view whose zxids number translates.
func (m *model) diff(v *view, number func(znode.Zxid) znode.Zxid) error {
	if len(v.nodes) != len(m.nodes) {
		return fmt.Errorf("%d znodes, want %d", len(v.nodes), len(m.nodes))
	}
	for p, want := range m.nodes {
		have := v.nodes[znode.Path(p)]
		if have == nil {
			return fmt.Errorf("%s is missing", p)
		}
		if got, want := translate(have.Stat(), number), m.stat(p); got != want {
			return fmt.Errorf("%s: %+v, want %+v", p, got, want)
		}
		if !bytes.Equal(have.Data, want.data) || (have.Data == nil) != (want.data == nil) {
			return fmt.Errorf("%s: data %q, want %q", p, have.Data, want.data)
		}
		if !slices.Equal(have.ACL, want.acl) {
			return fmt.Errorf("%s: ACL %v, want %v", p, have.ACL, want.acl)
		}
		if have.Creates != want.creates {
			return fmt.Errorf("%s: %d creates, want %d", p, have.Creates, want.creates)
		}
		if got := have.Owner.Kind() == znode.Container; got != want.container {
			return fmt.Errorf("%s: container %v, want %v", p, got, want.container)
		}
		if ttl := want.ttl; (have.Owner.Kind() == znode.TTL) != (ttl != 0) || ttl != 0 && have.Owner.TTL() != ttl {
			return fmt.Errorf("%s: owner %x, want TTL %d", p, have.Owner, ttl)
		}
	}
	if len(v.sessions) != len(m.sessions) {
		return fmt.Errorf("%d sessions, want %d", len(v.sessions), len(m.sessions))
	}
	for id, want := range m.sessions {
		if have := v.sessions[id]; have == nil || have.Session != want {
			return fmt.Errorf("session %x: %+v, want %+v", id, have, want)
		}
	}
	return nil
}

func translate(s znode.Stat, number func(znode.Zxid) znode.Zxid) znode.Stat {
	s.Czxid, s.Mzxid, s.Pzxid = number(s.Czxid), number(s.Mzxid), number(s.Pzxid)
	return s
}
