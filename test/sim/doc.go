// Package sim runs whole servers over a store in memory, in time that is not
// real, while everything goes wrong that can: a seed decides what clients ask,
// when the network and the store are slow or lose something, and who is killed
// when. Package judge then says whether the clients got what ZooKeeper promises.
//
// A failing seed is repeated with
//
//	go test ./test/sim -run TestSimulation -seed N [-steps M] [-v]
//
// which also prints the servers' logs. The seed decides everything but the order
// of what happens in the same nanosecond, which every delay's being different
// makes rare, and the order in which the runtime picks among ready cases of a
// select and iterates over maps: most seeds give the same history each time
// (TestRepeats measures how many), and a violation that depends on the rest
// shows again within a few runs.
//
// The bubble of testing/synctest tells when nothing is left to do, and that no
// goroutine was left behind.
package sim
