// Package conntest is a raw client for tests of a server's connections: it sends
// the frames it is told to, whatever they are, and shows the frames that come
// back in their order. It reads all the time, so that a server never waits for
// it unless it is told to (Client.Stall).
//
// It asks for a testing.TB, whose test fails where the client is told something
// else than it expected. A Client is for one goroutine.
package conntest
