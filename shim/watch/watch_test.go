package watch_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

const (
	created  = znode.EventCreated
	deleted  = znode.EventDeleted
	changed  = znode.EventDataChanged
	children = znode.EventChildrenChanged
)

// seen is an event as a test writes it.
type seen struct {
	typ  znode.EventType
	path znode.Path
}

// ear is a Watcher that remembers what it hears; a deaf one may read nothing.
type ear struct {
	id     znode.SessionID
	events []seen
	frames [][]byte
	asked  int
	deaf   bool
}

func (e *ear) Notify(ev *watch.Event) {
	e.events = append(e.events, seen{ev.Type, ev.Path})
	e.frames = append(e.frames, ev.Frame)
}

func (e *ear) Allowed(acl []znode.ACL) bool {
	e.asked++
	return !e.deaf && (len(acl) == 0 || acl[0].Perms&znode.Read != 0)
}

func (e *ear) SessionID() znode.SessionID { return e.id }

// take returns what was heard since the last call.
func (e *ear) take() []seen {
	events := e.events
	e.events = nil
	return events
}

func encode(typ znode.EventType, path znode.Path, zxid znode.Zxid) []byte {
	return fmt.Appendf(nil, "%d %s %d", typ, path, zxid)
}

func fire(m *watch.Manager, typ znode.EventType, path znode.Path) {
	m.Fire(typ, path, 7, znode.OpenACL, znode.OpenACL)
}

// adders names the ways to watch.
var adders = map[string]func(*watch.Manager, znode.Path, watch.Watcher){
	"data":       (*watch.Manager).AddData,
	"child":      (*watch.Manager).AddChild,
	"persistent": (*watch.Manager).AddPersistent,
	"recursive":  (*watch.Manager).AddRecursive,
}

func TestKindsOfWatch(t *testing.T) {
	// Each case has one watch at /a/b and hears the same events twice.
	events := []seen{
		{created, "/a/b"}, {changed, "/a/b"}, {created, "/a/b/c"}, {changed, "/a/b/c"},
		{created, "/a/b/c/d"}, {deleted, "/a/b/c/d"}, {deleted, "/a/b/c"}, {deleted, "/a/b"},
		{created, "/a/bb"}, {changed, "/a"}, {created, "/x"},
	}
	for name, want := range map[string][2][]seen{
		"data":  {{{created, "/a/b"}}, nil},
		"child": {{{children, "/a/b"}}, nil},
		"persistent": {
			{{created, "/a/b"}, {changed, "/a/b"}, {children, "/a/b"}, {children, "/a/b"}, {deleted, "/a/b"}},
			{{created, "/a/b"}, {changed, "/a/b"}, {children, "/a/b"}, {children, "/a/b"}, {deleted, "/a/b"}},
		},
		"recursive": {
			{{created, "/a/b"}, {changed, "/a/b"}, {created, "/a/b/c"}, {changed, "/a/b/c"}, {created, "/a/b/c/d"}, {deleted, "/a/b/c/d"}, {deleted, "/a/b/c"}, {deleted, "/a/b"}},
			{{created, "/a/b"}, {changed, "/a/b"}, {created, "/a/b/c"}, {changed, "/a/b/c"}, {created, "/a/b/c/d"}, {deleted, "/a/b/c/d"}, {deleted, "/a/b/c"}, {deleted, "/a/b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, w := watch.New(encode), &ear{}
			adders[name](m, "/a/b", w)
			for round := range 2 {
				for _, e := range events {
					fire(m, e.typ, e.path)
				}
				if got := w.take(); !slices.Equal(got, want[round]) {
					t.Errorf("round %d: heard %v, want %v", round, got, want[round])
				}
			}
		})
	}
}

func TestDeletionIsToldOnce(t *testing.T) {
	for _, tc := range []struct {
		name  string
		kinds []string
		left  []seen // heard from a second deletion
	}{
		{"data and child", []string{"data", "child"}, nil},
		{"child alone", []string{"child"}, nil},
		{"persistent", []string{"persistent"}, []seen{{deleted, "/a"}}},
		{"all", []string{"data", "child", "persistent", "recursive"}, []seen{{deleted, "/a"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, w := watch.New(encode), &ear{}
			for _, k := range tc.kinds {
				adders[k](m, "/a", w)
			}
			fire(m, deleted, "/a")
			if got, want := w.take(), []seen{{deleted, "/a"}}; !slices.Equal(got, want) {
				t.Errorf("heard %v, want %v", got, want)
			}
			fire(m, deleted, "/a")
			if got := w.take(); !slices.Equal(got, tc.left) {
				t.Errorf("then heard %v, want %v", got, tc.left)
			}
		})
	}
}

func TestSeveralWatchesOfOneWatcher(t *testing.T) {
	m, w := watch.New(encode), &ear{}
	m.AddData("/a/b", w)
	m.AddPersistent("/a/b", w)
	m.AddRecursive("/a/b", w)
	m.AddRecursive("/a", w)
	m.AddRecursive("/", w)
	fire(m, changed, "/a/b")
	if got, want := w.take(), []seen{{changed, "/a/b"}}; !slices.Equal(got, want) {
		t.Fatalf("heard %v, want %v", got, want)
	}
	if m.Contains("/a/b", watch.Data, w) {
		t.Error("the one-shot watch is still there")
	}
	for _, p := range []znode.Path{"/a/b", "/a", "/"} {
		if !m.Contains(p, watch.Recursive, w) {
			t.Errorf("the recursive watch of %s is gone", p)
		}
	}
	if !m.Contains("/a/b", watch.Persistent, w) {
		t.Error("the persistent watch is gone")
	}
}

func TestParentAndChildEventsOfOneWatcher(t *testing.T) {
	m, w := watch.New(encode), &ear{}
	m.AddPersistent("/a", w)
	m.AddRecursive("/", w)
	fire(m, created, "/a/b")
	if got, want := w.take(), []seen{{created, "/a/b"}, {children, "/a"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
	fire(m, created, "/") // a birth: the root is nobody's child
	if got, want := w.take(), []seen{{created, "/"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestChildrenChangedAlone(t *testing.T) {
	m, w := watch.New(encode), &ear{}
	m.AddChild("/a", w)
	m.AddData("/a", w)
	m.AddRecursive("/", w)
	fire(m, children, "/a")
	fire(m, children, "/a")
	if got, want := w.take(), []seen{{children, "/a"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestACL(t *testing.T) {
	none := []znode.ACL{{Perms: znode.Write, ID: znode.Anyone}}
	m, w := watch.New(encode), &ear{}

	// A filtered one-shot watch is used up, a persistent one stays.
	m.AddData("/a", w)
	m.Fire(changed, "/a", 1, none, nil)
	m.Fire(changed, "/a", 2, znode.OpenACL, nil)
	if got := w.take(); got != nil {
		t.Errorf("heard %v of a filtered watch", got)
	}
	m.AddPersistent("/a", w)
	m.Fire(changed, "/a", 3, none, nil)
	m.Fire(changed, "/a", 4, znode.OpenACL, nil)
	if got, want := w.take(), []seen{{changed, "/a"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}

	// The znode's ACL decides on its own event, the parent's on that of its
	// children.
	m.AddRecursive("/p", w)
	m.AddPersistent("/p", w)
	m.Fire(created, "/p/c", 5, none, znode.OpenACL)
	if got, want := w.take(), []seen{{children, "/p"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
	m.Fire(deleted, "/p/c", 6, znode.OpenACL, none)
	if got, want := w.take(), []seen{{deleted, "/p/c"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}

	// Whoever may not be told by the data watch is not told by the child watch.
	m.AddChild("/a", w)
	m.Fire(deleted, "/a", 7, none, none)
	if got := w.take(); got != nil {
		t.Errorf("heard %v of a filtered deletion", got)
	}
}

func TestContainsAndRemove(t *testing.T) {
	kinds := []watch.Kind{watch.Children, watch.Data, watch.Any, watch.Persistent, watch.Recursive}
	type set map[watch.Kind]bool
	for _, tc := range []struct {
		added string
		has   set
		left  map[watch.Kind]set // by the kind removed, where it removes something
	}{
		{"data", set{watch.Data: true, watch.Any: true}, map[watch.Kind]set{watch.Data: {}, watch.Any: {}}},
		{"child", set{watch.Children: true, watch.Any: true}, map[watch.Kind]set{watch.Children: {}, watch.Any: {}}},
		{"persistent", set{watch.Persistent: true, watch.Any: true}, map[watch.Kind]set{watch.Persistent: {}, watch.Any: {}}},
		{"recursive", set{watch.Recursive: true, watch.Any: true}, map[watch.Kind]set{watch.Recursive: {}, watch.Any: {}}},
	} {
		for _, k := range kinds {
			t.Run(fmt.Sprintf("%s minus %d", tc.added, k), func(t *testing.T) {
				m, w, other := watch.New(encode), &ear{}, &ear{}
				adders[tc.added](m, "/a", w)
				adders[tc.added](m, "/a", other)
				for _, q := range kinds {
					if got := m.Contains("/a", q, w); got != tc.has[q] {
						t.Errorf("Contains(%d) = %v before", q, got)
					}
				}
				left, removes := tc.left[k]
				if got := m.Remove("/a", k, w); got != removes {
					t.Errorf("Remove = %v, want %v", got, removes)
				}
				if !removes {
					left = tc.has
				}
				for _, q := range kinds {
					if got := m.Contains("/a", q, w); got != left[q] {
						t.Errorf("Contains(%d) = %v after", q, got)
					}
					if got := m.Contains("/a", q, other); got != tc.has[q] {
						t.Errorf("another watcher's Contains(%d) = %v", q, got)
					}
				}
				if m.Remove("/b", k, w) || m.Contains("/b", k, w) {
					t.Error("a watch of a path that nobody watches")
				}
			})
		}
	}
}

func TestRemovingOneModeKeepsTheOthers(t *testing.T) {
	m, w := watch.New(encode), &ear{}
	m.AddData("/a", w)
	m.AddPersistent("/a", w)
	m.AddRecursive("/a", w)
	if !m.Remove("/a", watch.Recursive, w) {
		t.Fatal("there was no recursive watch")
	}
	fire(m, created, "/a/b/c")
	if got := w.take(); got != nil {
		t.Errorf("heard %v of a removed recursive watch", got)
	}
	if !m.Remove("/a", watch.Persistent, w) {
		t.Fatal("there was no persistent watch")
	}
	fire(m, created, "/a/b")
	fire(m, changed, "/a")
	fire(m, changed, "/a")
	if got, want := w.take(), []seen{{changed, "/a"}}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
	if watch.Kind(0).Valid() || watch.Kind(6).Valid() || !watch.Recursive.Valid() {
		t.Error("Valid is wrong at the edges")
	}
	if m.Remove("/a", 0, w) || m.Contains("/a", 9, w) {
		t.Error("an invalid kind matched")
	}
}

func TestOneFrameForAll(t *testing.T) {
	encoded := 0
	m := watch.New(func(typ znode.EventType, path znode.Path, zxid znode.Zxid) []byte {
		encoded++
		return encode(typ, path, zxid)
	})
	fire(m, created, "/a")
	deaf := &ear{deaf: true}
	m.AddData("/a", deaf)
	fire(m, created, "/a")
	if encoded != 0 || deaf.asked != 1 {
		t.Fatalf("encoded %d frames for nobody, asked %d times", encoded, deaf.asked)
	}
	ears := make([]*ear, 5)
	for i := range ears {
		ears[i] = &ear{}
		m.AddData("/a", ears[i])
		m.AddChild("/a", ears[i])
	}
	m.AddChild("/a", &ear{})
	m.Fire(deleted, "/a", 42, nil, nil)
	if encoded != 1 {
		t.Errorf("encoded %d frames for one event", encoded)
	}
	for _, e := range ears {
		if len(e.frames) != 1 || string(e.frames[0]) != "2 /a 42" || &e.frames[0][0] != &ears[0].frames[0][0] {
			t.Errorf("frames %q", e.frames)
		}
	}
}

func TestReports(t *testing.T) {
	m := watch.New(encode)
	a, b, c := &ear{id: 3}, &ear{id: 1}, &ear{id: 2}
	m.AddData("/x", a)
	m.AddRecursive("/x", a) // the same pair
	m.AddData("/y", a)
	m.AddPersistent("/x", b) // in both tables
	m.AddChild("/x", c)      // only in the other table
	if got, want := m.Summary(), (watch.Summary{Connections: 2, Paths: 2, Watches: 3}); got != want {
		t.Errorf("Summary %+v, want %+v", got, want)
	}
	if got := m.Count(); got != 5 {
		t.Errorf("Count %d, want 5", got)
	}
	var got []string
	m.ByPath(func(p znode.Path, ids []znode.SessionID) { got = append(got, fmt.Sprint(p, ids)) })
	if want := []string{"/x[1 3]", "/y[3]"}; !slices.Equal(got, want) {
		t.Errorf("ByPath %q, want %q", got, want)
	}
	got = nil
	m.BySession(func(id znode.SessionID, paths []znode.Path) {
		got = append(got, fmt.Sprint(id, paths))
		m.RemoveAll(a) // may be called from within
	})
	if want := []string{"1 [/x]"}; !slices.Equal(got, want) {
		t.Errorf("BySession %q, want %q", got, want)
	}
}

// TestWatcherMayComeBackWhileItIsTold adds the watch again from Notify, as a
// fast client does.
func TestWatcherMayComeBackWhileItIsTold(t *testing.T) {
	m := watch.New(encode)
	w := &again{m: m}
	m.AddChild("/a", w)
	for range 3 {
		fire(m, created, "/a/b")
	}
	if w.heard != 3 {
		t.Errorf("heard %d events of 3", w.heard)
	}
}

type again struct {
	ear
	m     *watch.Manager
	heard int
}

func (a *again) Notify(e *watch.Event) {
	a.heard++
	a.m.AddChild(e.Path, a)
}

// TestConcurrentUse is for the race detector; in the end nobody watches.
func TestConcurrentUse(t *testing.T) {
	m := watch.New(encode)
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() {
			w := &loose{id: znode.SessionID(i)}
			for range 200 {
				m.AddData("/a", w)
				m.AddChild("/a", w)
				m.AddRecursive("/", w)
				m.Contains("/a", watch.Any, w)
				m.Remove("/", watch.Recursive, w)
				m.Summary()
				m.ByPath(func(znode.Path, []znode.SessionID) {})
				m.BySession(func(znode.SessionID, []znode.Path) {})
			}
			m.RemoveAll(w)
		})
	}
	for range 200 {
		fire(m, created, "/a/b")
		fire(m, deleted, "/a")
	}
	clients.Wait()
	if m.Count() != 0 {
		t.Errorf("%d watches are left", m.Count())
	}
}

// loose may be told from any goroutine.
type loose struct {
	id    znode.SessionID
	heard atomic.Int64
}

func (l *loose) Notify(*watch.Event)        { l.heard.Add(1) }
func (l *loose) Allowed([]znode.ACL) bool   { return true }
func (l *loose) SessionID() znode.SessionID { return l.id }
