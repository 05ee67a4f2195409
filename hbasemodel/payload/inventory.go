package payload

import "strings"

// row is one line of the inventory of what HBase keeps under its parent.
type row struct {
	// pattern is a path below the parent; '*' at the end of an element stands
	// for the rest of it.
	pattern string
	kind    Kind
	decode  func(body []byte) (Message, Form, error)
	// note starts the summary; {} stands for the znode's name.
	note string
}

// inventory holds the default names of HBase's znodes. The first row that
// matches counts.
var inventory = byHead([]row{
	{"master", KindMaster, as(DecodeMaster), "active master "},
	{"backup-masters", KindDirectory, nil, "masters that wait"},
	{"backup-masters/*", KindBackupMaster, as(DecodeMaster), "backup master "},
	{"running", KindRunning, as(DecodeClusterUp), "cluster up since "},
	{"hbaseid", KindClusterID, as(DecodeClusterID), "cluster id "},
	{"rs", KindDirectory, nil, "region servers that live"},
	{"rs/*", KindRegionServer, as(DecodeRegionServerInfo), "{} up, "},
	{"draining", KindDirectory, nil, "region servers that take no more regions"},
	{"draining/*", KindDraining, nil, "{} takes no more regions"},
	{"meta-region-server", KindMeta, as(DecodeMetaRegionServer), "hbase:meta on "},
	{"meta-region-server-*", KindMeta, as(DecodeMetaRegionServer), "replica of hbase:meta on "},
	{"root-region-server", KindMeta, as(DecodeMetaRegionServer), "-ROOT- on "},
	{"table", KindDirectory, nil, "states of tables"},
	{"table/*", KindTable, as(DecodeTable), "table {} "},
	{"namespace", KindDirectory, nil, "namespaces"},
	{"namespace/*", KindNamespace, as(DecodeNamespace), "namespace "},

	{"table-lock", KindDirectory, nil, "locks of tables"},
	{"table-lock/*", KindDirectory, nil, "locks of table {}"},
	{"table-lock/*/*", KindTableLock, as(DecodeTableLock), "lock "},
	{"region-in-transition", KindDirectory, nil, "regions in transition"},
	{"region-in-transition/*", KindTransition, as(DecodeRegionTransition), ""},
	{"recovering-regions", KindDirectory, nil, "regions whose log is replayed"},
	{"recovering-regions/*", KindRecovering, as(DecodePosition), "region {} flushed up to "},
	{"recovering-regions/*/*", KindRecoveringStore, as(DecodeRegionSequences), "edits of {}, "},
	{"splitWAL", KindDirectory, nil, "WALs to split"},
	{"splitWAL/RESCAN*", KindSplitRescan, as(DecodeSplitLogTask), "wakes the splitters, "},
	{"splitWAL/*", KindSplitTask, as(DecodeSplitLogTask), "split {}: "},

	{"online-snapshot", KindDirectory, nil, "snapshots under way"},
	{"online-snapshot/acquired/*", KindProcedure, as(DecodeSnapshot), "snapshot "},
	{"flush-table-proc", KindDirectory, nil, "flushes under way"},
	{"flush-table-proc/acquired/*", KindProcedure, as(DecodeProcedureBytes), "flush of {}: "},
	{"rolllog-proc", KindDirectory, nil, "rolling of logs for a backup"},
	{"rolllog-proc/acquired/*", KindProcedure, as(DecodeProcedureBytes), "rolling of logs {}: "},

	{"balancer", KindSwitch, as(DecodeSwitch), "balancer "},
	{"normalizer", KindSwitch, as(DecodeSwitch), "normalizer "},
	{"switch", KindDirectory, nil, "switches of splits and merges"},
	{"switch/*", KindSwitch, as(DecodeSwitch), "{} "},
	{"snapshot-cleanup", KindSwitch, as(DecodeSwitch), "cleanup of snapshots "},
	{"rpc-throttle", KindSwitch, as(DecodeRPCThrottle), "throttling of RPCs "},
	{"master-maintenance", KindDirectory, nil, "tools that hold the balancer back"},
	{"master-maintenance/*", KindMaintenance, nil, "{} holds the balancer back"},

	{"replication", KindDirectory, nil, "replication"},
	{"replication/peers", KindDirectory, nil, "peers"},
	{"replication/peers/*", KindPeer, as(DecodePeer), "peer {} "},
	{"replication/peers/*/peer-state", KindPeerState, as(DecodeReplicationState), "peer "},
	{"replication/peers/*/tableCFs", KindPeerTables, as(DecodePeerTables), "tables of the peer: "},
	{"replication/peers/*/sync-rep-state", KindPeerSync, as(DecodeSyncReplicationState), "synchronous replication "},
	{"replication/peers/*/new-sync-rep-state", KindPeerSync, as(DecodeSyncReplicationState), "synchronous replication is to be "},
	{"replication/rs", KindDirectory, nil, "queues by server"},
	{"replication/rs/*", KindReplicator, nil, "queues of {}"},
	{"replication/rs/*/lock", KindReplicationLock, as(DecodeReplicationLock), "queues are claimed by "},
	{"replication/rs/*/*", KindQueue, nil, "queue {}"},
	{"replication/rs/*/*/*", KindQueueWAL, as(DecodePosition), "{} shipped up to byte "},
	{"replication/regions", KindDirectory, nil, "regions of serial peers"},
	{"replication/regions/*", KindDirectory, nil, "regions {}…"},
	{"replication/regions/*/*", KindDirectory, nil, "regions …{}…"},
	{"replication/regions/*/*/*", KindRegionSequence, as(DecodePosition), "{} shipped up to sequence id "},
	{"replication/hfile-refs", KindDirectory, nil, "bulk-loaded files by peer"},
	{"replication/hfile-refs/*", KindHFileRefs, nil, "bulk-loaded files for peer {}"},
	{"replication/hfile-refs/*/*", KindHFileRef, nil, "{} is not shipped yet"},

	{"tokenauth", KindDirectory, nil, "keys of tokens"},
	{"tokenauth/keys", KindDirectory, nil, "keys of tokens"},
	{"tokenauth/keymaster", KindKeyMaster, as(DecodeKeyMaster), "keys are rolled by "},
	{"tokenauth/keys/*", KindTokenKey, as(Redact), "key {}, "},
	{"acl", KindDirectory, nil, "access by table and namespace"},
	{"acl/*", KindACL, as(DecodePermissions), "access to {}: "},
	{"visibility", KindDirectory, nil, "visibility labels"},
	{"visibility/labels", KindLabels, as(DecodeVisibilityLabels), "visibility labels: "},
	{"visibility/user_auths", KindUserAuths, as(DecodeAuthorizations), "visibility of users: "},
	{"rsgroup", KindRSGroups, nil, "groups of region servers"},
	{"rsgroup/*", KindRSGroup, as(DecodeRSGroup), "group "},
	{"hfilearchive", KindDirectory, nil, "tables whose files are kept"},
	{"hfilearchive/*", KindArchive, nil, "files of table {} are kept"},

	// The barriers of the procedures above are alike.
	{"*/acquired", KindDirectory, nil, "procedures that members join"},
	{"*/reached", KindDirectory, nil, "procedures whose members are ready"},
	{"*/abort", KindDirectory, nil, "procedures that were aborted"},
	{"*/acquired/*/*", KindProcedureMember, nil, "{} has joined"},
	{"*/reached/*", KindDirectory, nil, "{} may go on"},
	{"*/reached/*/*", KindProcedureReady, as(DecodeProcedureBytes), "{} is done: "},
	{"*/abort/*", KindProcedureAbort, as(DecodeForeignException), "{} aborted "},
})

// as makes a decoder of one message one of any.
func as[M Message](decode func([]byte) (M, Form, error)) func([]byte) (Message, Form, error) {
	return func(body []byte) (Message, Form, error) {
		m, form, err := decode(body)
		if err != nil {
			return nil, form, err
		}
		return m, form, nil
	}
}

// byHead groups rows by the first element of their patterns.
func byHead(rows []row) map[string][]row {
	heads := make(map[string][]row)
	for _, r := range rows {
		head, _, _ := strings.Cut(r.pattern, "/")
		heads[head] = append(heads[head], r)
	}
	for _, proc := range []string{"online-snapshot", "flush-table-proc", "rolllog-proc"} {
		heads[proc] = append(heads[proc], heads["*"]...)
	}
	delete(heads, "*")
	return heads
}

const metaReplicas = "meta-region-server-"

// lookup finds the row of a path below the parent.
func lookup(rel string) (row, bool) {
	head, _, _ := strings.Cut(rel, "/")
	if strings.HasPrefix(head, metaReplicas) {
		head = metaReplicas + "*"
	}
	for _, r := range inventory[head] {
		if matches(r.pattern, rel) {
			return r, true
		}
	}
	return row{}, false
}

func matches(pattern, rel string) bool {
	for {
		p, restP, moreP := strings.Cut(pattern, "/")
		e, restE, moreE := strings.Cut(rel, "/")
		if prefix, ok := strings.CutSuffix(p, "*"); ok {
			if e == "" || !strings.HasPrefix(e, prefix) {
				return false
			}
		} else if p != e {
			return false
		}
		if !moreP || !moreE {
			return moreP == moreE
		}
		pattern, rel = restP, restE
	}
}
