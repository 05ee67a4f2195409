package hbasemodel

import (
	"cmp"
	"maps"
	"slices"
)

// part is the rows of one view, sorted by key. A change only notes which rows it
// touches; reading builds those anew and takes the others over. Rows and slices
// that were read never change again.
type part[R any] struct {
	// build makes the row of a key from the cluster's znodes, nil if there is
	// none any more.
	build func(key string) *R
	order func(a, b string) int

	keys    []string
	rows    []*R
	touched map[string]struct{}
	stale   bool // every row is to be built anew
}

func newPart[R any](build func(key string) *R) *part[R] {
	return &part[R]{build: build, order: cmp.Compare[string], rows: []*R{}, touched: map[string]struct{}{}}
}

// touch says that the row of key may differ. It is called when the cluster's
// znodes are up to date.
func (p *part[R]) touch(key string) {
	p.touched[key] = struct{}{}
	// What nobody reads must not pile up; this is rare enough to cost O(log n) a
	// touch.
	if len(p.touched) > 1024+2*len(p.rows) {
		p.read()
	}
}

// touchAll says that any row may differ.
func (p *part[R]) touchAll() { p.stale = true }

func (p *part[R]) read() []*R {
	if len(p.touched) == 0 && !p.stale {
		return p.rows
	}
	if !p.stale && p.renew() {
		clear(p.touched)
		return p.rows
	}
	touched := slices.SortedFunc(maps.Keys(p.touched), p.order)
	size := len(p.keys) + len(touched)
	next := part[R]{keys: make([]string, 0, size), rows: make([]*R, 0, size)}
	left := p.keys
	leftRows := p.rows
	for _, key := range touched {
		i, found := slices.BinarySearchFunc(left, key, p.order)
		p.take(&next, left[:i], leftRows[:i])
		if found {
			i++
		}
		left, leftRows = left[i:], leftRows[i:]
		p.add(&next, key)
	}
	p.take(&next, left, leftRows)
	p.keys, p.rows, p.stale = next.keys, slices.Clip(next.rows), false
	clear(p.touched)
	return p.rows
}

// renew is read for the usual case, that no row came or went. It is false where
// one did.
func (p *part[R]) renew() bool {
	places := make(map[int]*R, len(p.touched))
	for key := range p.touched {
		i, found := slices.BinarySearchFunc(p.keys, key, p.order)
		if !found {
			return false
		}
		if places[i] = p.build(key); places[i] == nil {
			return false
		}
	}
	p.rows = slices.Clone(p.rows)
	for i, row := range places {
		p.rows[i] = row
	}
	return true
}

// take takes rows over that were not touched.
func (p *part[R]) take(to *part[R], keys []string, rows []*R) {
	if !p.stale {
		to.keys, to.rows = append(to.keys, keys...), append(to.rows, rows...)
		return
	}
	for _, key := range keys {
		p.add(to, key)
	}
}

func (p *part[R]) add(to *part[R], key string) {
	if row := p.build(key); row != nil {
		to.keys, to.rows = append(to.keys, key), append(to.rows, row)
	}
}
