// Package store is the narrow contract between the shim and the place where its
// state lives: a keyspace with revisions, transactions guarded by compares,
// leases, and one ordered stream of changes.
//
// It is etcd's model with everything removed that the shim does not need.
// Implementations are store/etcd (the product) and store/mem (tests and
// simulation); store/storetest is the conformance suite that both pass.
//
// Keys are relative to the store's own prefix; a store never touches a key
// outside of it, and other tenants may move the revision. All methods are safe
// for concurrent use. The package imports the standard library only.
package store
