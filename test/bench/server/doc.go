// Package server starts the servers that are compared, one of which works at a
// time, and tells what they cost.
//
// It promises: hquorum (embedded etcd) and ZooKeeper 3.9.5 both force every
// write to disk before they answer, have their data in the same temporary
// directory, and take any number of connections. Those whose turn it is not are
// stopped with SIGSTOP: a JVM that is started afresh for every turn would be
// measured cold, at half its speed, and one that runs beside takes CPU.
//
// It asks: Linux's /proc for Usage. One goroutine at a time.
package server
