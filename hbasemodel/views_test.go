package hbasemodel

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

func snapshotOf(t testing.TB, m *Model, parent string) *Snapshot {
	t.Helper()
	s, err := m.Snapshot(parent)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A znode that means nothing is shown with its error, beside the others.
func TestBrokenZnodes(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	garbage := []byte("PBUF\xff\xff\xff")
	q.put("/hbase/master", garbage)
	q.put("/hbase/hbaseid", []byte{0xFF, 1})
	q.put("/hbase/running", nil)
	q.put("/hbase/backup-masters/nobody", garbage)
	q.put("/hbase/rs/nobody", garbage)
	q.write("/hbase/rs/a,1", info("2.5.1"), 8)
	q.put("/hbase/draining/nobody", []byte{})
	q.put("/hbase/meta-region-server", garbage)
	q.write("/hbase/meta-region-server-x", payload.MetaRegionServer{Server: a1}, 0)
	q.put("/hbase/table/bad", garbage)
	q.put("/hbase/namespace/bad", garbage)
	q.put("/hbase/balancer", garbage)
	q.put("/hbase/replication/peers/p", garbage)
	q.put("/hbase/replication/peers/p/peer-state", garbage)
	q.put("/hbase/replication/rs/nobody/p-nobody/nothing", garbage)
	q.put("/hbase/splitWAL/%zz", garbage)
	q.put("/hbase/online-snapshot/acquired/s", garbage)
	q.put("/hbase/online-snapshot/abort/s", garbage)
	q.put("/hbase/acl/t", garbage)
	q.put("/hbase/visibility/labels", garbage)
	q.put("/hbase/tokenauth/keymaster", garbage)
	q.put("/hbase/rsgroup/g", garbage)
	q.put("/hbase/region-in-transition/r", garbage)
	q.put("/hbase/table-lock/t/l", garbage)

	s := snapshotOf(t, q.m, "/hbase")
	broken := map[string]Origin{
		"master": s.Masters.Active.Origin, "hbaseid": *s.Cluster.IDOrigin, "running": *s.Cluster.RunningOrigin,
		"switch": *s.Switches.Rows[0].Origin, "labels": s.Security.LabelOrigins[0], "key master": *s.Security.KeyMasterOrigin,
		"backup": s.Masters.Backups[1].Origin, "draining": s.Draining.Rows[0].Origin, "table": s.Tables.Rows[0].Origin,
		"namespace": s.Namespaces.Rows[0].Origin, "peer": s.Replication.Peers.Rows[0].Origin,
		"peer state": *s.Replication.Peers.Rows[0].StateOrigin, "queue": s.Replication.Queues.Rows[0].Origin,
		"wal": s.Replication.Queues.Rows[0].WALs[0].Origin, "split": s.SplitTasks.Rows[0].Origin,
		"procedure": s.Procedures.Rows[0].Origin, "access": s.Security.Access.Rows[0].Origin, "group": s.Groups.Rows[0].Origin,
		"transition": s.Transitions.Rows[0].Origin, "lock": s.TableLocks.Rows[0].Origin,
	}
	for _, r := range s.RegionServers.Rows {
		if r.Name != a1.String() && r.Name != b1.String() {
			broken["server "+r.Name] = r.Origin
		}
	}
	for _, r := range s.Meta.Rows {
		broken["meta "+r.Origin.Path] = r.Origin
	}
	if len(broken) != 24 {
		t.Errorf("%d origins", len(broken))
	}
	for name, o := range broken {
		if o.Err == nil || o.Problem != o.Err.Error() {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if !errors.Is(broken["server nobody"].Err, payload.ErrMalformed) || !errors.Is(broken["server a,1"].Err, payload.ErrServerName) {
		t.Error("the errors are not payload's")
	}
	if len(s.RegionServers.Rows) != 4 || len(s.Tables.Rows) != 2 || s.Cluster.Counts.RegionServers != 4 {
		t.Errorf("the others are gone: %d servers, %d tables", len(s.RegionServers.Rows), len(s.Tables.Rows))
	}
	if !s.Cluster.Up || !s.Procedures.Rows[0].Aborted || s.Procedures.Rows[0].Reason == "" {
		t.Error("what a znode says by being there is lost")
	}
}

// Rows show what other znodes say of them.
func TestRowsOfSeveralZnodes(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	server := func(name payload.ServerName) *RegionServer {
		v, _ := q.m.RegionServers("/hbase")
		i := slices.IndexFunc(v.Rows, func(r *RegionServer) bool { return r.Server == name })
		return v.Rows[i]
	}
	meta := func() *MetaLocation {
		v, _ := q.m.MetaLocations("/hbase")
		return v.Rows[0]
	}
	if !server(a1).CarriesMeta || server(b1).CarriesMeta || !meta().ServerLives {
		t.Error("hbase:meta is not on a")
	}
	before := server(a1)
	held, _ := q.m.RegionServers("/hbase")
	q.write("/hbase/meta-region-server", payload.MetaRegionServer{Server: b1, State: payload.RegionOpen}, 0)
	if server(a1).CarriesMeta || !server(b1).CarriesMeta {
		t.Error("hbase:meta did not move")
	}
	if !before.CarriesMeta || !slices.Contains(held.Rows, before) {
		t.Error("what was read has changed")
	}
	q.put("/hbase/draining/"+b1.String(), []byte{})
	if !server(b1).Draining {
		t.Error("b does not drain")
	}
	q.delete("/hbase/rs/" + b1.String())
	v, _ := q.m.Draining("/hbase")
	if meta().ServerLives || v.Rows[0].Lives {
		t.Error("b is dead")
	}
	q.write("/hbase/rs/"+b1.String(), info("2.5.1"), 9)
	if !meta().ServerLives || !server(b1).Draining || !server(b1).CarriesMeta {
		t.Error("b lives")
	}
}

func TestReplication(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	const rs = "/hbase/replication/rs/"
	claimed := "p-" + a2.String() + "-" + a1.String()
	q.put("/hbase/replication/peers/p", []byte("PBUF"+ // serial, password=hush, n:t with f and g
		"\x0a\x0azk:2181:/x"+"\x22\x10\x0a\x08password\x12\x04hush"+"\x2a\x0e\x0a\x06\x0a\x01n\x12\x01t\x12\x01f\x12\x01g"+"\x58\x01"))
	q.write("/hbase/replication/peers/p/peer-state", payload.ReplicationState{State: payload.PeerDisabled}, 0)
	q.write(rs+b1.String()+"/p/"+b1.Escaped()+".2000", payload.Position{Position: 7}, 0)
	q.put(rs+b1.String()+"/p/"+b1.Escaped()+".1000", []byte{})
	q.put(rs+b1.String()+"/"+claimed+"/x.1", []byte{})
	q.put(rs+"dead,1,1/gone", []byte{})
	q.write(rs+"dead,1,1/lock", payload.Position{}, 0) // not a lock, and not a queue
	q.put("/hbase/replication/hfile-refs/p/f1", []byte{})
	q.put("/hbase/replication/hfile-refs/p/f2", []byte{})
	q.put("/hbase/replication/regions/aa/bb/cc-p", []byte{})

	v, err := q.m.Replication("/hbase")
	if err != nil || len(v.Peers.Rows) != 1 || len(v.Queues.Rows) != 3 || v.HFileRefs != 2 || v.RegionSequences != 1 {
		t.Fatalf("%+v %v", v, err)
	}
	p := v.Peers.Rows[0]
	if p.State != payload.PeerDisabled || p.StateOrigin == nil || !p.Serial || p.HFileRefs != 2 ||
		!slices.Equal(p.Tables, []string{"n:t:f,g"}) || !slices.Equal(p.ConfigurationKeys, []string{"password"}) {
		t.Errorf("peer %+v", p)
	}
	if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "hush") {
		t.Errorf("%s %v", text, err)
	}
	own, taken, dead := v.Queues.Rows[0], v.Queues.Rows[1], v.Queues.Rows[2]
	if own.Name != "p" || !own.OwnerLives || own.Orphan || len(own.WALs) != 2 || own.WALs[0].Position != 0 ||
		own.WALs[1].Position != 7 || own.WALs[1].Created.UnixMilli() != 2000 {
		t.Errorf("queue %+v", own)
	}
	if taken.Peer != "p" || !slices.Equal(taken.RecoveredFrom, []payload.ServerName{a2, a1}) {
		t.Errorf("claimed queue %+v", taken)
	}
	if dead.Owner != "dead,1,1" || dead.OwnerLives || !dead.Orphan || !slices.Equal(v.Orphans(), []*Queue{dead}) {
		t.Errorf("orphan %+v, orphans %v", dead, v.Orphans())
	}
	q.put("/hbase/replication/peers/gone", []byte("zk:2181:/y"))
	q.delete(rs + b1.String() + "/" + claimed + "/x.1")
	q.delete(rs + b1.String() + "/" + claimed)
	if v, _ = q.m.Replication("/hbase"); len(v.Orphans()) != 0 || len(v.Queues.Rows) != 2 {
		t.Errorf("then %+v", v.Queues)
	}
}

func TestProcedures(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	const at = "/hbase/online-snapshot/"
	q.put(at+"acquired/s", []byte("PBUF\x0a\x01s\x12\x01t"))
	began := q.now
	q.put(at+"acquired/s/"+b1.String(), []byte{})
	q.put(at+"acquired/s/"+a1.String(), []byte{})
	q.put(at+"reached/s/"+a1.String(), []byte("PBUF"))
	q.put("/hbase/rolllog-proc/abort/r", []byte{})
	v, err := q.m.Procedures("/hbase")
	if err != nil || len(v.Rows) != 2 || v.Keeping.Availability != Kept {
		t.Fatalf("%+v %v", v, err)
	}
	p, aborted := v.Rows[0], v.Rows[1]
	if p.Kind != ProcedureSnapshot || p.Name != "s" || p.Table != "t" || !p.Since.Equal(began) || p.Aborted ||
		!slices.Equal(p.Acquired, []string{a1.String(), b1.String()}) || !slices.Equal(p.Reached, []string{a1.String()}) {
		t.Errorf("%+v", p)
	}
	if aborted.Kind != ProcedureRollLog || !aborted.Aborted || aborted.Reason == "" || !aborted.Since.IsZero() {
		t.Errorf("%+v", aborted)
	}
	q.deleteAll(at + "acquired/s")
	q.deleteAll(at + "reached/s")
	if v, _ = q.m.Procedures("/hbase"); len(v.Rows) != 1 {
		t.Errorf("then %+v", v.Rows)
	}
}

// What a view that is empty says depends on what the region servers run.
func TestKeeping(t *testing.T) {
	for _, c := range []struct {
		versions []string
		flavour  Flavour
		balancer Availability
		splits   Availability
		tables   Availability
		locks    Availability
	}{
		{nil, FlavourUnknown, Absent, Absent, Absent, Absent},
		{[]string{"1.7.2"}, Flavour1, Absent, Absent, Absent, Absent},
		{[]string{"2.3.7"}, Flavour2, Absent, Absent, Absent, NotKept},
		{[]string{"2.4.0"}, Flavour2, Absent, NotKept, Absent, NotKept},
		{[]string{"2.5.13", "2.6.4"}, Flavour2, Absent, NotKept, Absent, NotKept}, // both must have left it
		{[]string{"2.6.4"}, Flavour2, NotKept, NotKept, Absent, NotKept},
		{[]string{"2.6.4", "3.0.0-SNAPSHOT"}, FlavourMixed, NotKept, NotKept, Absent, NotKept},
		{[]string{"3.0.0-beta-1"}, Flavour3, NotKept, NotKept, NotKept, NotKept},
		{[]string{"10.2"}, FlavourUnknown, NotKept, NotKept, NotKept, NotKept},
		{[]string{"a private build"}, FlavourUnknown, Absent, Absent, Absent, Absent},
	} {
		q := newQuorum(Options{})
		q.ready().write("/h/hbaseid", payload.ClusterID{ID: "x"}, 0)
		for i, version := range c.versions {
			q.write("/h/rs/"+payload.ServerName{Host: "a", Port: uint16(i)}.String(), info(version), 1)
		}
		s := snapshotOf(t, q.m, "/h")
		got := []Availability{
			s.Switches.Rows[0].Keeping.Availability, s.SplitTasks.Keeping.Availability,
			s.Tables.Keeping.Availability, s.TableLocks.Keeping.Availability,
		}
		if s.Cluster.Flavour != c.flavour || !slices.Equal(got, []Availability{c.balancer, c.splits, c.tables, c.locks}) {
			t.Errorf("%q: %s %v", c.versions, s.Cluster.Flavour, got)
		}
	}
}

// Where no region server is up, old znodes may tell.
func TestGuessedFlavour(t *testing.T) {
	for path, want := range map[string]Flavour{"table-lock": Flavour1, "namespace": Flavour2, "table": FlavourUnknown} {
		q := newQuorum(Options{})
		q.ready().write("/h/hbaseid", payload.ClusterID{ID: "x"}, 0)
		q.put("/h/"+path, []byte{})
		if c, _ := q.m.Cluster("/h"); c.Flavour != want || !c.FlavourGuessed {
			t.Errorf("%s: %s", path, c.Flavour)
		}
	}
}

// What is left of what a version keeps elsewhere is shown, and called so.
func TestLeftBehind(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	q.deleteAll("/hbase/rs")
	q.write("/hbase/rs/"+a1.String(), info("3.0.0"), 1)
	v, _ := q.m.Tables("/hbase")
	if len(v.Rows) != 1 || v.Keeping.Availability != Kept || !strings.Contains(v.Keeping.Reason, "left behind") {
		t.Errorf("%+v", v)
	}
}

// What nobody reads does not pile up: tasks come and go under new names.
func TestUnreadRowsAreForgotten(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	for i := range 10000 {
		path := "/hbase/splitWAL/wal" + strconv.Itoa(i)
		q.put(path, []byte{})
		q.delete(path)
	}
	if n := len(q.m.clusters["/hbase"].splits.touched); n > 2000 {
		t.Errorf("%d touched rows are remembered", n)
	}
	if v, _ := q.m.SplitTasks("/hbase"); len(v.Rows) != 0 {
		t.Errorf("%d rows", len(v.Rows))
	}
}

// The addresses of servers that are gone are forgotten some day.
func TestPastIsBounded(t *testing.T) {
	p := newPast()
	for i := range 2 * mostGone {
		p.restarted(payload.ServerName{Host: "h" + strconv.Itoa(i), Port: 1}, 10)
	}
	if n := len(p.servers); n != mostGone+10 {
		t.Errorf("%d addresses are remembered", n)
	}
}

func TestJSON(t *testing.T) {
	q, _ := small(t, "/hbase", Options{})
	text, err := json.Marshal(snapshotOf(t, q.m, "/hbase"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"parent":"/hbase"`, `"server":"m1,16000,100"`, `"session":"0x1"`, `"state":"ENABLED"`, `"availability":"kept"`, `"carriesMeta":true`,
		`"form":"pbuf"`, `"peers":{"observed":`, `"rows":[]`, `"writer":"test:1"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
