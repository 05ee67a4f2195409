// Package storetest is the conformance suite of store.Store: what store.go says,
// sentence by sentence. Every implementation passes Run.
//
// The tests share one cluster, each under a prefix of its own, and run in
// parallel, so that to each of them the others are foreign tenants that move the
// revision. What concerns the whole cluster, compaction, comes last and alone.
package storetest
