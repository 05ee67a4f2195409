package payload

import (
	"bufio"
	"encoding/hex"
	"os"
	"reflect"
	"strings"
	"testing"
)

// encoded gives testdata/messages.txt as the data of znodes, by path.
func encoded(t testing.TB) map[string][]byte {
	t.Helper()
	file, err := os.Open("testdata/messages.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := make(map[string][]byte)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		col := strings.Split(lines.Text(), " | ")
		pb, err := hex.DecodeString(col[len(col)-1])
		if len(col) != 4 || err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		if col[2] != "NamespaceDescriptor" {
			pb = append([]byte("PBUF"), pb...)
		}
		all[col[0]] = SealSalted("master:16000", pb, recordedSalt)
	}
	return all
}

// What Google's protobuf wrote from HBase's own definitions means this.
func TestMessages(t *testing.T) {
	a := ServerName{"a.example", 16020, 1700000000123}
	m := ServerName{"m.example", 16000, 1700000000123}
	no := false
	want := map[string]struct {
		kind    Kind
		message Message
		summary string
	}{
		"region-in-transition/0123456789abcdef0123456789abcdef": {
			KindTransition,
			RegionTransition{RegionOpenedByServer, []byte("t1,\x00row,1700000000000.0123456789abcdef0123456789abcdef."), 1700000000456, a, []byte{1, 2}, nil},
			`RS_ZK_REGION_OPENED, t1,\x00row,1700000000000.0123456789abcdef0123456789abcdef. on a.example,16020,1700000000123`,
		},
		"table-lock/ns:t1/read-m.example:160000000000003": {
			KindTableLock,
			TableLock{TableName{"ns", "t1"}, m, 77, true, "addColumn", 1700000000789, nil},
			"lock shared, held by m.example,16000,1700000000123 for addColumn",
		},
		"replication/rs/a.example,16020,1700000000123/lock": {
			KindReplicationLock, ReplicationLock{"b.example,16020,1700000000999", nil}, "queues are claimed by b.example,16020,1700000000999",
		},
		"recovering-regions/0123456789abcdef0123456789abcdef/a.example,16020,1700000000123": {
			KindRecoveringStore,
			RegionSequences{99, []StoreSequence{{"cf", 98}, {"x", 101}}, nil},
			"edits of a.example,16020,1700000000123, flushed up to 99",
		},
		"splitWAL/WALs%2Fa.example%252C16020%252C1700000000123.1": {
			KindSplitTask, SplitLogTask{SplitOwned, a, RecoveryReplay, nil},
			"split WALs%2Fa.example%252C16020%252C1700000000123.1: OWNED by a.example,16020,1700000000123, LOG_REPLAY",
		},
		"backup-masters/m.example,16000,1700000000123": {
			KindBackupMaster, Master{m, 0, 16010, nil}, "backup master m.example,16000,1700000000123, info port 16010",
		},
		"master":                           {KindMaster, Master{m, 0, -1, nil}, "active master m.example,16000,1700000000123, no info port"},
		"rs/a.example,16020,1700000000123": {KindRegionServer, RegionServerInfo{-1, nil, nil}, "a.example,16020,1700000000123 up, no info port"},
		"meta-region-server-1": {
			KindMeta, MetaRegionServer{a, 0, RegionAbnormallyClosed, false, nil},
			"replica of hbase:meta on a.example,16020,1700000000123, ABNORMALLY_CLOSED",
		},
		"meta-region-server": {KindMeta, MetaRegionServer{a, 0, RegionOpen, true, nil}, "hbase:meta on a.example,16020,1700000000123, OPEN"},
		"splitWAL/RESCAN0000000012": {
			KindSplitRescan, SplitLogTask{SplitDone, m, RecoveryUnknown, nil}, "wakes the splitters, DONE by m.example,16000,1700000000123",
		},
		"replication/peers/full": {
			KindPeer,
			Peer{
				ClusterKey: "zk1,zk2:2181:/hbase", Endpoint: "org.example.Endpoint",
				Data:          []BytesPair{{[]byte("k\x00"), []byte("v")}},
				Configuration: []Pair{{"hbase.x", "y", nil}},
				Tables:        []TableFamilies{{TableName{"default", "t1"}, []string{"cf1", "cf2"}}, {TableName{"ns", "t2"}, nil}},
				Namespaces:    []string{"ns3"}, Bandwidth: 1048576, ReplicateAll: &no,
				ExcludeTables:     []TableFamilies{{TableName{"ns4", "t4"}, []string{"f"}}},
				ExcludeNamespaces: []string{"ns5"}, Serial: true, RemoteWALDir: "hdfs://x/y",
			},
			"peer full to zk1,zk2:2181:/hbase by org.example.Endpoint, tables t1:cf1, cf2, ns:t2, namespaces ns3," +
				" not tables ns4:t4:f, not namespaces ns5, serial, synchronous, at most 1048576 bytes a second",
		},
		"replication/peers/full/sync-rep-state": {KindPeerSync, SyncReplicationState{SyncDowngradeActive, nil}, "synchronous replication DOWNGRADE_ACTIVE"},
		"replication/peers/full/new-sync-rep-state": {
			KindPeerSync, SyncReplicationState{SyncNone, nil}, "synchronous replication is to be NONE",
		},
		"replication/regions/01/23/456789abcdef0123456789abcdef-full": {
			KindRegionSequence, Position{4242, nil}, "456789abcdef0123456789abcdef-full shipped up to sequence id 4242",
		},
		"rsgroup/g1": {
			KindRSGroup,
			RSGroup{"g1", []ServerName{{"a.example", 16020, NoStartCode}, {"b.example", 16020, NoStartCode}}, []TableName{{"ns", "t1"}}, []Pair{{"k", "v", nil}}, nil},
			"group g1, 2 servers, 1 table",
		},
		"online-snapshot/acquired/snap": {
			KindProcedure,
			Snapshot{
				Name: "snap", Table: "ns:t1", Created: 1700000000001, Type: SnapshotSkipFlush, Version: 2, Owner: "root",
				Permissions: []byte("\x0a\x0f\x0a\x03bob\x12\x08\x08\x01\x12\x04\x08\x00\x08\x01"), TTL: 3600, MaxFileSize: 1 << 30,
			},
			"snapshot snap of table ns:t1, SKIPFLUSH",
		},
		"online-snapshot/acquired/plain": {KindProcedure, Snapshot{Name: "plain", Type: SnapshotFlush}, "snapshot plain of table , FLUSH"},
		"online-snapshot/abort/snap": {
			KindProcedureAbort,
			ForeignException{"a.example,16020,1", "java.io.IOException", "disk\nfull", []byte{0}, []StackElement{{"A", "m", "A.java", -2}}, nil},
			`snap aborted by a.example,16020,1: java.io.IOException: disk\nfull`,
		},
		"acl/ns:t1": {
			KindACL,
			Permissions{[]UserPermissions{
				{"bob", []Grant{{Scope: GrantTable, Table: TableName{"ns", "t1"}, Family: "f", Qualifier: "q", Actions: []Action{ActionRead, ActionAdmin}}}, nil},
				{"@ops", []Grant{
					{Scope: GrantNamespace, Namespace: "ns", Actions: []Action{ActionWrite, ActionCreate}},
					{Scope: GrantGlobal, Actions: []Action{ActionExec}},
				}, nil},
			}, nil},
			"access to ns:t1: bob RA, @ops WC, X",
		},
		"visibility/labels":     {KindLabels, VisibilityLabels{[]Label{{"system", 1}, {"secret", 2}}, nil}, "visibility labels: system, secret"},
		"visibility/user_auths": {KindUserAuths, Authorizations{[]UserAuthorizations{{"bob", []uint32{1, 2}}}, nil}, "visibility of users: bob [1 2]"},
		"namespace/ns": {
			KindNamespace, Namespace{"ns", []Pair{{"a", "1", nil}, {"b", "2", nil}}, nil}, "namespace ns, a=1, b=2",
		},
	}
	data := encoded(t)
	if len(data) != len(want) {
		t.Errorf("%d messages encoded, %d expected", len(data), len(want))
	}
	for path, d := range data {
		w, ok := want[path]
		if !ok {
			t.Errorf("%s: nothing expected", path)
			continue
		}
		v := Decode(path, d)
		if v.Err != nil || v.Kind != w.kind || !reflect.DeepEqual(v.Message, w.message) {
			t.Errorf("%s: %s\n%+v, want\n%+v, %v", path, v.Kind, v.Message, w.message, v.Err)
		}
		if got := v.Summary(); got != w.summary {
			t.Errorf("%s:\n%q, want\n%q", path, got, w.summary)
		}
		if e, ok := v.Message.(Encodable); ok && string(e.AppendBody(nil)) != string(v.Body) {
			t.Errorf("%s: written again\n%x, want\n%x", path, e.AppendBody(nil), v.Body)
		}
	}
}
