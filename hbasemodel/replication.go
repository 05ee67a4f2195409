package hbasemodel

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// Replication shows what is below replication: peers, and the queues of WALs
// that wait for them.
type Replication struct {
	Observed Observed    `json:"observed"`
	Peers    View[Peer]  `json:"peers"`
	Queues   View[Queue] `json:"queues"`
	// RegionSequences counts the positions of serial peers, HFileRefs the
	// bulk-loaded files that are not shipped yet.
	RegionSequences int `json:"regionSequences"`
	HFileRefs       int `json:"hfileRefs"`
}

// Orphans gives the queues of peers that do not exist. Nothing ships them, so
// that their WALs stay for ever.
func (r *Replication) Orphans() []*Queue {
	var orphans []*Queue
	for _, q := range r.Queues.Rows {
		if q.Orphan {
			orphans = append(orphans, q)
		}
	}
	return orphans
}

// Peer is one of replication/peers (ZKReplicationPeerStorage). Of its
// configuration only the keys are shown: the values may be secret.
type Peer struct {
	ID string `json:"id"`
	// ClusterKey is quorum:port:parent of the other cluster, or a URI.
	ClusterKey string `json:"clusterKey,omitempty"`
	// Endpoint is the class that ships, empty for HBase's own.
	Endpoint string `json:"endpoint,omitempty"`
	// State means something where StateOrigin is there and has no Err.
	State       payload.PeerState `json:"state"`
	StateOrigin *Origin           `json:"stateOrigin,omitempty"`
	// Tables and Namespaces limit the peer, the Exclude ones limit it where it
	// replicates all. They read like table:family,family.
	Tables            []string `json:"tables,omitempty"`
	Namespaces        []string `json:"namespaces,omitempty"`
	ExcludeTables     []string `json:"excludeTables,omitempty"`
	ExcludeNamespaces []string `json:"excludeNamespaces,omitempty"`
	// Serial: in the order of the edits.
	Serial bool `json:"serial,omitempty"`
	// Bandwidth is in bytes a second for each server, 0 for no limit.
	Bandwidth int64 `json:"bandwidth,omitempty"`
	// SyncState and NextSyncState are those of synchronous replication, 3.x; nil
	// where there is none.
	SyncState         *payload.SyncState `json:"syncState,omitempty"`
	NextSyncState     *payload.SyncState `json:"nextSyncState,omitempty"`
	ConfigurationKeys []string           `json:"configurationKeys,omitempty"`
	// HFileRefs counts bulk-loaded files that are not shipped yet.
	HFileRefs int    `json:"hfileRefs,omitempty"`
	Origin    Origin `json:"origin"`
}

func (c *cluster) peer(rel string) *Peer {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	p := as[payload.Peer](n)
	row := &Peer{
		ID: n.name, ClusterKey: p.ClusterKey, Endpoint: p.Endpoint,
		Tables: texts(p.Tables), Namespaces: p.Namespaces,
		ExcludeTables: texts(p.ExcludeTables), ExcludeNamespaces: p.ExcludeNamespaces,
		Serial: p.Serial, Bandwidth: p.Bandwidth, HFileRefs: c.fileRefs[n.name],
		SyncState: c.syncState(rel + "/sync-rep-state"), NextSyncState: c.syncState(rel + "/new-sync-rep-state"),
		Origin: n.origin,
	}
	for _, pair := range p.Configuration {
		row.ConfigurationKeys = append(row.ConfigurationKeys, pair.Name)
	}
	if old := as[payload.PeerTables](c.nodes[rel+"/tableCFs"]).Text; old != "" && row.Tables == nil {
		row.Tables = strings.FieldsFunc(old, func(r rune) bool { return r == ';' || r == '\n' })
	}
	if state := c.nodes[rel+"/peer-state"]; state != nil {
		row.State, row.StateOrigin = as[payload.ReplicationState](state).State, originOf(state)
	}
	return row
}

func (c *cluster) syncState(rel string) *payload.SyncState {
	n := c.nodes[rel]
	if n == nil || n.origin.Err != nil {
		return nil
	}
	state := as[payload.SyncReplicationState](n).State
	return &state
}

func texts(tables []payload.TableFamilies) []string {
	var all []string
	for _, t := range tables {
		text := t.Table.String()
		if len(t.Families) > 0 {
			text += ":" + strings.Join(t.Families, ",")
		}
		all = append(all, text)
	}
	return all
}

// Queue is the WALs of one server that wait for one peer: one of
// replication/rs/SERVER (ZKReplicationQueueStorage).
type Queue struct {
	// Name is the znode's: the peer, and for a queue that was claimed the dead
	// servers that had it.
	Name string `json:"name"`
	// Owner is the server that ships it, as its znode is named, and OwnerLives
	// says whether it is up. Nothing ships the queues of a dead server until
	// another claims them.
	Owner      string `json:"owner"`
	OwnerLives bool   `json:"ownerLives"`
	Peer       string `json:"peer"`
	// Orphan: there is no such peer.
	Orphan bool `json:"orphan,omitempty"`
	// RecoveredFrom are the dead servers that had it, the first owner first.
	RecoveredFrom []payload.ServerName `json:"recoveredFrom,omitempty"`
	// ClaimedBy is who claims the owner's queues just now, 1.x.
	ClaimedBy string `json:"claimedBy,omitempty"`
	// WALs are sorted by the time of their creation, the oldest first.
	WALs   []WAL  `json:"wals"`
	Origin Origin `json:"origin"`
}

// WAL is a write-ahead log in a queue.
type WAL struct {
	Name string `json:"name"`
	// Created is when it was opened, the zero time where the name does not say.
	Created time.Time `json:"created,omitzero"`
	// Position is how many bytes of it were shipped, at Origin.Mtime.
	Position int64  `json:"position"`
	Origin   Origin `json:"origin"`
}

func (c *cluster) queue(rel string) *Queue {
	n := c.nodes[rel]
	if n == nil || n.kind != payload.KindQueue { // a lock's place is among the queues
		return nil
	}
	owner := above(rel)
	id, err := payload.ParseQueue(n.name)
	q := &Queue{
		Name: n.name, Owner: base(owner), OwnerLives: c.nodes["rs/"+base(owner)] != nil,
		Peer: id.Peer, Orphan: c.nodes["replication/peers/"+id.Peer] == nil, RecoveredFrom: id.Dead,
		ClaimedBy: as[payload.ReplicationLock](c.nodes[owner+"/lock"]).Owner,
		WALs:      make([]WAL, 0, len(c.children[rel])), Origin: n.origin,
	}
	if err != nil {
		q.Origin.Err, q.Origin.Problem = err, err.Error()
	}
	for wal := range c.children[rel] {
		q.WALs = append(q.WALs, walOf(c.nodes[wal]))
	}
	slices.SortFunc(q.WALs, func(a, b WAL) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Name, b.Name))
	})
	return q
}

func walOf(n *node) WAL {
	w := WAL{Name: n.name, Position: as[payload.Position](n).Position, Origin: n.origin}
	name, err := payload.ParseWAL(n.name)
	switch {
	case err == nil:
		w.Created = time.UnixMilli(name.Created)
	case w.Origin.Err == nil:
		w.Origin.Err, w.Origin.Problem = err, err.Error()
	}
	return w
}

func (c *cluster) replication(o Observed) *Replication {
	v := &Replication{
		Observed:        o,
		RegionSequences: c.counts[payload.KindRegionSequence],
		HFileRefs:       c.counts[payload.KindHFileRef],
	}
	v.Peers.Observed, v.Queues.Observed = o, o
	v.Peers.Rows, v.Queues.Rows = c.peers.read(), c.queues.read()
	v.Peers.Keeping = c.keeping(len(v.Peers.Rows), place{
		absent: "no peer was added, or peers are kept in files (hbase.replication.peer.storage.impl, since 2.6)",
	})
	v.Queues.Keeping = c.keeping(len(v.Queues.Rows), place{
		until: release{3, 0}, after: "queues are in the table hbase:replication",
		absent: "no server has a queue",
	})
	return v
}
