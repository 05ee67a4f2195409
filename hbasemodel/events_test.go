package hbasemodel

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

var (
	m1 = payload.ServerName{Host: "m1", Port: 16000, StartCode: 100}
	m2 = payload.ServerName{Host: "m2", Port: 16000, StartCode: 200}
	a1 = payload.ServerName{Host: "a", Port: 16020, StartCode: 300}
	a2 = payload.ServerName{Host: "a", Port: 16020, StartCode: 400}
	b1 = payload.ServerName{Host: "b", Port: 16020, StartCode: 500}
)

func info(version string) payload.RegionServerInfo {
	return payload.RegionServerInfo{InfoPort: 16030, Version: &payload.VersionInfo{Version: version}}
}

// small is a cluster of a master, a backup and two region servers, told as the
// first snapshot, and a subscription to what comes.
func small(t testing.TB, parent string, o Options) (*quorum, *Subscription) {
	t.Helper()
	q := newQuorum(o)
	q.away = true
	q.write(parent+"/hbaseid", payload.ClusterID{ID: "id-1"}, 0)
	q.write(parent+"/backup-masters/"+m2.String(), payload.Master{Server: m2}, 2)
	q.write(parent+"/master", payload.Master{Server: m1, InfoPort: 16010}, 1)
	q.write(parent+"/running", payload.NewClusterUp(start), 0)
	q.write(parent+"/rs/"+a1.String(), info("2.5.1"), 3)
	q.write(parent+"/rs/"+b1.String(), info("2.5.1"), 4)
	q.write(parent+"/meta-region-server", payload.MetaRegionServer{Server: a1, State: payload.RegionOpen}, 0)
	q.write(parent+"/table/t1", payload.Table{State: payload.TableEnabled}, 0)
	q.ready()
	s := q.m.Subscribe(0)
	if got := q.news(t, s); len(got) != 0 {
		t.Fatalf("the first snapshot told %q", got)
	}
	return q, s
}

func TestEvents(t *testing.T) {
	const p = "/hbase"
	for _, c := range []struct {
		name string
		do   func(q *quorum)
		want []string
	}{
		{"nothing changes when a znode is written as it was", func(q *quorum) {
			q.write(p+"/table/t1", payload.Table{State: payload.TableEnabled}, 0)
			q.write(p+"/rs/"+a1.String(), info("2.5.1"), 3)
			q.put(p+"/unknown", []byte("?"))
			q.put("/other/rs", nil)
		}, nil},
		{"a failover", func(q *quorum) {
			q.delete(p + "/master")
			q.write(p+"/master", payload.Master{Server: m2}, 2)
			q.delete(p + "/backup-masters/" + m2.String())
		}, []string{
			"master-lost /hbase m1,16000,100",
			"master-elected /hbase m2,16000,200 m1,16000,100>m2,16000,200",
			"backup-left /hbase m2,16000,200",
		}},
		{"a new master waits", func(q *quorum) {
			q.write(p+"/backup-masters/m3,16000,5", payload.Master{Server: payload.ServerName{Host: "m3", Port: 16000, StartCode: 5}}, 9)
		}, []string{"backup-joined /hbase m3,16000,5"}},
		{"a region server dies and starts again", func(q *quorum) {
			q.delete(p + "/rs/" + a1.String())
			q.write(p+"/rs/"+a2.String(), info("2.5.1"), 5)
		}, []string{
			"region-server-offline /hbase a,16020,300",
			"region-server-restarted /hbase a,16020,400 a,16020,300>a,16020,400",
		}},
		{"a region server is back before the quorum knows that it died", func(q *quorum) {
			q.write(p+"/rs/"+a2.String(), info("2.5.1"), 5)
			q.delete(p + "/rs/" + a1.String())
		}, []string{
			"region-server-restarted /hbase a,16020,400 a,16020,300>a,16020,400",
			"region-server-offline /hbase a,16020,300",
		}},
		{"a region server of a new host", func(q *quorum) {
			q.write(p+"/rs/c,16020,1", info("2.5.1"), 5)
		}, []string{"region-server-online /hbase c,16020,1"}},
		{"an older incarnation is no restart", func(q *quorum) {
			q.write(p+"/rs/a,16020,200", info("2.5.1"), 5)
		}, []string{"region-server-online /hbase a,16020,200"}},
		{"a deletion that was not told", func(q *quorum) {
			q.away = true
			q.delete(p + "/master")
			q.away = false
			q.write(p+"/master", payload.Master{Server: m1}, 2)
		}, []string{
			"master-lost /hbase m1,16000,100",
			"master-elected /hbase m1,16000,100 m1,16000,100>m1,16000,100",
		}},
		{"a drain", func(q *quorum) {
			q.put(p+"/draining/"+a1.String(), []byte{})
			q.delete(p + "/draining/" + a1.String())
		}, []string{"drain-start /hbase a,16020,300", "drain-stop /hbase a,16020,300"}},
		{"hbase:meta moves, a replica appears", func(q *quorum) {
			q.write(p+"/meta-region-server", payload.MetaRegionServer{Server: b1, State: payload.RegionOpening}, 0)
			q.write(p+"/meta-region-server", payload.MetaRegionServer{Server: b1, State: payload.RegionOpen}, 0)
			q.write(p+"/meta-region-server", payload.MetaRegionServer{Server: b1, State: payload.RegionClosing}, 0)
			q.write(p+"/meta-region-server-2", payload.MetaRegionServer{Server: a1, State: payload.RegionOpen}, 0)
			q.delete(p + "/meta-region-server-2")
		}, []string{
			"meta-opening /hbase b,16020,500 OPEN>OPENING",
			"meta-moved /hbase b,16020,500 a,16020,300>b,16020,500",
			"meta-state /hbase b,16020,500 OPEN>CLOSING",
			"meta-moved /hbase a,16020,300 >a,16020,300",
			"meta-lost /hbase a,16020,300",
		}},
		{"the life of a table", func(q *quorum) {
			q.write(p+"/table/t2", payload.Table{State: payload.TableEnabling}, 0)
			q.write(p+"/table/t2", payload.Table{State: payload.TableEnabled}, 0)
			q.write(p+"/table/t2", payload.Table{State: payload.TableDisabled}, 0)
			q.delete(p + "/table/t2")
		}, []string{
			"table-state /hbase t2 >ENABLING", "table-state /hbase t2 ENABLING>ENABLED",
			"table-state /hbase t2 ENABLED>DISABLED", "table-state /hbase t2 DISABLED>",
		}},
		{"a namespace", func(q *quorum) {
			q.put(p+"/namespace/ns", payload.Namespace{Name: "ns"}.AppendBody(nil))
			q.delete(p + "/namespace/ns")
		}, []string{"namespace-added /hbase ns", "namespace-removed /hbase ns"}},
		{"a peer, and a queue that is claimed", func(q *quorum) {
			q.put(p+"/replication/peers/1", []byte("zk:2181:/hbase"))
			q.write(p+"/replication/peers/1/peer-state", payload.ReplicationState{State: payload.PeerEnabled}, 0)
			q.write(p+"/replication/peers/1/peer-state", payload.ReplicationState{State: payload.PeerDisabled}, 0)
			q.put(p+"/replication/rs/"+b1.String()+"/1", []byte{})
			q.put(p+"/replication/rs/"+b1.String()+"/1-"+a1.String(), []byte{})
			q.deleteAll(p + "/replication/peers/1")
		}, []string{
			"peer-added /hbase 1", "peer-state /hbase 1 >ENABLED", "peer-state /hbase 1 ENABLED>DISABLED",
			"queue-claimed /hbase b,16020,500 1-a,16020,300 a,16020,300>1-a,16020,300", "peer-removed /hbase 1",
		}},
		{"switches", func(q *quorum) {
			q.write(p+"/balancer", payload.Switch{On: false}, 0)
			q.write(p+"/balancer", payload.Switch{On: true}, 0)
			q.write(p+"/switch/split", payload.Switch{On: false}, 0)
			q.delete(p + "/balancer")
		}, []string{
			"switch-flip /hbase balancer >off", "switch-flip /hbase balancer off>on",
			"switch-flip /hbase split >off", "switch-flip /hbase balancer on>",
		}},
		{"a snapshot that is aborted, a flush", func(q *quorum) {
			q.put(p+"/online-snapshot/acquired/s1", []byte("PBUF\x0a\x02s1"))
			q.put(p+"/online-snapshot/acquired/s1/"+a1.String(), []byte{})
			q.put(p+"/online-snapshot/abort/s1", []byte{})
			q.deleteAll(p + "/online-snapshot/acquired/s1")
			q.put(p+"/flush-table-proc/acquired/t1", []byte("PBUF"))
		}, []string{
			"procedure-started /hbase snapshot s1", "procedure-aborted /hbase snapshot s1 >no reason given",
			"procedure-ended /hbase snapshot s1", "procedure-started /hbase flush t1",
		}},
		{"hbck", func(q *quorum) {
			q.putBy(p+"/master-maintenance/hbck-1", nil, 7)
			q.delete(p + "/master-maintenance/hbck-1")
		}, []string{"maintenance-start /hbase hbck-1", "maintenance-stop /hbase hbck-1"}},
		{"shutdown and start", func(q *quorum) {
			q.delete(p + "/running")
			q.write(p+"/running", payload.NewClusterUp(start), 0)
		}, []string{"cluster-down /hbase", "cluster-up /hbase"}},
		{"another cluster under the same parent", func(q *quorum) {
			q.write(p+"/hbaseid", payload.ClusterID{ID: "id-2"}, 0)
		}, []string{"cluster-id-changed /hbase id-1>id-2"}},
		{"a znode breaks and is mended", func(q *quorum) {
			q.put(p+"/table/t1", []byte("?"))
			q.put(p+"/table/t1", []byte("??"))
			q.write(p+"/table/t1", payload.Table{State: payload.TableDisabled}, 0)
		}, []string{
			`znode-broken /hbase /hbase/table/t1 >payload: "PBUF" is missing`, "table-state /hbase t1 >DISABLED",
		}},
		{"a cluster is wiped", func(q *quorum) { q.deleteAll(p) }, []string{
			"table-state /hbase t1 ENABLED>", "cluster-down /hbase", "region-server-offline /hbase b,16020,500",
			"region-server-offline /hbase a,16020,300", "meta-lost /hbase a,16020,300", "master-lost /hbase m1,16000,100",
			"cluster-lost /hbase",
		}},
		{"a second cluster is installed", func(q *quorum) {
			q.write("/hbase-secure/rs/"+b1.String(), info("1.7.2"), 8)
			q.write("/hbase-secure/master", payload.Master{Server: m2}, 9)
			q.write("/hbase-secure/hbaseid", payload.ClusterID{ID: "id-9"}, 0)
			q.delete("/hbase-secure/rs/" + b1.String())
		}, []string{
			"cluster-found /hbase-secure", "region-server-online /hbase-secure b,16020,500",
			"master-elected /hbase-secure m2,16000,200 >m2,16000,200", "region-server-offline /hbase-secure b,16020,500",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, s := small(t, p, Options{})
			c.do(q)
			if got := q.news(t, s); !slices.Equal(got, c.want) {
				t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// An event says which znode, when, and in which transaction.
func TestEventOrigin(t *testing.T) {
	q, s := small(t, "/hbase", Options{})
	q.delete("/hbase/master")
	gone, goneAt := q.zxid, q.now
	q.write("/hbase/master", payload.Master{Server: m2}, 2)
	batch, err := s.Next(context.Background())
	if err != nil || len(batch.Events) != 2 {
		t.Fatal(batch, err)
	}
	lost, elected := batch.Events[0], batch.Events[1]
	if lost.Zxid != gone || !lost.Time.Equal(goneAt) || lost.Origin.Session != 1 || lost.Origin.Writer != "test:1" {
		t.Errorf("lost %+v", lost)
	}
	if elected.Zxid != q.zxid || !elected.Time.Equal(q.now) || elected.Origin.Czxid != q.zxid || elected.Origin.Session != 2 {
		t.Errorf("elected %+v", elected)
	}
	if elected.ID != lost.ID+1 || q.m.LastEvent() != elected.ID {
		t.Errorf("ids %d %d, last %d", lost.ID, elected.ID, q.m.LastEvent())
	}
	if v, err := q.m.Masters("/hbase"); err != nil || v.Active.Epoch != q.zxid || !v.Backups[0].AlsoActive {
		t.Errorf("masters %+v %v", v, err)
	}
}

// What happened while the source was away is told as differences.
func TestResnapshot(t *testing.T) {
	const p = "/hbase"
	for _, c := range []struct {
		name string
		do   func(q *quorum)
		want []string
	}{
		{"nothing", func(*quorum) {}, nil},
		{"a failover and a restart", func(q *quorum) {
			q.delete(p + "/rs/" + a1.String())
			q.delete(p + "/master")
			q.write(p+"/master", payload.Master{Server: m2}, 2)
			q.write(p+"/table/t1", payload.Table{State: payload.TableDisabling}, 0)
			q.write(p+"/rs/"+a2.String(), info("2.5.1"), 5)
			q.write(p+"/table/t1", payload.Table{State: payload.TableDisabled}, 0)
		}, []string{
			"master-lost /hbase m1,16000,100 late",
			"region-server-offline /hbase a,16020,300 late",
			"master-elected /hbase m2,16000,200 m1,16000,100>m2,16000,200 late",
			"region-server-restarted /hbase a,16020,400 a,16020,300>a,16020,400 late",
			"table-state /hbase t1 ENABLED>DISABLED late",
		}},
		{"what was made and then written", func(q *quorum) {
			q.write(p+"/table/t2", payload.Table{State: payload.TableEnabling}, 0)
			q.write(p+"/rs/c,16020,1", info("2.5.1"), 5)
			q.write(p+"/table/t2", payload.Table{State: payload.TableEnabled}, 0)
			q.write(p+"/rs/c,16020,1", info("2.5.2"), 5)
		}, []string{
			"region-server-online /hbase c,16020,1 late", "table-state /hbase t2 >ENABLED late",
		}},
		{"a master that lost and won again", func(q *quorum) {
			q.delete(p + "/master")
			q.write(p+"/master", payload.Master{Server: m1}, 2)
		}, []string{
			"master-lost /hbase m1,16000,100 late",
			"master-elected /hbase m1,16000,100 m1,16000,100>m1,16000,100 late",
		}},
		{"the cluster is gone, another came", func(q *quorum) {
			q.deleteAll(p)
			q.write("/h2/hbaseid", payload.ClusterID{ID: "x"}, 0)
			q.write("/h2/running", payload.NewClusterUp(start), 0)
		}, []string{"cluster-found /h2 late", "cluster-up /h2 late", "cluster-lost /hbase late"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, s := small(t, p, Options{})
			q.away = true
			c.do(q)
			q.m.Reset()
			if _, err := q.m.Masters(p); err != nil {
				t.Error("between Reset and Ready the views are gone:", err)
			}
			q.ready()
			if got := q.news(t, s); !slices.Equal(got, c.want) {
				t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			// Afterwards changes are told one by one again.
			q.write("/h3/hbaseid", payload.ClusterID{ID: "y"}, 0)
			if got := q.news(t, s); !slices.Equal(got, []string{"cluster-found /h3"}) {
				t.Errorf("then told %q", got)
			}
		})
	}
}

func TestGivenParents(t *testing.T) {
	q, s := small(t, "/apps/hbase", Options{Parents: []string{"/apps/hbase/", "/apps/hbase/inner", "/soon"}})
	q.write("/hbase/hbaseid", payload.ClusterID{ID: "not asked for"}, 0)
	q.write("/apps/hbase2/hbaseid", payload.ClusterID{ID: "not asked for"}, 0)
	q.put("/soon", []byte{})
	q.write("/apps/hbase/inner/master", payload.Master{Server: m2}, 0)
	want := []string{
		"cluster-found /soon", "cluster-found /apps/hbase/inner",
		"master-elected /apps/hbase/inner m2,16000,200 >m2,16000,200",
	}
	if got := q.news(t, s); !slices.Equal(got, want) {
		t.Errorf("told %q", got)
	}
	var parents []string
	for _, c := range q.m.Clusters() {
		parents = append(parents, c.Parent)
	}
	if !slices.Equal(parents, []string{"/apps/hbase", "/apps/hbase/inner", "/soon"}) {
		t.Errorf("clusters %q", parents)
	}
	if _, err := q.m.Tables("/hbase"); !errors.Is(err, ErrNoCluster) {
		t.Errorf("error %v", err)
	}
}

func TestFoundParents(t *testing.T) {
	for _, c := range []struct {
		name  string
		paths []string
		found bool
	}{
		{"an id", []string{"/x/hbaseid"}, true},
		{"a master and region servers", []string{"/x/master", "/x/rs"}, true},
		{"up, and region servers", []string{"/x/running", "/x/rs"}, true},
		{"a master alone", []string{"/x/master"}, false},
		{"region servers alone", []string{"/x/rs/a,1,1"}, false},
		{"something else", []string{"/kafka/brokers/ids/0"}, false},
		{"ZooKeeper's own", []string{"/zookeeper/hbaseid"}, false},
		{"deeper", []string{"/x/y/hbaseid"}, false},
		{"the root", []string{"/"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newQuorum(Options{})
			q.ready()
			for _, path := range c.paths {
				q.put(path, []byte{})
			}
			if got := len(q.m.Clusters()) == 1; got != c.found {
				t.Errorf("found %v", got)
			}
		})
	}
}

// Before a whole tree was told there is nothing to see, and nothing is told.
func TestNotReady(t *testing.T) {
	q := newQuorum(Options{})
	q.write("/hbase/hbaseid", payload.ClusterID{ID: "x"}, 0)
	if _, ready := q.m.Observed(); ready || len(q.m.Clusters()) != 0 {
		t.Error("half a tree is shown")
	}
	q.m.Ready(q.zxid, q.now)
	if o, ready := q.m.Observed(); !ready || o.Zxid != q.zxid || len(q.m.Clusters()) != 1 {
		t.Error("the tree is not shown", o)
	}
	if b := q.m.Events(0, 10); len(b.Events) != 0 || b.Missed {
		t.Errorf("told %+v", b)
	}
}

func TestEventIdsGoOnInTheNextProcess(t *testing.T) {
	at := start
	clock := func() time.Time { return at }
	first := New(Options{Now: clock})
	first.Ready(1, at)
	for range 3 {
		first.Put(Znode{Path: "/hbase/hbaseid", Data: []byte("x"), Stat: Stat{Czxid: 1, Mzxid: 1}})
		first.Delete("/hbase/hbaseid", 2)
	}
	at = at.Add(time.Second)
	second := New(Options{Now: clock})
	second.Ready(1, at)
	if first.LastEvent() >= second.LastEvent() {
		t.Fatal("ids repeat")
	}
	second.Put(Znode{Path: "/hbase/hbaseid", Data: []byte("x"), Stat: Stat{Czxid: 9, Mzxid: 9}})
	if b := second.Events(first.LastEvent(), 10); !b.Missed || len(b.Events) != 1 {
		t.Errorf("resumed with %+v", b)
	}
}
