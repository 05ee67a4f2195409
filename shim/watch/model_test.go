package watch_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// model is a naive watch manager: a list of every watch that there is.
type model struct{ list []watched }

type watched struct {
	who  int
	path string
	kind string // as in adders
}

func (m *model) add(w watched) {
	if !slices.Contains(m.list, w) {
		m.list = append(m.list, w)
	}
}

// matches says which watches a kind to remove or check stands for.
func matches(k watch.Kind, kind string) bool {
	return k == watch.Any || kind == map[watch.Kind]string{
		watch.Children: "child", watch.Data: "data", watch.Persistent: "persistent", watch.Recursive: "recursive",
	}[k]
}

func (m *model) take(who int, path string, k watch.Kind) bool {
	before := len(m.list)
	m.list = slices.DeleteFunc(m.list, func(w watched) bool {
		return w.who == who && w.path == path && matches(k, w.kind)
	})
	return len(m.list) < before
}

func below(path, ancestor string) bool {
	return path == ancestor || ancestor == "/" || strings.HasPrefix(path, ancestor+"/")
}

// fire returns what each watcher hears of a change of the tree.
func (m *model) fire(typ znode.EventType, path string, watchers int) [][]seen {
	heard := make([][]seen, watchers)
	tell := func(typ znode.EventType, path string, hears func(watched) bool, spends func(watched) bool) {
		told := map[int]bool{}
		for _, w := range m.list {
			if hears(w) && !told[w.who] {
				told[w.who] = true
				heard[w.who] = append(heard[w.who], seen{typ, znode.Path(path)})
			}
		}
		m.list = slices.DeleteFunc(m.list, spends)
	}
	stays := func(w watched, path string) bool {
		return w.kind == "persistent" && w.path == path || w.kind == "recursive" && below(path, w.path)
	}
	tell(typ, path,
		func(w watched) bool {
			once := w.path == path && (w.kind == "data" || w.kind == "child" && typ == deleted)
			return once || stays(w, path)
		},
		func(w watched) bool {
			return w.path == path && (w.kind == "data" || w.kind == "child" && typ == deleted)
		})
	if typ == changed {
		return heard
	}
	parent := string(znode.Path(path).Parent())
	tell(children, parent,
		func(w watched) bool { return w.path == parent && (w.kind == "child" || w.kind == "persistent") },
		func(w watched) bool { return w.path == parent && w.kind == "child" })
	return heard
}

// summary counts pairs in the data table, and pairs in both.
func (m *model) counts() (watch.Summary, int) {
	type pair struct {
		who  int
		path string
	}
	data, child := map[pair]bool{}, map[pair]bool{}
	who, paths := map[int]bool{}, map[string]bool{}
	for _, w := range m.list {
		if w.kind != "child" {
			data[pair{w.who, w.path}], who[w.who], paths[w.path] = true, true, true
		}
		if w.kind == "child" || w.kind == "persistent" {
			child[pair{w.who, w.path}] = true
		}
	}
	return watch.Summary{Connections: len(who), Paths: len(paths), Watches: len(data)}, len(data) + len(child)
}

func TestAgainstModel(t *testing.T) {
	paths := []string{"/", "/a", "/a/b", "/a/b/c", "/a/bb", "/ab", "/a/b/c/d", "/z"}
	names := []string{"data", "child", "persistent", "recursive"}
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			m, naive := watch.New(encode), &model{}
			ears := make([]*ear, 6)
			for i := range ears {
				ears[i] = &ear{id: znode.SessionID(i)}
			}
			for step := range 400 {
				who, path := rnd.IntN(len(ears)), paths[rnd.IntN(len(paths))]
				kind := watch.Kind(1 + rnd.IntN(5))
				switch n := rnd.IntN(20); {
				case n < 9:
					name := names[rnd.IntN(len(names))]
					adders[name](m, znode.Path(path), ears[who])
					naive.add(watched{who, path, name})
				case n < 12:
					if got, want := m.Remove(znode.Path(path), kind, ears[who]), naive.take(who, path, kind); got != want {
						t.Fatalf("step %d: Remove(%s, %d, %d) = %v, want %v", step, path, kind, who, got, want)
					}
				case n == 12:
					m.RemoveAll(ears[who])
					for _, p := range paths {
						naive.take(who, p, watch.Any)
					}
				default:
					typ := []znode.EventType{created, deleted, changed}[rnd.IntN(3)]
					if path == "/" {
						typ = changed
					}
					fire(m, typ, znode.Path(path))
					want := naive.fire(typ, path, len(ears))
					for i, e := range ears {
						if got := e.take(); !slices.Equal(got, want[i]) {
							t.Fatalf("step %d: %d of %s: watcher %d heard %v, want %v", step, typ, path, i, got, want[i])
						}
					}
				}
				has := slices.ContainsFunc(naive.list, func(w watched) bool {
					return w.who == who && w.path == path && matches(kind, w.kind)
				})
				if got := m.Contains(znode.Path(path), kind, ears[who]); got != has {
					t.Fatalf("step %d: Contains(%s, %d, %d) = %v, want %v", step, path, kind, who, got, has)
				}
				summary, count := naive.counts()
				if m.Summary() != summary || m.Count() != count {
					t.Fatalf("step %d: counts %+v %d, want %+v %d", step, m.Summary(), m.Count(), summary, count)
				}
			}
		})
	}
}
