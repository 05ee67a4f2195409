package hbasemodel

import (
	"maps"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// Flavour is a line of HBase's versions, which differ in what they keep in
// ZooKeeper.
type Flavour string

// The flavours.
const (
	Flavour1       Flavour = "1.x"
	Flavour2       Flavour = "2.x"
	Flavour3       Flavour = "3.x"
	FlavourMixed   Flavour = "mixed"
	FlavourUnknown Flavour = "unknown"
)

// Cluster is an HBase cluster: the znodes hbaseid (ZKClusterId) and running
// (ClusterStatusTracker), and what the others say together.
type Cluster struct {
	Observed Observed `json:"observed"`
	// Parent is zookeeper.znode.parent.
	Parent string `json:"parent"`
	// ID is a UUID wherever HBase made it, empty where there is none.
	ID string `json:"id,omitempty"`
	// Up says that running is there: region servers wait for it and stop with it.
	Up bool `json:"up"`
	// UpSince is when the master made running, zero if the cluster is down.
	UpSince time.Time `json:"upSince,omitzero"`
	// Flavour is what the region servers say they run, all together. Where none
	// is up, FlavourGuessed is true and it is taken from the znodes that only
	// one flavour has.
	Flavour        Flavour `json:"flavour"`
	FlavourGuessed bool    `json:"flavourGuessed,omitempty"`
	// Versions counts region servers by the version that they run.
	Versions map[string]int `json:"versions"`
	Counts   Counts         `json:"counts"`
	// IDOrigin and RunningOrigin are nil where there is no such znode.
	IDOrigin      *Origin `json:"idOrigin,omitempty"`
	RunningOrigin *Origin `json:"runningOrigin,omitempty"`
}

// Counts is how many znodes of a kind there are.
type Counts struct {
	ActiveMasters int `json:"activeMasters"` // 0 or 1
	BackupMasters int `json:"backupMasters"`
	RegionServers int `json:"regionServers"`
	Draining      int `json:"draining"`
	MetaReplicas  int `json:"metaReplicas"`
	Tables        int `json:"tables"`
	Namespaces    int `json:"namespaces"`
	Peers         int `json:"peers"`
	Queues        int `json:"queues"`
	QueueWALs     int `json:"queueWals"`
	SplitTasks    int `json:"splitTasks"`
	// Znodes counts all that this package knows the meaning of.
	Znodes int `json:"znodes"`
}

func (c *cluster) view(o Observed) *Cluster {
	id, running := c.nodes["hbaseid"], c.nodes["running"]
	v := &Cluster{
		Observed: o,
		Parent:   c.parent, ID: as[payload.ClusterID](id).ID, Up: running != nil,
		Versions: maps.Clone(c.versions), Counts: c.kinds(),
		IDOrigin: originOf(id), RunningOrigin: originOf(running),
	}
	if running != nil {
		v.UpSince = running.origin.Ctime
	}
	v.Flavour, v.FlavourGuessed = c.flavour()
	return v
}

func (c *cluster) kinds() Counts {
	return Counts{
		ActiveMasters: c.counts[payload.KindMaster],
		BackupMasters: c.counts[payload.KindBackupMaster],
		RegionServers: c.counts[payload.KindRegionServer],
		Draining:      c.counts[payload.KindDraining],
		MetaReplicas:  c.counts[payload.KindMeta],
		Tables:        c.counts[payload.KindTable],
		Namespaces:    c.counts[payload.KindNamespace],
		Peers:         c.counts[payload.KindPeer],
		Queues:        c.counts[payload.KindQueue],
		QueueWALs:     c.counts[payload.KindQueueWAL],
		SplitTasks:    c.counts[payload.KindSplitTask],
		Znodes:        len(c.nodes),
	}
}

// flavour judges by what region servers say and else by znodes that only one
// flavour has. That some are missing proves nothing: a cluster makes them one
// after the other.
func (c *cluster) flavour() (f Flavour, guessed bool) {
	low, high, known := c.releases()
	switch {
	case known && low.major != high.major:
		return FlavourMixed, false
	case known && low.major == 1:
		return Flavour1, false
	case known && low.major == 2:
		return Flavour2, false
	case known && low.major == 3:
		return Flavour3, false
	case known:
		return FlavourUnknown, false
	case c.nodes["region-in-transition"] != nil || c.nodes["table-lock"] != nil:
		return Flavour1, true
	case c.nodes["namespace"] != nil:
		return Flavour2, true
	}
	return FlavourUnknown, true
}

// originOf gives a znode's origin, nil where there is no znode.
func originOf(n *node) *Origin {
	if n == nil {
		return nil
	}
	return &n.origin
}
