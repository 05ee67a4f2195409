package replica_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

// perBatch is the number of requests in the changes that are measured.
const perBatch = 256

// load100 fills a replica with n znodes of 100 bytes under one parent, as a
// restart does.
func load100(tb testing.TB, n int) *replica.Replica {
	r := replica.New(zerolog.Nop(), replica.Hooks{})
	record100 := record.Node{
		Data: make([]byte, 100), ACL: znode.OpenACL,
		Czxid: 1 << 40, Mzxid: 1 << 40, Ctime: 1 << 41, Mtime: 1 << 41,
	}.Append(nil)
	err := r.Load(func(each func(store.KV) error) (store.Revision, error) {
		put := func(key string, value []byte) {
			if err := each(store.KV{Key: store.Key(key), Value: append([]byte(nil), value...), ModRevision: 1}); err != nil {
				tb.Fatal(err)
			}
		}
		put(record.CounterKey("/p"), record.Counter{Creates: int32(n), Children: int32(n), Pzxid: -1}.Append(nil))
		put(record.MetaKey, record.Meta{}.Append(nil))
		put(record.NodeKey("/"), record100)
		put(record.NodeKey("/p"), record100)
		for i := range n {
			put(record.NodeKey(path100(i)), record100)
		}
		return 1, nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func path100(i int) znode.Path { return znode.Path(fmt.Sprintf("/p/%010d", i)) }

// maker makes the changes of requests of one kind, each of one znode.
type maker struct {
	rev            store.Revision
	creates, there int32 // of the parent
}

// made is what Apply takes.
type made struct {
	change store.Change
	own    *replica.Own
}

func (m *maker) change(typ znode.EventType, paths []znode.Path) made {
	m.rev++
	c := store.Change{Revision: m.rev, Events: make([]store.Event, 0, len(paths)+2)}
	own := &replica.Own{Journal: make(record.Journal, len(paths)), Requests: len(paths), Last: len(paths) - 1, Done: func(int, bool) {}}
	for i, p := range paths {
		key := record.NodeKey(p)
		own.Journal[i] = record.Entry{Pos: i, Type: typ, Path: znode.Path(key[1:])}
		e := store.Event{Key: store.Key(key), Delete: typ == znode.EventDeleted}
		if !e.Delete {
			n := record.Node{Data: make([]byte, 100), ACL: znode.OpenACL, Czxid: 1 << 40, Mzxid: znode.PendingZxid(i), Ctime: 1 << 41, Mtime: 1 << 41}
			if typ == znode.EventCreated {
				n.Czxid = n.Mzxid
			}
			e.Value = n.Append(make([]byte, 0, n.Size()))
		}
		c.Events = append(c.Events, e)
	}
	if n := int32(len(paths)); typ == znode.EventCreated {
		m.creates, m.there = m.creates+n, m.there+n
	} else if typ == znode.EventDeleted {
		m.there -= n
	}
	if typ != znode.EventDataChanged {
		counter := record.Counter{Creates: m.creates, Children: m.there, Pzxid: znode.PendingZxid(len(paths) - 1)}
		c.Events = append(c.Events, store.Event{Key: store.Key(record.CounterKey("/p")), Value: counter.Append(nil)})
	}
	c.Events = append(c.Events, store.Event{Key: record.JournalKey, Value: own.Journal.Append(nil)})
	return made{c, own}
}

// BenchmarkApply applies batches of requests among many znodes of one parent. An
// op is a batch.
func BenchmarkApply(b *testing.B) {
	const znodes, group = 100_000, 50
	for _, kind := range []string{"set", "create and delete"} {
		b.Run(kind, func(b *testing.B) {
			r := load100(b, znodes)
			m := &maker{rev: 1, creates: znodes, there: znodes}
			rnd := rand.New(rand.NewPCG(1, 2))
			prepare := func() (all []made) {
				for range group {
					paths := make([]znode.Path, perBatch)
					if kind == "set" {
						for i := range paths {
							paths[i] = path100(rnd.IntN(znodes/perBatch)*perBatch + i)
						}
						all = append(all, m.change(znode.EventDataChanged, paths))
						continue
					}
					for i := range paths {
						paths[i] = path100(rnd.IntN(znodes/perBatch)*perBatch+i) + "x"
					}
					all = append(all, m.change(znode.EventCreated, paths), m.change(znode.EventDeleted, paths))
				}
				return all
			}
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; {
				b.StopTimer()
				all := prepare()
				b.StartTimer()
				for _, x := range all[:min(len(all), b.N-n)] {
					r.Apply(x.change, x.own)
					n++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*perBatch), "ns/request")
		})
	}
}

// BenchmarkLoad loads many znodes. An op is a znode.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	load100(b, b.N)
}

// TestApplyAllocates: a znode's new state, and what grows with the tree.
func TestApplyAllocates(t *testing.T) {
	const runs, znodes = 20, 10_000
	r, m := load100(t, znodes), &maker{rev: 1, creates: znodes, there: znodes}
	var paths, fresh [perBatch]znode.Path
	for i := range paths {
		paths[i], fresh[i] = path100(i*7), path100(i*7)+"x"
	}
	measure := func(what string, most float64, prepare func(all *[]made)) {
		var all []made
		for range runs + 2 {
			prepare(&all)
		}
		per := len(all) / (runs + 2)
		apply := func() {
			for _, x := range all[:per] {
				r.Apply(x.change, x.own)
			}
			all = all[per:]
		}
		apply() // grows what is kept from change to change
		if n := testing.AllocsPerRun(runs, apply); n > most {
			t.Errorf("%s: %v allocations for %d requests, at most %v are meant", what, n, perBatch, most)
		}
	}
	measure("set", perBatch+2, func(all *[]made) {
		*all = append(*all, m.change(znode.EventDataChanged, paths[:]))
	})
	measure("create and delete", 2*perBatch+100, func(all *[]made) {
		*all = append(*all, m.change(znode.EventCreated, fresh[:]), m.change(znode.EventDeleted, fresh[:]))
	})
}

// perZnode returns what a znode with 100 bytes of data takes among n.
func perZnode(tb testing.TB, n int) float64 {
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	r := load100(tb, n)
	per := (heap() - before) / float64(n)
	runtime.KeepAlive(r)
	return per
}

func TestMemoryPerZnode(t *testing.T) {
	if per := perZnode(t, 100_000); per > 400 {
		t.Errorf("a znode with 100 bytes of data takes %.0f bytes", per)
	}
}

func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(perZnode(b, n), "bytes/znode")
			}
		})
	}
}
