package hbasemodel

import (
	"strings"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// cluster holds the znodes below one parent that are HBase's, and what the views
// are made of.
type cluster struct {
	parent string
	// chosen: the parent was given, rather than found.
	chosen bool
	// found: this is an HBase cluster.
	found bool

	nodes    map[string]*node               // by path below the parent
	children map[string]map[string]struct{} // of queues and procedures, by path
	counts   map[payload.Kind]int
	versions map[string]int             // of region servers
	metaOn   map[payload.ServerName]int // how many replicas of hbase:meta
	fileRefs map[string]int             // by peer

	backups     *part[Master]
	servers     *part[RegionServer]
	draining    *part[DrainingServer]
	metas       *part[MetaLocation]
	tables      *part[Table]
	namespaces  *part[Namespace]
	peers       *part[Peer]
	queues      *part[Queue]
	splits      *part[SplitTask]
	procedures  *part[Procedure]
	maintenance *part[Maintenance]
	acl         *part[AccessEntry]
	tokens      *part[TokenKey]
	groups      *part[Group]
	transitions *part[Transition]
	locks       *part[TableLock]

	past *past
}

func newCluster(parent string, chosen bool) *cluster {
	c := &cluster{
		parent: parent, chosen: chosen,
		nodes: map[string]*node{}, children: map[string]map[string]struct{}{},
		counts: map[payload.Kind]int{}, versions: map[string]int{},
		metaOn: map[payload.ServerName]int{}, fileRefs: map[string]int{},
		past: newPast(),
	}
	c.backups, c.servers, c.draining = newPart(c.backup), newPart(c.regionServer), newPart(c.drainingServer)
	c.metas = newPart(c.metaLocation)
	c.metas.order = replicaOrder
	c.tables, c.namespaces = newPart(c.table), newPart(c.namespace)
	c.peers, c.queues = newPart(c.peer), newPart(c.queue)
	c.splits, c.procedures, c.maintenance = newPart(c.splitTask), newPart(c.procedure), newPart(c.maintaining)
	c.acl, c.tokens, c.groups = newPart(c.accessEntry), newPart(c.tokenKey), newPart(c.group)
	c.transitions, c.locks = newPart(c.transition), newPart(c.tableLock)
	return c
}

// set makes n the znode at rel, nil for none, and gives what was there before.
func (c *cluster) set(rel string, n *node) (old *node) {
	old = c.nodes[rel]
	switch {
	case n != nil:
		c.nodes[rel] = n
	case old == nil:
		return nil
	default:
		delete(c.nodes, rel)
	}
	c.count(old, -1)
	c.count(n, +1)
	c.link(rel, old, n)
	if old != nil {
		c.touch(old, n == nil)
	}
	if n != nil {
		c.touch(n, old == nil)
	}
	c.found = c.isFound()
	return old
}

// isFound says whether this is an HBase cluster: under a parent that was given,
// anything is.
func (c *cluster) isFound() bool {
	if c.chosen {
		return len(c.nodes) > 0
	}
	if c.nodes["hbaseid"] != nil {
		return true
	}
	return c.nodes["rs"] != nil && (c.nodes["master"] != nil || c.nodes["running"] != nil)
}

func (c *cluster) count(n *node, by int) {
	if n == nil {
		return
	}
	add(c.counts, n.kind, by)
	switch n.kind {
	case payload.KindRegionServer:
		if v := as[payload.RegionServerInfo](n).Version; v != nil {
			add(c.versions, v.Version, by)
		}
	case payload.KindMeta:
		if s := as[payload.MetaRegionServer](n).Server; s != (payload.ServerName{}) {
			add(c.metaOn, s, by)
		}
	case payload.KindHFileRef:
		add(c.fileRefs, base(above(n.rel)), by)
	}
}

func add[K comparable](counts map[K]int, key K, by int) {
	if counts[key] += by; counts[key] == 0 {
		delete(counts, key)
	}
}

// link keeps the children of those znodes whose rows list them.
func (c *cluster) link(rel string, old, n *node) {
	if (old == nil) == (n == nil) {
		return
	}
	switch either(old, n).kind {
	case payload.KindQueue, payload.KindQueueWAL, payload.KindProcedureMember, payload.KindProcedureReady:
	default:
		return
	}
	parent := above(rel)
	if n == nil {
		delete(c.children[parent], rel)
		if len(c.children[parent]) == 0 {
			delete(c.children, parent)
		}
		return
	}
	if c.children[parent] == nil {
		c.children[parent] = map[string]struct{}{}
	}
	c.children[parent][rel] = struct{}{}
}

// touch says which rows show n. turned says that the znode came or went, which
// matters to rows of others.
func (c *cluster) touch(n *node, turned bool) {
	switch n.kind {
	case payload.KindMaster:
		c.backups.touchAll()
	case payload.KindBackupMaster:
		c.backups.touch(n.rel)
	case payload.KindRegionServer:
		c.servers.touch(n.rel)
		if turned {
			c.draining.touch("draining/" + n.name)
			c.metas.touchAll()
			c.touchQueues("replication/rs/" + n.name)
		}
	case payload.KindDraining:
		c.draining.touch(n.rel)
		c.servers.touch("rs/" + n.name)
	case payload.KindMeta:
		c.metas.touch(n.rel)
		c.servers.touch("rs/" + as[payload.MetaRegionServer](n).Server.String())
	case payload.KindTable:
		c.tables.touch(n.rel)
	case payload.KindNamespace:
		c.namespaces.touch(n.rel)
	case payload.KindSplitTask, payload.KindSplitRescan:
		c.splits.touch(n.rel)
	case payload.KindMaintenance:
		c.maintenance.touch(n.rel)
	case payload.KindACL:
		c.acl.touch(n.rel)
	case payload.KindTokenKey:
		c.tokens.touch(n.rel)
	case payload.KindRSGroup:
		c.groups.touch(n.rel)
	case payload.KindTransition:
		c.transitions.touch(n.rel)
	case payload.KindTableLock:
		c.locks.touch(n.rel)
	default:
		c.touchReplication(n, turned)
		c.touchProcedure(n.rel)
	}
}

// touchReplication is touch for what is below replication.
func (c *cluster) touchReplication(n *node, turned bool) {
	switch n.kind {
	case payload.KindPeer:
		c.peers.touch(n.rel)
		if turned {
			c.queues.touchAll()
		}
	case payload.KindPeerState, payload.KindPeerTables, payload.KindPeerSync:
		c.peers.touch(above(n.rel))
	case payload.KindHFileRef:
		c.peers.touch("replication/peers/" + base(above(n.rel)))
	case payload.KindReplicationLock:
		c.touchQueues(above(n.rel))
	case payload.KindQueue:
		c.queues.touch(n.rel)
	case payload.KindQueueWAL:
		c.queues.touch(above(n.rel))
	}
}

// touchQueues touches the queues of a server, which are a few.
func (c *cluster) touchQueues(server string) {
	for queue := range c.children[server] {
		c.queues.touch(queue)
	}
}

// above gives the path of the parent, "" at the top.
func above(rel string) string { return rel[:max(strings.LastIndexByte(rel, '/'), 0)] }

// base gives the last element of a path.
func base(rel string) string { return rel[strings.LastIndexByte(rel, '/')+1:] }
