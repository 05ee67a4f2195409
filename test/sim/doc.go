// Package sim runs whole servers over a store in memory, in time that is not
// real, while everything goes wrong that can: a seed decides what clients ask,
// when the network and the store are slow or lose something, and who is killed
// when. Package judge then says whether the clients got what ZooKeeper promises.
//
// A failing seed is repeated with
//
//	go test ./test/sim -run TestSimulation -seed N [-steps M] [-v]
//
// which also prints the servers' logs. The seed decides everything but what
// depends on the order in which Go iterates over maps and chooses among ready
// cases of a select. Everything takes a different time, so that this rarely
// matters: about 19 of 20 seeds give the same history each time (TestRepeats
// counts them; with more than one processor it is 3 of 4), and a violation in
// one of the others shows again within a few runs.
//
// TestMutants shows that bugs are found: it breaks the store's contract, or what
// is sent to the clients, in ways that look like bugs of the servers.
//
// The bubble of testing/synctest tells when nothing is left to do, and that no
// goroutine was left behind.
package sim
