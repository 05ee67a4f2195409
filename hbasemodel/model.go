package hbasemodel

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrNoCluster: no HBase cluster is known under that parent.
var ErrNoCluster = errors.New("hbasemodel: no such cluster")

// Options are what a Model may be told.
type Options struct {
	// Parents are the clusters' parents (zookeeper.znode.parent), such as
	// "/hbase". Without any the model finds them among the top znodes: those that
	// have hbaseid, or rs and one of master and running.
	Parents []string
	// Events is how many events are held, 4096 if it is 0.
	Events int
	// Now is the clock that dates what the quorum does not, time.Now if nil.
	Now func() time.Time
}

// Model holds what HBase's znodes mean. Make it with New.
type Model struct {
	parents []string // the longest first; none: find them
	now     func() time.Time
	log     *log

	mu       sync.Mutex
	observed Observed
	ready    bool // a whole tree was told
	clusters map[string]*cluster
	// coming is the tree that is being told, from New or Reset to Ready, else nil.
	coming map[string]*cluster
}

var _ Sink = (*Model)(nil)

// New makes a model that knows nothing yet.
func New(o Options) *Model {
	m := &Model{now: o.Now, clusters: map[string]*cluster{}, coming: map[string]*cluster{}}
	if m.now == nil {
		m.now = time.Now
	}
	for _, p := range o.Parents {
		m.parents = append(m.parents, "/"+strings.Trim(p, "/"))
	}
	slices.SortFunc(m.parents, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	// Ids go on above those of an earlier process, within what JavaScript counts.
	m.log = newLog(cmp.Or(max(o.Events, 0), 4096), uint64(max(m.now().UnixMicro(), 1)))
	return m
}

// Observed gives the state of the quorum that the views show. It is false while no
// whole tree was told: until then there is no cluster.
func (m *Model) Observed() (Observed, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.observed, m.ready
}

// locate finds the cluster that a path belongs to.
func (m *Model) locate(path string) (parent, rel string, ok bool) {
	for _, p := range m.parents {
		if rest, below := strings.CutPrefix(path, p); below && (rest == "" || rest[0] == '/') {
			return p, strings.TrimPrefix(rest, "/"), true
		}
	}
	if len(m.parents) > 0 || len(path) < 2 {
		return "", "", false
	}
	end := strings.IndexByte(path[1:], '/')
	if end < 0 {
		end = len(path) - 1
	}
	parent = path[:end+1]
	return parent, strings.TrimPrefix(path[end+1:], "/"), parent != "/zookeeper"
}

// Reset implements Sink. Views show the tree as it was until Ready.
func (m *Model) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.coming = map[string]*cluster{}
}

// Put implements Sink.
func (m *Model) Put(z Znode) {
	parent, rel, ok := m.locate(z.Path)
	if !ok {
		return
	}
	n, ok := newNode(rel, z)
	if !ok {
		return
	}
	m.set(parent, rel, n, z.Stat.Mzxid)
}

// Delete implements Sink.
func (m *Model) Delete(path string, zxid int64) {
	if parent, rel, ok := m.locate(path); ok {
		m.set(parent, rel, nil, zxid)
	}
}

// set makes n the znode at a place, nil for none, and tells what happened.
func (m *Model) set(parent, rel string, n *node, zxid int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clusters, live := m.clusters, m.coming == nil
	if !live {
		clusters = m.coming
	}
	c := clusters[parent]
	if c == nil {
		if n == nil {
			return
		}
		c = newCluster(parent, len(m.parents) > 0)
		clusters[parent] = c
	}
	was := c.found
	old := c.set(rel, n)
	if len(c.nodes) == 0 {
		delete(clusters, parent)
	}
	if !live {
		return
	}
	m.observed.Zxid = max(m.observed.Zxid, zxid)
	var at time.Time
	if n != nil {
		at = n.origin.Mtime
	} else {
		at = m.now()
	}
	if at.After(m.observed.At) {
		m.observed.At = at
	}
	m.tell(c, was, old, n, at, zxid)
}

// tell makes the events of one change.
func (m *Model) tell(c *cluster, was bool, old, n *node, at time.Time, zxid int64) {
	switch {
	case !was && !c.found || old == nil && n == nil:
		return
	case !was:
		m.log.append(found(c, at, zxid, false))
		return
	}
	t := &teller{cluster: c, at: at}
	if n == nil {
		t.zxid = zxid
	}
	t.tell(old, n)
	if !c.found {
		t.events = append(t.events, Event{Kind: ClusterLost, Cluster: c.parent, Time: at, Zxid: zxid})
	}
	m.log.append(t.events)
}

// Ready implements Sink. After the first one views show something; after a later
// Reset the differences become events.
func (m *Model) Ready(zxid int64, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.observed = Observed{Zxid: zxid, At: at}
	if m.coming == nil {
		return
	}
	var events []Event
	for _, parent := range slices.Sorted(maps.Keys(union(m.clusters, m.coming))) {
		events = append(events, compare(m.clusters[parent], m.coming[parent], at)...)
	}
	m.clusters, m.coming = m.coming, nil
	if m.ready { // what was there when the model first looked is no news
		m.log.append(events)
	}
	m.ready = true
}

func union(a, b map[string]*cluster) map[string]struct{} {
	keys := make(map[string]struct{}, len(a)+len(b))
	for k := range a {
		keys[k] = struct{}{}
	}
	for k := range b {
		keys[k] = struct{}{}
	}
	return keys
}
