package hbase

import (
	"testing"

	"github.com/hquorum/hquorum/test/peer"
)

func TestHBase(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED in -short: starts whole HBase clusters, which takes minutes")
	}
	for _, row := range []struct {
		name                   string
		version                peer.HBaseVersion
		kind                   peer.QuorumKind
		masters, regionServers int
		steps                  []step
	}{
		{"2.6.4", peer.HBase26, peer.KindHquorum, 2, 2, wholeLife},
		{"2.2.3", peer.HBase22, peer.KindHquorum, 2, 2, wholeLife},
		{"2.2.3-etcd", peer.HBase22, peer.KindEtcd, 1, 1, crashOfQuorum},
		{"3.0.0-alpha-4", peer.HBase30, peer.KindHquorum, 1, 1, daily},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, peer.KindFromEnv(row.kind), peer.HBaseOptions{
				Version: row.version, Masters: row.masters, RegionServers: row.regionServers,
			})
			for _, step := range append(row.steps, shutDown) {
				s.run(step)
			}
		})
	}
}

// wholeLife is everything that HBase does with its quorum.
var wholeLife = []step{
	createTable, putGetScan, splitRegion, disableAndEnable, takeSnapshot, replicationPeer,
	killRegionServer, killActiveMaster, killQuorumUnderLoad, dropTable,
}

// crashOfQuorum is the short life with the one crash that depends on how the quorum keeps its state.
var crashOfQuorum = []step{createTable, putGetScan, splitRegion, killQuorumUnderLoad, dropTable}

// daily is what an application does.
var daily = []step{createTable, putGetScan, dropTable}
