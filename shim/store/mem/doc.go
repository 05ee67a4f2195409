// Package mem keeps a store in memory: the same contract as the real one, for
// unit tests and for a seeded simulation.
//
// It promises: what store promises, with etcd's corner cases (revisions start
// at 1, each expired lease is a revision of its own, a change of nothing takes
// no revision, foreign revisions are silent until someone asks). A Server is the
// state; each Store opened on it is one process's connection, so conflicting
// writers are several Stores with one prefix and foreign tenants are Stores with
// another. What goes wrong is decided by the function Hook given to Open and by
// the methods of Server.
//
// It asks: nothing. There is no goroutine and nothing to close on a Server;
// expiry of leases and transactions that take effect late happen inside the next
// call or inside the running Watch. With the default clock that is time.Now,
// which testing/synctest fakes; with a clock of one's own, call Tick after
// moving it. Driven from one goroutine the outcome depends on the calls alone.
//
// Concurrency: everything is safe for concurrent use. Hooks are called without
// locks and may call the Server.
package mem
