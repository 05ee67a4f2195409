// Package peer starts the real programs that hquorum is tested with and against: Apache ZooKeeper, Apache HBase
// (masters, region servers and a client), etcd, and hquorum itself, each as a process of its own on loopback.
//
// It promises: a started peer answers before Start returns; every peer lives in a fresh temporary directory and on
// free ports; Kill is kill -9 and Stop is the orderly way of that program; what was downloaded or built is kept
// under os.UserCacheDir()/hquorum and shared by concurrent processes through file locks.
//
// It asks: Linux or macOS, Go, and for the Java peers a JDK 17 and Maven (EnsureJava). Whoever starts a peer stops
// it; on Linux a peer also dies with the process that started it, so an aborted test leaves nothing behind.
//
// Concurrency: the methods of one peer are for one goroutine at a time, except Pid, Addr and Kill.
//
// Source of truth: the peers' own programs; versions are pinned in maven/*/pom.xml and etcd/go.mod.
package peer
