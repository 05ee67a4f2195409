package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// EventKind says what happened.
type EventKind string

// The kinds. Old and New of an Event are said with each; where nothing is said
// they are empty.
const (
	// ClusterFound: a cluster came to be; events tell what it holds.
	ClusterFound EventKind = "cluster-found"
	// ClusterLost: it is gone. Nothing tells what it held last.
	ClusterLost EventKind = "cluster-lost"
	// ClusterUp and ClusterDown: running came or went.
	ClusterUp   EventKind = "cluster-up"
	ClusterDown EventKind = "cluster-down"
	// ClusterIDChanged: another cluster under the same parent. Old, New: ids.
	ClusterIDChanged EventKind = "cluster-id-changed"

	// MasterElected: Server took office. Old: who had it before, if known.
	MasterElected EventKind = "master-elected"
	// MasterLost: Server left office.
	MasterLost   EventKind = "master-lost"
	BackupJoined EventKind = "backup-joined"
	BackupLeft   EventKind = "backup-left"

	RegionServerOnline EventKind = "region-server-online"
	// RegionServerRestarted is told instead of RegionServerOnline where an
	// earlier incarnation was seen at the same host and port. Old, New: names.
	RegionServerRestarted EventKind = "region-server-restarted"
	RegionServerOffline   EventKind = "region-server-offline"
	DrainStart            EventKind = "drain-start"
	DrainStop             EventKind = "drain-stop"

	// MetaMoved: Replica of hbase:meta is open on Server. Old: where it was open
	// before, if known, which may be the same. New: the server.
	MetaMoved EventKind = "meta-moved"
	// MetaOpening: it is being opened on Server. Old, New: states.
	MetaOpening EventKind = "meta-opening"
	// MetaState: it is in any other state. Old, New: states.
	MetaState EventKind = "meta-state"
	// MetaLost: its location is gone.
	MetaLost EventKind = "meta-lost"

	// TableState: Old, New: states; empty where there was none or is none.
	TableState       EventKind = "table-state"
	NamespaceAdded   EventKind = "namespace-added"
	NamespaceRemoved EventKind = "namespace-removed"

	PeerAdded   EventKind = "peer-added"
	PeerRemoved EventKind = "peer-removed"
	// PeerState: Old, New: states; Old is empty for the first one.
	PeerState EventKind = "peer-state"
	// QueueClaimed: Server took over a dead server's queue. Old: the dead one,
	// New: the queue.
	QueueClaimed EventKind = "queue-claimed"

	// SwitchFlip: Old, New: on or off; empty where there was or is no znode.
	SwitchFlip EventKind = "switch-flip"

	ProcedureStarted EventKind = "procedure-started"
	ProcedureEnded   EventKind = "procedure-ended"
	// ProcedureAborted: New: why.
	ProcedureAborted EventKind = "procedure-aborted"

	MaintenanceStart EventKind = "maintenance-start"
	MaintenanceStop  EventKind = "maintenance-stop"

	// ZnodeBroken: a znode means nothing any more. New: why.
	ZnodeBroken EventKind = "znode-broken"
)

// Event is one thing that happened, as far as znodes tell it.
type Event struct {
	// ID increases by one from event to event. The ids of a later process start
	// above those of an earlier one on the same clock.
	ID   uint64    `json:"id"`
	Kind EventKind `json:"kind"`
	// Cluster is its parent.
	Cluster string `json:"cluster"`
	// Time is when the quorum made the change; where something is gone, which a
	// quorum does not date, when the model was told.
	Time time.Time `json:"time"`
	// Zxid is the transaction, 0 where it is not known.
	Zxid int64 `json:"zxid,omitempty"`
	// Late: found by comparing two snapshots. What lay between is not known.
	Late bool `json:"late,omitempty"`

	Server payload.ServerName `json:"server,omitzero"`
	// Name is that of the table, namespace, peer, queue, switch, procedure or
	// tool, of a broken znode its path.
	Name string `json:"name,omitempty"`
	// Replica is that of hbase:meta.
	Replica int    `json:"replica,omitempty"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	// Origin is the znode; of one that is gone, as it was last. It is the zero
	// value for ClusterFound and ClusterLost.
	Origin Origin `json:"origin,omitzero"`
}
