package hbasemodel

import "github.com/hquorum/hquorum/hbasemodel/payload"

// Switch is a switch that a master keeps, on where nobody has turned it.
type Switch struct {
	// Name is balancer, normalizer, split, merge, snapshot-cleanup or
	// rpc-throttle.
	Name string `json:"name"`
	// On means something where Keeping says Kept and Origin has no Err.
	On      bool    `json:"on"`
	Keeping Keeping `json:"keeping"`
	// Origin is nil where there is no znode.
	Origin *Origin `json:"origin,omitempty"`
}

// Switches shows all of them, whether they are kept or not.
type Switches struct {
	Observed Observed  `json:"observed"`
	Rows     []*Switch `json:"rows"`
}

const (
	masterRegion = "the master keeps it in a region of its own"
	neverTurned  = "nobody has turned it"
)

// switches are those of LoadBalancerTracker, RegionNormalizerTracker,
// SplitOrMergeTracker, SnapshotCleanupTracker and RpcThrottleStorage.
var switches = []struct {
	name, rel string
	place     place
}{
	{"balancer", "balancer", place{until: release{2, 6}, after: masterRegion, absent: neverTurned}},
	{"merge", "switch/merge", place{until: release{2, 6}, after: masterRegion, absent: neverTurned}},
	{"normalizer", "normalizer", place{until: release{2, 6}, after: masterRegion, absent: neverTurned}},
	{"rpc-throttle", "rpc-throttle", place{
		since: release{2, 2}, before: "it has no such switch", absent: neverTurned,
	}},
	{"snapshot-cleanup", "snapshot-cleanup", place{until: release{2, 6}, after: masterRegion, absent: neverTurned}},
	{"split", "switch/split", place{until: release{2, 6}, after: masterRegion, absent: neverTurned}},
}

func (c *cluster) switchRows(o Observed) *Switches {
	v := &Switches{Observed: o, Rows: make([]*Switch, 0, len(switches))}
	for _, s := range switches {
		n, rows := c.nodes[s.rel], 0
		if n != nil {
			rows = 1
		}
		v.Rows = append(v.Rows, &Switch{
			Name: s.name, On: as[payload.Switch](n).On, Keeping: c.keeping(rows, s.place), Origin: originOf(n),
		})
	}
	return v
}
