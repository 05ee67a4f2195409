package hbasemodel

import (
	"fmt"
	"testing"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

const (
	largeServers = 2000
	largeTables  = 20000
)

// large is a cluster of 2,000 region servers, 20,000 tables, and a queue with
// three WALs on each server.
func large(b *testing.B) *quorum {
	b.Helper()
	q := newQuorum(Options{})
	q.away = true
	q.write("/hbase/hbaseid", payload.ClusterID{ID: "x"}, 0)
	q.write("/hbase/running", payload.NewClusterUp(start), 0)
	q.write("/hbase/master", payload.Master{Server: m1}, 1)
	q.put("/hbase/replication/peers/1", []byte("zk:2181:/y"))
	for i := range largeServers {
		s := largeServer(i)
		q.write("/hbase/rs/"+s.String(), info("2.5.13"), int64(i+2))
		for w := range 3 {
			q.write(fmt.Sprintf("/hbase/replication/rs/%s/1/%s.%d", s, s.Escaped(), 1000+w), payload.Position{Position: 1}, 0)
		}
	}
	for i := range largeTables {
		q.write(fmt.Sprintf("/hbase/table/table%05d", i), payload.Table{}, 0)
	}
	q.write("/hbase/meta-region-server", payload.MetaRegionServer{Server: largeServer(0), State: payload.RegionOpen}, 0)
	return q.ready()
}

func largeServer(i int) payload.ServerName {
	return payload.ServerName{Host: fmt.Sprintf("server%04d.example", i), Port: 16020, StartCode: 1700000000000}
}

// changes are what the benchmarks measure: what is told, and the view that
// shows it.
var changes = []struct {
	name string
	path string
	a, b payload.Encodable
	read func(*Model) any
}{
	{
		"table", "/hbase/table/table12345",
		payload.Table{State: payload.TableDisabled}, payload.Table{State: payload.TableEnabled},
		func(m *Model) any { v, _ := m.Tables("/hbase"); return v },
	},
	{
		"server", "/hbase/rs/" + largeServer(1234).String(), info("2.5.13"), nil,
		func(m *Model) any { v, _ := m.RegionServers("/hbase"); return v },
	},
	{
		"position", "/hbase/replication/rs/" + largeServer(77).String() + "/1/" + largeServer(77).Escaped() + ".1000",
		payload.Position{Position: 100}, payload.Position{Position: 101},
		func(m *Model) any { v, _ := m.Replication("/hbase"); return v },
	},
	{
		"meta", "/hbase/meta-region-server",
		payload.MetaRegionServer{Server: largeServer(1), State: payload.RegionOpen},
		payload.MetaRegionServer{Server: largeServer(2), State: payload.RegionOpen},
		func(m *Model) any { v, _ := m.MetaLocations("/hbase"); return v },
	},
	{
		"master", "/hbase/master", payload.Master{Server: m2}, nil,
		func(m *Model) any { v, _ := m.Masters("/hbase"); return v },
	},
}

// flip makes a function that tells the model the two states in turn.
func flip(q *quorum, path string, a, b payload.Encodable) func() {
	var znodes [2]*Znode
	for i, m := range []payload.Encodable{a, b} {
		if m != nil {
			znodes[i] = &Znode{Path: path, Data: payload.Encode("regionserver:16020", m), Stat: Stat{Czxid: 1, Ctime: q.now, Mtime: q.now}}
		}
	}
	zxid := q.zxid
	return func() {
		zxid++
		if z := znodes[zxid&1]; z != nil {
			z.Stat.Mzxid = zxid
			q.m.Put(*z)
		} else {
			q.m.Delete(path, zxid)
		}
	}
}

// The cost of one change, which makes an event too.
func BenchmarkUpdate(b *testing.B) {
	q := large(b)
	for _, c := range changes {
		b.Run(c.name, func(b *testing.B) {
			change := flip(q, c.path, c.a, c.b)
			b.ReportAllocs()
			for b.Loop() {
				change()
			}
		})
	}
}

// The cost of a change and of a view of it: the rows that were not touched are
// taken over.
func BenchmarkUpdateAndView(b *testing.B) {
	q := large(b)
	for _, c := range changes {
		b.Run(c.name, func(b *testing.B) {
			change := flip(q, c.path, c.a, c.b)
			b.ReportAllocs()
			for b.Loop() {
				change()
				c.read(q.m)
			}
		})
	}
}

// The cost of a view that nothing has touched since it was read last.
func BenchmarkView(b *testing.B) {
	q := large(b)
	for _, c := range changes {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.read(q.m)
			}
		})
	}
	b.Run("snapshot", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := q.m.Snapshot("/hbase"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The cost of the first view, and of being told the whole cluster.
func BenchmarkSnapshot(b *testing.B) {
	q := large(b)
	b.ReportAllocs()
	for b.Loop() {
		q.ready()
		if _, err := q.m.Snapshot("/hbase"); err != nil {
			b.Fatal(err)
		}
	}
}
