package hbasemodel

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// A random life among few names, so that everything meets everything.
type life struct {
	*rand.Rand
	q *quorum
}

func (l life) pick(from ...string) string { return from[l.IntN(len(from))] }

func (l life) server() payload.ServerName {
	return payload.ServerName{Host: l.pick("a", "b", "c"), Port: 1, StartCode: l.Int64N(3)}
}

func (l life) serverName() string {
	if l.IntN(12) == 0 {
		return l.pick("nobody", "a,01,1", "a,1,-1")
	}
	return l.server().String()
}

// place gives a path that HBase uses, or nearly.
func (l life) place() string {
	peer := l.pick("1", "2")
	proc := l.pick("online-snapshot", "flush-table-proc", "rolllog-proc")
	return l.pick(
		"master", "running", "hbaseid", "rs", "backup-masters/"+l.serverName(), "rs/"+l.serverName(), "rs/"+l.serverName(),
		"draining/"+l.serverName(), "meta-region-server"+l.pick("", "-1", "-12", "-x"), "table/"+l.pick("t", "n:t", "u"),
		"namespace/"+l.pick("m", "n"), "balancer", "switch/split", "rpc-throttle", "normalizer",
		"replication/peers/"+peer, "replication/peers/"+peer+"/"+l.pick("peer-state", "tableCFs", "sync-rep-state"),
		"replication/rs/"+l.serverName()+"/"+l.pick("lock", peer, peer+"-a,1,1"),
		"replication/rs/"+l.serverName()+"/"+l.pick(peer, peer, peer+"-a,1,1", "lock")+"/w."+l.pick("1", "2"),
		"replication/hfile-refs/"+peer+"/"+l.pick("f", "g"), "replication/regions/a/b/c-"+peer,
		"splitWAL/"+l.pick("x", "RESCAN01"), "master-maintenance/hbck-"+peer, "acl/"+l.pick("t", "@n"),
		"visibility/"+l.pick("labels", "user_auths"), "tokenauth/"+l.pick("keys/1", "keymaster"), "rsgroup/"+l.pick("g", "h"),
		proc+"/"+l.pick("acquired", "reached", "abort")+"/"+l.pick("p", "q"),
		proc+"/"+l.pick("acquired", "reached")+"/p/"+l.pick("a,1,1", "b,1,1"),
		"table-lock/t/"+l.pick("read-1", "write-2"), "region-in-transition/r", "nothing/of/hbase",
	)
}

func (l life) data(rel string) []byte {
	switch l.IntN(10) {
	case 0:
		return nil
	case 1:
		return []byte{}
	case 2:
		return []byte(l.pick("text", "PBUF", "PBUF\xff", "\xff\x00\x00", "PBUF\x08\x01"))
	}
	head, _, _ := strings.Cut(rel, "/")
	var m payload.Encodable
	switch {
	case head == "master" || head == "backup-masters":
		m = payload.Master{Server: l.server()}
	case head == "rs":
		m = info(l.pick("1.7.2", "2.2.3", "2.6.4", "3.0.0", "odd"))
	case strings.HasPrefix(head, metaName):
		m = payload.MetaRegionServer{Server: l.server(), State: payload.RegionState(l.IntN(4))}
	case head == "table":
		m = payload.Table{State: payload.TableState(l.IntN(5))}
	case head == "hbaseid":
		m = payload.ClusterID{ID: l.pick("x", "y")}
	case head == "namespace":
		m = payload.Namespace{Name: "n", Configuration: []payload.Pair{{Name: "k", Value: "v"}}}
	case strings.HasSuffix(rel, "peer-state"):
		m = payload.ReplicationState{State: payload.PeerState(l.IntN(2))}
	case strings.HasSuffix(rel, "/lock"):
		return []byte("PBUF\x0a\x01" + l.pick("a", "b"))
	case strings.HasPrefix(rel, "replication/rs"):
		m = payload.Position{Position: l.Int64N(100)}
	case strings.HasPrefix(rel, "replication/peers"):
		return []byte("PBUF\x0a\x01k\x58" + l.pick("\x00", "\x01")) // serial or not
	default:
		m = payload.Switch{On: l.IntN(2) == 0}
	}
	return payload.Encode("w", m)
}

// step changes one thing, as ZooKeeper lets clients do.
func (l life) step() {
	parent := l.pick("/a", "/a", "/b")
	rel := l.place()
	path := parent + "/" + rel
	if _, ok := l.q.nodes[path]; ok && l.IntN(2) == 0 {
		l.q.deleteAll(path)
		return
	}
	if l.IntN(400) == 0 {
		if _, ok := l.q.nodes[parent]; ok {
			l.q.deleteAll(parent)
			return
		}
	}
	l.q.putBy(path, l.data(rel), l.Int64N(3))
}

// shownOf is all that a model shows, but for how far it has come.
func shownOf(t *testing.T, m *Model) map[string]*Snapshot {
	t.Helper()
	all := map[string]*Snapshot{}
	m.mu.Lock()
	seen := m.observed
	m.observed = Observed{}
	m.mu.Unlock()
	for _, c := range m.Clusters() {
		all[c.Parent] = snapshotOf(t, m, c.Parent)
	}
	m.mu.Lock()
	m.observed = seen
	m.mu.Unlock()
	return all
}

// After any life the views are those of a model that was told the last state
// alone, whether they were read in between or not.
func TestViewsDependOnTheTreeAlone(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			o := Options{}
			if seed%4 == 3 {
				o.Parents = []string{"/a", "/b"}
			}
			l := life{rand.New(rand.NewPCG(seed, 5)), newQuorum(o)}
			l.q.ready()
			steps := 50 + l.IntN(400)
			reads := l.pick("never", "often", "now and then")
			for i := range steps {
				l.step()
				if l.IntN(300) == 0 { // the source was away
					l.q.away = true
					for range 20 {
						l.step()
					}
					l.q.ready()
				}
				if reads == "often" || reads == "now and then" && i%17 == 0 {
					shownOf(t, l.q.m)
				}
			}
			fresh := New(o)
			l.q.snapshot(fresh)
			got, want := shownOf(t, l.q.m), shownOf(t, fresh)
			if !reflect.DeepEqual(got, want) {
				g, _ := json.MarshalIndent(got, "", " ")
				w, _ := json.MarshalIndent(want, "", " ")
				t.Fatalf("told step by step it shows\n%s", firstDifference(string(g), string(w)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			from := max(i-12, 0)
			return strings.Join(g[from:i+1], "\n") + "\ninstead of\n" + w[i]
		}
	}
	return "something that JSON does not show"
}

// Events tell the truth: whoever keeps a list by them has what the views show.
func TestEventsKeepUpWithTheViews(t *testing.T) {
	for seed := range uint64(30) {
		l := life{rand.New(rand.NewPCG(seed, 6)), newQuorum(Options{Events: 1 << 14})}
		l.q.ready()
		s := l.q.m.Subscribe(0)
		servers := map[string]bool{}
		states := map[string]string{}
		masters := map[string]string{}
		for range 400 {
			l.step()
			if l.IntN(150) == 0 {
				l.q.away = true
				for range 10 {
					l.step()
				}
				l.q.ready()
			}
			batch, grown := s.take()
			for ; grown == nil; batch, grown = s.take() {
				for _, e := range batch.Events {
					key := e.Cluster + " " + e.Name
					switch e.Kind {
					case RegionServerOnline, RegionServerRestarted:
						servers[key] = true
					case RegionServerOffline:
						delete(servers, key)
					case TableState:
						states[key] = e.New
					case MasterElected:
						masters[e.Cluster] = e.Server.String()
					case MasterLost:
						delete(masters, e.Cluster)
					case ClusterFound, ClusterLost:
						forget(servers, e.Cluster)
						forget(states, e.Cluster)
						delete(masters, e.Cluster)
					}
				}
			}
		}
		count := 0
		for _, c := range l.q.m.Clusters() {
			v := snapshotOf(t, l.q.m, c.Parent)
			for _, r := range v.RegionServers.Rows {
				if count++; !servers[c.Parent+" "+r.Name] {
					t.Errorf("seed %d: %s is not told", seed, r.Name)
				}
			}
			for _, r := range v.Tables.Rows {
				if told := states[c.Parent+" "+r.Name]; r.Origin.Err == nil && told != r.State.String() {
					t.Errorf("seed %d: table %s is %s, told %s", seed, r.Name, r.State, told)
				}
			}
			told, ok := masters[c.Parent]
			if a := v.Masters.Active; ok != (a != nil) || ok && told != a.Server.String() {
				t.Errorf("seed %d: master %+v, told %s", seed, a, told)
			}
		}
		if count != len(servers) {
			t.Errorf("seed %d: %d region servers, told %d", seed, count, len(servers))
		}
	}
}

func forget[V any](of map[string]V, cluster string) {
	for key := range of {
		if strings.HasPrefix(key, cluster+" ") {
			delete(of, key)
		}
	}
}

// Readers of views and events get along with a source that goes on.
func TestConcurrentReaders(t *testing.T) {
	l := life{rand.New(rand.NewPCG(1, 7)), newQuorum(Options{Events: 64})}
	l.q.ready()
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		s := l.q.m.Subscribe(0)
		readers.Go(func() {
			var last uint64
			for {
				select {
				case <-stop:
					return
				default:
				}
				batch, _ := s.take()
				for _, e := range batch.Events {
					if e.ID <= last {
						t.Error("events out of order")
					}
					last = e.ID
				}
				for _, c := range l.q.m.Clusters() {
					if v, err := l.q.m.Snapshot(c.Parent); err == nil {
						for _, r := range v.RegionServers.Rows {
							_ = r.Name + r.Origin.Path
						}
					}
				}
			}
		})
	}
	for range 1000 {
		l.step()
	}
	close(stop)
	readers.Wait()
}
