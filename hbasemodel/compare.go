package hbasemodel

import (
	"cmp"
	"slices"
	"time"
)

// found tells that a cluster came to be, and what it holds.
func found(c *cluster, at time.Time, zxid int64, late bool) []Event {
	events := []Event{{Kind: ClusterFound, Cluster: c.parent, Time: at, Zxid: zxid, Late: late}}
	t := &teller{cluster: c, at: at, late: late}
	t.differences(nil, c.nodes)
	return append(events, t.events...)
}

// compare tells how a cluster differs from what it was before the source was
// away. Either may be nil or not found.
func compare(before, now *cluster, at time.Time) []Event {
	was, is := before != nil && before.found, now != nil && now.found
	switch {
	case !was && !is:
		return nil
	case !was:
		return found(now, at, 0, true)
	case !is:
		return []Event{{Kind: ClusterLost, Cluster: before.parent, Time: at, Late: true}}
	}
	now.past = before.past
	t := &teller{cluster: now, at: at, late: true}
	t.differences(before.nodes, now.nodes)
	return t.events
}

// differences tells what is gone, then what is new or was written, in the order
// of the transactions.
func (t *teller) differences(before, now map[string]*node) {
	var gone, here []*node
	for rel, n := range before {
		if next := now[rel]; next == nil || next.origin.Czxid != n.origin.Czxid {
			gone = append(gone, n)
		}
	}
	for rel, n := range now {
		if old := before[rel]; old == nil || old.origin.Mzxid != n.origin.Mzxid || old.origin.Czxid != n.origin.Czxid {
			here = append(here, n)
		}
	}
	slices.SortFunc(gone, func(a, b *node) int { return cmp.Compare(a.rel, b.rel) })
	for _, n := range gone {
		t.tell(n, nil)
	}
	old := func(n *node) *node {
		if was := before[n.rel]; was != nil && was.origin.Czxid == n.origin.Czxid {
			return was
		}
		return nil // there was none, or it was told to be gone
	}
	order := func(n *node) int64 {
		_, zxid := dated(old(n), n)
		return zxid
	}
	slices.SortFunc(here, func(a, b *node) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.rel, b.rel))
	})
	for _, n := range here {
		t.tell(old(n), n)
	}
}
