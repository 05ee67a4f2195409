package hbasemodel

import (
	"fmt"
	"strings"
	"testing"
)

// What the views must show of five real clusters, line by line.
var recordedViews = map[string]string{
	"1.7.2": `
cluster /hbase 15a7238b-4449-43e1-ad38-da5b5961bdcd up 1.x map[1.7.2:1]
master localhost,34279,1795257895848 info 36561 session 0x1a1fdb589ad0000 by master:34279
server localhost,39815,1795257899082 info 46381 HBase 1.7.2 session 0x1a1fdb589ad0001 meta
meta 0 localhost,39815,1795257899082 OPEN lives by regionserver:39815
tables truth kept: hbase:meta=ENABLED hbase:namespace=ENABLED t1=ENABLED t2=DISABLED
namespaces kept: default hbase ns1map[k:v]
draining absent:
peers kept: peer1=ENABLED>127.0.0.1:31680:/hbase2
queues kept: localhost,39815,1795257899082/peer1 lives 0
switches: balancer=off/kept merge=off/absent normalizer=off/kept rpc-throttle=off/not-kept snapshot-cleanup=off/absent split=off/absent
procedures absent, splits absent, maintenance absent, access absent, tokens absent, groups absent, transitions absent, locks absent
`,
	"2.2.3": `
cluster /hbase 42873e33-5e9d-4ec7-9895-3736adba4aa7 up 2.x map[2.2.3:1]
master localhost,31481,1795257648619 info 31482 session 0x1a1fdb1c5740000 by master:31481
server localhost,31483,1795257650630 info 31484 HBase 2.2.3 session 0x1a1fdb1c5740001 draining meta
meta 0 localhost,31483,1795257650630 OPEN lives by master:31481
tables mirror kept: hbase:meta=ENABLED hbase:namespace=ENABLED t1=ENABLED t2=DISABLED
namespaces kept: default hbase ns1map[k:v]
draining kept: localhost,31483,1795257650630 lives
peers kept: peer1=ENABLED>127.0.0.1:31480:/hbase2 peer2=DISABLED>127.0.0.1:31480:/hbase2
queues kept: localhost,31483,1795257650630/peer1 lives 1321 localhost,31483,1795257650630/peer2 lives 0
switches: balancer=off/kept merge=off/kept normalizer=off/kept rpc-throttle=off/absent snapshot-cleanup=off/absent split=off/kept
procedures absent, splits absent, maintenance absent, access absent, tokens absent, groups absent, transitions not-kept, locks not-kept
`,
	"2.4.18": `
cluster /hbase 413e1770-0053-437a-9e37-a634aa515faf up 2.x map[2.4.18:1]
master localhost,31281,1795257596493 info 31282 session 0x100001d1a300000 by master:31281
server localhost,31283,1795257601937 info 31284 HBase 2.4.18 session 0x100001d1a300001 draining meta
meta 0 localhost,31283,1795257601937 OPEN lives by master:31281
tables mirror kept: hbase:acl=ENABLED hbase:labels=ENABLED hbase:meta=ENABLED hbase:namespace=ENABLED t1=ENABLED t2=DISABLED
namespaces kept: default hbase ns1map[k:v]
draining kept: localhost,31283,1795257601937 lives
peers kept: peer1=ENABLED>127.0.0.1:31280:/hbase2 peer2=DISABLED>127.0.0.1:31280:/hbase2
queues kept: localhost,31283,1795257601937/peer1 lives 2245 localhost,31283,1795257601937/peer2 lives 0
switches: balancer=off/kept merge=off/kept normalizer=off/kept rpc-throttle=off/absent snapshot-cleanup=off/kept split=off/kept
procedures absent, splits not-kept, maintenance absent, access kept, tokens absent, groups absent, transitions not-kept, locks not-kept
access hbase:labels=1/1 t1=1/1 t2=1/1 labels [system] users 0
`,
	"2.6.4": `
cluster /hbase 40d1566f-8146-492e-9d35-ae9319a777b0 up 2.x map[2.6.4:1]
master localhost,31181,1795257554424 info 31182 session 0x100001c769c0000 by master:31181
server localhost,31183,1795257560091 info 31184 HBase 2.6.4 session 0x100001c769c0001 draining meta
meta 0 localhost,31183,1795257560091 OPEN lives by master:31181
tables mirror kept: hbase:meta=ENABLED hbase:namespace=ENABLED t1=ENABLED t2=DISABLED
namespaces kept: default hbase ns1map[k:v]
draining kept: localhost,31183,1795257560091 lives
peers kept: peer1=ENABLED>127.0.0.1:31180:/hbase2 peer2=DISABLED>127.0.0.1:31180:/hbase2
queues kept: localhost,31183,1795257560091/peer1 lives 1323 localhost,31183,1795257560091/peer2 lives 0
switches: balancer=off/not-kept merge=off/not-kept normalizer=off/not-kept rpc-throttle=off/absent snapshot-cleanup=off/not-kept split=off/not-kept
procedures not-kept, splits not-kept, maintenance absent, access absent, tokens absent, groups absent, transitions not-kept, locks not-kept
`,
	"3.0.0-alpha-4": `
cluster /hbase a91ad91d-23c6-46c2-ac60-224dd93b8c67 up 3.x map[3.0.0-alpha-4:1]
master localhost,31381,1795257628661 info 31382 session 0x100001d99ac0000 by master:31381
server localhost,31383,1795257630406 info 31384 HBase 3.0.0-alpha-4 session 0x100001d99ac0001 meta
meta 0 localhost,31383,1795257630406 OPEN lives by master:31381
tables none not-kept:
namespaces not-kept:
draining absent:
peers absent:
queues not-kept:
switches: balancer=off/not-kept merge=off/not-kept normalizer=off/not-kept rpc-throttle=off/absent snapshot-cleanup=off/not-kept split=off/not-kept
procedures not-kept, splits not-kept, maintenance absent, access absent, tokens absent, groups absent, transitions not-kept, locks not-kept
`,
}

// Every view of five versions of HBase, told as a snapshot and as changes.
func TestRecorded(t *testing.T) {
	for version, want := range recordedViews {
		t.Run(version, func(t *testing.T) {
			q := recorded(t, version).ready()
			q.zxid++
			q.m.Ready(q.zxid, q.now)
			if got := shown(t, q.m, "/hbase"); got != strings.TrimSpace(want) {
				t.Errorf("shown\n%s\nwant%s", got, want)
			}
			if n := len(q.m.Clusters()); n != clustersIn(q) {
				t.Errorf("%d clusters", n)
			}
			s, _ := q.m.Snapshot("/hbase")
			if s.Cluster.Observed.Zxid != q.zxid || s.Cluster.UpSince.IsZero() {
				t.Errorf("observed %+v, up since %v", s.Cluster.Observed, s.Cluster.UpSince)
			}
			for _, problem := range problems(s) {
				t.Error(problem)
			}
		})
	}
}

// clustersIn counts those that a recording holds: a second one was made by hand.
func clustersIn(q *quorum) int {
	if _, ok := q.nodes["/hbase2/hbaseid"]; ok {
		return 2
	}
	return 1
}

func shown(t testing.TB, m *Model, parent string) string {
	t.Helper()
	s, err := m.Snapshot(parent)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
	}
	mark := func(is bool, word string) string {
		if is {
			return word
		}
		return ""
	}
	c := s.Cluster
	line("cluster %s %s %s %s %v", c.Parent, c.ID, mark(c.Up, "up"), c.Flavour, c.Versions)
	if a := s.Masters.Active; a != nil {
		line("master %s info %d session %s by %s", a.Server, a.InfoPort, a.Session, a.Origin.Writer)
	}
	for _, m := range s.Masters.Backups {
		line("backup %s", m.Server)
	}
	for _, r := range s.RegionServers.Rows {
		words := strings.Fields(mark(r.Draining, "draining") + " " + mark(r.CarriesMeta, "meta"))
		line("server %s info %d HBase %s session %s %s", r.Server, r.InfoPort, r.Version, r.Session, strings.Join(words, " "))
	}
	for _, r := range s.Meta.Rows {
		line("meta %d %s %s %s by %s", r.Replica, r.Server, r.State, mark(r.ServerLives, "lives"), r.Origin.Writer)
	}
	line("tables %s %s: %s", s.Tables.Source, s.Tables.Keeping.Availability,
		rowTexts(s.Tables.Rows, func(r *Table) string { return r.Name + "=" + r.State.String() }))
	line("namespaces %s: %s", s.Namespaces.Keeping.Availability, rowTexts(s.Namespaces.Rows, func(r *Namespace) string {
		if r.Configuration == nil {
			return r.Name
		}
		return r.Name + fmt.Sprint(r.Configuration)
	}))
	line("draining %s: %s", s.Draining.Keeping.Availability,
		rowTexts(s.Draining.Rows, func(r *DrainingServer) string { return r.Name + mark(r.Lives, " lives") }))
	line("peers %s: %s", s.Replication.Peers.Keeping.Availability,
		rowTexts(s.Replication.Peers.Rows, func(r *Peer) string { return r.ID + "=" + r.State.String() + ">" + r.ClusterKey }))
	line("queues %s: %s", s.Replication.Queues.Keeping.Availability, rowTexts(s.Replication.Queues.Rows, func(r *Queue) string {
		text := r.Owner + "/" + r.Name + mark(r.OwnerLives, " lives") + mark(r.Orphan, " orphan")
		for _, w := range r.WALs {
			text += fmt.Sprintf(" %d", w.Position)
		}
		return text
	}))
	line("switches: %s", rowTexts(s.Switches.Rows, func(r *Switch) string {
		state := "off"
		if r.On {
			state = "on"
		}
		return r.Name + "=" + state + "/" + string(r.Keeping.Availability)
	}))
	line("procedures %s, splits %s, maintenance %s, access %s, tokens %s, groups %s, transitions %s, locks %s",
		s.Procedures.Keeping.Availability, s.SplitTasks.Keeping.Availability, s.Maintenance.Keeping.Availability,
		s.Security.Access.Keeping.Availability, s.Security.TokenKeys.Keeping.Availability, s.Groups.Keeping.Availability,
		s.Transitions.Keeping.Availability, s.TableLocks.Keeping.Availability)
	if len(s.Security.Access.Rows) > 0 {
		line("access %s labels %v users %d", rowTexts(s.Security.Access.Rows, func(r *AccessEntry) string {
			return fmt.Sprintf("%s=%d/%d", r.Name, r.Users, r.Grants)
		}), s.Security.Labels, s.Security.LabelUsers)
	}
	return strings.TrimSpace(b.String())
}

func rowTexts[R any](rows []*R, text func(*R) string) string {
	all := make([]string, 0, len(rows))
	for _, r := range rows {
		all = append(all, text(r))
	}
	return strings.Join(all, " ")
}

// problems gives what a healthy cluster must not have: rows without an origin or
// with an error, and empty views without a reason.
func problems(s *Snapshot) (found []string) {
	origins := []Origin{*s.Cluster.IDOrigin, *s.Cluster.RunningOrigin, s.Masters.Active.Origin}
	origins = append(origins, s.Security.LabelOrigins...)
	keepings := map[string]Keeping{}
	gather(s.RegionServers, "servers", &origins, keepings, func(r *RegionServer) Origin { return r.Origin })
	gather(s.Draining, "draining", &origins, keepings, func(r *DrainingServer) Origin { return r.Origin })
	gather(s.Meta, "meta", &origins, keepings, func(r *MetaLocation) Origin { return r.Origin })
	gather(&s.Tables.View, "tables", &origins, keepings, func(r *Table) Origin { return r.Origin })
	gather(s.Namespaces, "namespaces", &origins, keepings, func(r *Namespace) Origin { return r.Origin })
	gather(&s.Replication.Peers, "peers", &origins, keepings, func(r *Peer) Origin { return r.Origin })
	gather(&s.Replication.Queues, "queues", &origins, keepings, func(r *Queue) Origin { return r.Origin })
	gather(s.SplitTasks, "splits", &origins, keepings, func(r *SplitTask) Origin { return r.Origin })
	gather(s.Procedures, "procedures", &origins, keepings, func(r *Procedure) Origin { return r.Origin })
	gather(s.Maintenance, "maintenance", &origins, keepings, func(r *Maintenance) Origin { return r.Origin })
	gather(&s.Security.Access, "access", &origins, keepings, func(r *AccessEntry) Origin { return r.Origin })
	gather(s.Groups, "groups", &origins, keepings, func(r *Group) Origin { return r.Origin })
	for _, r := range s.Switches.Rows {
		keepings[r.Name] = r.Keeping
		if r.Origin != nil {
			origins = append(origins, *r.Origin)
		}
	}
	for _, o := range origins {
		if o.Err != nil || o.Path == "" || o.Czxid == 0 || o.Mzxid < o.Czxid || o.Ctime.IsZero() || o.Mtime.Before(o.Ctime) {
			found = append(found, fmt.Sprintf("origin %+v", o))
		}
	}
	for name, k := range keepings {
		if (k.Availability == Kept) != (k.Reason == "") {
			found = append(found, fmt.Sprintf("%s: %+v", name, k))
		}
	}
	return found
}

func gather[R any](v *View[R], name string, origins *[]Origin, keepings map[string]Keeping, origin func(*R) Origin) {
	keepings[name] = v.Keeping
	for _, r := range v.Rows {
		*origins = append(*origins, origin(r))
	}
}
