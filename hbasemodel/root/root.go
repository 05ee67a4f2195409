// Package root tells where in a quorum HBase clusters are.
//
// A cluster lives below one znode, its zookeeper.znode.parent: /hbase, unless it
// was set up otherwise. Everything here is a pure function. The truth is HBase's
// class ZNodePaths.
package root

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Reserved is ZooKeeper's own place; no cluster is looked for there.
const Reserved = "zookeeper"

// marks are names that every HBase since 1.x puts under its root when it starts,
// and that hardly anybody else uses.
var marks = []string{"hbaseid", "master", "running", "rs"}

// Marked reports whether a znode is the root of an HBase cluster, going by the
// names of its children.
func Marked(has func(name string) bool) bool { return slices.ContainsFunc(marks, has) }

// ErrPath is what Clean's errors match with errors.Is.
var ErrPath = errors.New("not the path of a znode")

// Clean returns the roots sorted, each once, without those below others. All
// must be absolute and without empty, "." or ".." elements.
func Clean(roots []string) ([]string, error) {
	sorted := slices.Sorted(slices.Values(roots))
	var clean []string
	for _, r := range sorted {
		if !valid(r) {
			return nil, fmt.Errorf("root %q: %w", r, ErrPath)
		}
		if !slices.ContainsFunc(clean, func(above string) bool { return Within(r, above) }) {
			clean = append(clean, r)
		}
	}
	return clean, nil
}

func valid(path string) bool {
	if path == "/" {
		return true
	}
	names, absolute := strings.CutPrefix(path, "/")
	if !absolute {
		return false
	}
	for name := range strings.SplitSeq(names, "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}

// Within reports whether path is root or below it.
func Within(path, root string) bool {
	rest, ok := strings.CutPrefix(path, root)
	return ok && (rest == "" || rest[0] == '/' || root == "/")
}
