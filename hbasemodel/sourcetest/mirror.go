// Package sourcetest helps to test what implements hbasemodel.Source: Mirror is
// a sink that keeps what it is told, and notes what no source may do.
package sourcetest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/hquorum/hquorum/hbasemodel"
)

// Mirror is an hbasemodel.Sink. The zero value expects the roots of clusters,
// children of /. It is safe for concurrent use.
type Mirror struct {
	// Roots are those of the source; empty means that it finds them.
	Roots []string

	mu       sync.Mutex
	tree     map[string]hbasemodel.Znode
	children map[string]int
	settled  bool // what was told last is Ready
	resets   int
	states   int
	zxid     int64
	log      []string
	faults   []string
	told     chan struct{} // closed at the next Ready
}

var _ hbasemodel.Sink = (*Mirror)(nil)

// Reset implements hbasemodel.Sink.
func (m *Mirror) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tree, m.children = map[string]hbasemodel.Znode{}, map[string]int{}
	m.settled, m.zxid = false, 0
	m.resets++
	m.log = append(m.log, "reset")
}

// Put implements hbasemodel.Sink.
func (m *Mirror) Put(n hbasemodel.Znode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settled = false
	m.log = append(m.log, "put "+n.Path)
	parent := path.Dir(n.Path)
	_, known := m.tree[n.Path]
	if _, ok := m.tree[parent]; !known && !ok && !m.root(n.Path) {
		m.fault("%s was told before its parent", n.Path)
	}
	if m.resets == 0 {
		m.fault("%s was told before Reset", n.Path)
		return
	}
	if !known {
		m.children[parent]++
	} else if old := m.tree[n.Path]; old.Stat.Czxid != n.Stat.Czxid {
		m.fault("%s was created anew, and not told as deleted", n.Path)
	} else if old.Stat.Mzxid > n.Stat.Mzxid {
		m.fault("%s went back from %#x to %#x", n.Path, old.Stat.Mzxid, n.Stat.Mzxid)
	}
	m.tree[n.Path] = n
}

func (m *Mirror) root(p string) bool {
	if len(m.Roots) == 0 {
		return path.Dir(p) == "/"
	}
	return slices.Contains(m.Roots, p)
}

// Delete implements hbasemodel.Sink.
func (m *Mirror) Delete(p string, _ int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settled = false
	m.log = append(m.log, "delete "+p)
	if m.children[p] > 0 {
		m.fault("%s was told as deleted before its children", p)
	}
	if _, known := m.tree[p]; known {
		m.children[path.Dir(p)]--
		delete(m.tree, p)
		delete(m.children, p)
	}
}

// Ready implements hbasemodel.Sink.
func (m *Mirror) Ready(zxid int64, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if zxid < m.zxid || at.IsZero() || m.resets == 0 {
		m.fault("Ready(%#x, %v) after %#x and %d resets", zxid, at, m.zxid, m.resets)
	}
	m.settled, m.zxid = true, zxid
	m.states++
	m.log = append(m.log, "ready")
	if m.told != nil {
		close(m.told)
		m.told = nil
	}
}

func (m *Mirror) fault(format string, args ...any) {
	if len(m.faults) < 10 {
		m.faults = append(m.faults, fmt.Sprintf(format, args...))
	}
}

// Log returns what was told since the last call: "reset", "put /path",
// "delete /path" and "ready".
func (m *Mirror) Log() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	log := m.log
	m.log = nil
	return log
}

// Faults returns what the source did that no source may do; ten at most.
func (m *Mirror) Faults() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.faults)
}

// Resets returns how often Reset was told.
func (m *Mirror) Resets() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.resets
}

// Tree returns the tree that was told, and whether it is Ready.
func (m *Mirror) Tree() (tree map[string]hbasemodel.Znode, ready bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.tree), m.settled
}

// Until returns nil as soon as a tree that is Ready satisfies good, or ctx's
// error with what good said last: "" is satisfied.
func (m *Mirror) Until(ctx context.Context, good func(tree map[string]hbasemodel.Znode) string) error {
	for {
		m.mu.Lock()
		wrong := "not ready"
		if m.settled {
			wrong = good(m.tree)
		}
		if m.told == nil {
			m.told = make(chan struct{})
		}
		told := m.told
		m.mu.Unlock()
		if wrong == "" {
			return nil
		}
		select {
		case <-told:
		case <-ctx.Done():
			return fmt.Errorf("%w: %s", ctx.Err(), wrong)
		}
	}
}

// Differences tells where got is not want, "" if nowhere.
func Differences(got, want map[string]hbasemodel.Znode) string {
	for _, p := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[p]
		w := want[p]
		switch {
		case !ok:
			return p + " is missing"
		case g.Stat != w.Stat || !bytes.Equal(g.Data, w.Data) || (g.Data == nil) != (w.Data == nil):
			return fmt.Sprintf("%s is %+v %q, not %+v %q", p, g.Stat, g.Data, w.Stat, w.Data)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[p]; !ok {
			return p + " should not be there"
		}
	}
	return ""
}
