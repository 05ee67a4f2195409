package payload

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var recordedVersions = []string{"1.7.2", "2.2.3", "2.4.18", "2.6.4", "3.0.0-alpha-4"}

// recordedNode is one znode of testdata/<version>.txt:
//
//	path | PERS or EPH owner | version cversion length | frame (writer id, salt length) and PBUF | payload, escaped
type recordedNode struct {
	version, path string
	writer        string
	framed, pbuf  bool
	length        int
	body          []byte
	data          []byte
}

// rel gives the path below the cluster's parent; it is false outside of one.
func (n recordedNode) rel() (string, bool) {
	for _, parent := range []string{"/hbase", "/hbase2"} {
		if n.path == parent {
			return "", true
		}
		if rel, ok := strings.CutPrefix(n.path, parent+"/"); ok {
			return rel, true
		}
	}
	return "", false
}

var recordedSalt = [SaltSize]byte{1, 2, 3, 4, 5, 6, 7, 0xFF}

func recorded(t testing.TB, version string) []recordedNode {
	t.Helper()
	file, err := os.Open("testdata/" + version + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var nodes []recordedNode
	for lines := bufio.NewScanner(file); lines.Scan(); {
		nodes = append(nodes, parseRecorded(t, version, lines.Text()))
	}
	if len(nodes) == 0 {
		t.Fatalf("%s: no znodes", version)
	}
	return nodes
}

func parseRecorded(t testing.TB, version, line string) recordedNode {
	t.Helper()
	col := strings.SplitN(line, " | ", 5)
	if len(col) != 5 {
		t.Fatalf("%s: not five columns: %q", version, line)
	}
	n := recordedNode{version: version, path: col[0], body: unescape(t, col[4])}
	_, length, _ := strings.Cut(col[2], "len=")
	var err error
	if n.length, err = strconv.Atoi(length); err != nil {
		t.Fatalf("%s: %q: %v", version, line, err)
	}
	frame, pbuf := strings.CutSuffix(col[3], "+PBUF")
	if n.pbuf = pbuf; pbuf {
		n.body = append([]byte("PBUF"), n.body...)
	}
	n.data = n.body
	if id, ok := strings.CutPrefix(frame, "FF[id="); ok {
		n.framed = true
		n.writer = strings.TrimSuffix(id, "+8]")
		n.data = SealSalted(n.writer, n.body, recordedSalt)
	}
	if len(n.data) != n.length {
		t.Fatalf("%s %s: %d bytes restored, %d recorded", version, n.path, len(n.data), n.length)
	}
	return n
}

// unescape reads \xNN; the recorder left everything else as it was.
func unescape(t testing.TB, s string) []byte {
	t.Helper()
	out := []byte{}
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			b, err := strconv.ParseUint(s[i+2:i+4], 16, 8)
			if s[i+1] != 'x' || err != nil {
				t.Fatalf("bad escape in %q", s)
			}
			out = append(out, byte(b))
			i += 3
			continue
		}
		out = append(out, s[i])
	}
	return out
}

func find(t testing.TB, version, path string) recordedNode {
	t.Helper()
	for _, n := range recorded(t, version) {
		if n.path == path {
			return n
		}
	}
	t.Fatalf("%s: no %s", version, path)
	return recordedNode{}
}

// Every znode that five versions of HBase wrote decodes, to a kind that is
// known, and a message that Go can write comes out as HBase wrote it.
func TestRecorded(t *testing.T) {
	for _, version := range recordedVersions {
		for _, n := range recorded(t, version) {
			rel, ok := n.rel()
			if !ok {
				continue
			}
			t.Run(version+n.path, func(t *testing.T) {
				v := Decode(rel, n.data)
				if v.Err != nil {
					t.Fatal(v.Err)
				}
				if v.Kind == KindUnknown {
					t.Fatal("unknown kind")
				}
				if v.Framed != n.framed || v.Writer != n.writer || v.Length != n.length || string(v.Body) != string(n.body) {
					t.Fatalf("frame %+v, recorded %+v", v, n)
				}
				want := FormEmpty
				switch {
				case n.pbuf:
					want = FormPBUF
				case len(n.body) > 0:
					want = FormBare
				}
				if v.Form != want {
					t.Fatalf("form %v, want %v", v.Form, want)
				}
				if len(n.body) > 0 && v.Message == nil {
					t.Fatal("a payload without a message")
				}
				if m, ok := v.Message.(Encodable); ok && len(n.body) > 0 {
					if got := m.AppendBody(nil); string(got) != string(n.body) {
						t.Fatalf("written again\n%q, recorded\n%q", got, n.body)
					}
				}
				if s := v.Summary(); s == "" || !isPrintable(s) {
					t.Fatalf("summary %q", s)
				}
			})
		}
	}
}

// The summaries show every value that matters, for people and for this test.
func TestRecordedSummaries(t *testing.T) {
	for _, c := range []struct{ version, path, summary string }{
		{"1.7.2", "/hbase/rs/localhost,39815,1795257899082", "localhost,39815,1795257899082 up, info port 46381, HBase 1.7.2"},
		{"1.7.2", "/hbase/master", "active master localhost,34279,1795257895848, info port 36561"},
		{"1.7.2", "/hbase/meta-region-server", "hbase:meta on localhost,39815,1795257899082, OPEN"},
		{"1.7.2", "/hbase/replication/peers/peer1", "peer peer1 to 127.0.0.1:31680:/hbase2"},
		{"1.7.2", "/hbase/replication/peers/peer1/peer-state", "peer ENABLED"},
		{"1.7.2", "/hbase/region-in-transition", "regions in transition"},
		{"1.7.2", "/hbase/table-lock/t1", "locks of table t1"},
		{"1.7.2", "/hbase/flush-table-proc/reached", "procedures whose members are ready"},
		{
			"1.7.2", "/hbase/replication/rs/localhost,39815,1795257899082/peer1/localhost%2C39815%2C1795257899082.1795257903609",
			"localhost%2C39815%2C1795257899082.1795257903609 shipped up to byte 0",
		},
		{"2.2.3", "/hbase/rs/localhost,31483,1795257650630", "localhost,31483,1795257650630 up, info port 31484, HBase 2.2.3"},
		{"2.2.3", "/hbase/switch/merge", "merge off"},
		{"2.2.3", "/hbase/balancer", "balancer off"},
		{"2.2.3", "/hbase/table/t2", "table t2 DISABLED"},
		{"2.2.3", "/hbase/table/hbase:meta", "table hbase:meta ENABLED"},
		{"2.4.18", "/hbase/acl/t1", "access to t1: root RWXCA"},
		{"2.4.18", "/hbase/acl/hbase:labels", "access to hbase:labels: root RWXCA"},
		{"2.4.18", "/hbase/visibility/labels", "visibility labels: system"},
		{"2.4.18", "/hbase/visibility/user_auths", "visibility of users: none"},
		{"2.4.18", "/hbase/snapshot-cleanup", "cleanup of snapshots off"},
		{"2.4.18", "/hbase/normalizer", "normalizer off"},
		{"2.4.18", "/hbase/draining/localhost,31283,1795257601937", "localhost,31283,1795257601937 takes no more regions"},
		{"2.4.18", "/hbase/replication/peers/peer2/peer-state", "peer DISABLED"},
		{
			"2.4.18", "/hbase/replication/rs/localhost,31283,1795257601937/peer1/localhost%2C31283%2C1795257601937.1795257609365",
			"localhost%2C31283%2C1795257601937.1795257609365 shipped up to byte 2245",
		},
		{"2.6.4", "/hbase/running", "cluster up since Sat Nov 21 10:39:21 UTC 2026"},
		{"2.6.4", "/hbase/hbaseid", "cluster id 40d1566f-8146-492e-9d35-ae9319a777b0"},
		{"2.6.4", "/hbase2/hbaseid", "cluster id 11111111-2222-3333-4444-555555555555"},
		{"2.6.4", "/hbase/namespace/ns1", "namespace ns1, k=v"},
		{"2.6.4", "/hbase/replication/rs/localhost,31183,1795257560091/peer2", "queue peer2"},
		{"2.6.4", "/hbase", "an HBase cluster"},
		{"3.0.0-alpha-4", "/hbase/rs/localhost,31383,1795257630406", "localhost,31383,1795257630406 up, info port 31384, HBase 3.0.0-alpha-4"},
		{"3.0.0-alpha-4", "/hbase/master", "active master localhost,31381,1795257628661, info port 31382"},
	} {
		n := find(t, c.version, c.path)
		rel, _ := n.rel()
		if got := Decode(rel, n.data).Summary(); got != c.summary {
			t.Errorf("%s %s: %q, want %q", c.version, c.path, got, c.summary)
		}
	}
}

func TestRecordedRegionServer(t *testing.T) {
	n := find(t, "2.2.3", "/hbase/rs/localhost,31483,1795257650630")
	r, form, err := DecodeRegionServerInfo(n.body)
	if err != nil || form != FormPBUF {
		t.Fatal(form, err)
	}
	want := VersionInfo{
		Version: "2.2.3", URL: "git://hao-OptiPlex-7050/home/hao/open_source/hbase",
		Revision: "6a830d87542b766bd3dc4cfdee28655f62de3974", User: "hao",
		Date: "2020年 01月 10日 星期五 18:27:51 CST", Checksum: "097925184b85f6995e20da5462b10f3f", Major: 2, Minor: 2,
	}
	if got := fmt.Sprintf("%+v", *r.Version); r.InfoPort != 31484 || got != fmt.Sprintf("%+v", want) {
		t.Fatalf("%d %s", r.InfoPort, got)
	}
}

func TestRecordedPeers(t *testing.T) {
	n := find(t, "1.7.2", "/hbase/replication/peers/peer1")
	p, _, err := DecodePeer(n.body)
	if err != nil || p.ReplicateAll != nil || len(p.Unknown) > 0 { // its bandwidth is at 1.x's number
		t.Fatalf("1.7.2: %+v %v", p, err)
	}
	n = find(t, "2.6.4", "/hbase/replication/peers/peer1")
	p, _, err = DecodePeer(n.body)
	if err != nil || p.ReplicateAll == nil || !*p.ReplicateAll || p.Serial || len(p.Unknown) > 0 {
		t.Fatalf("2.6.4: %+v %v", p, err)
	}
}
