package shim

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/znode"
)

// Config of a Server. The zero value is a good one: what is 0 or empty has the
// default named with it, which is ZooKeeper's unless said otherwise.
type Config struct {
	// ID names this process among those that share the store. Default: random.
	ID string
	// Version of the program, for people and tools.
	Version string
	// DataDir is where the store keeps its data, for conf and dirs only; empty
	// if it is elsewhere.
	DataDir string
	Log     zerolog.Logger

	// TickTime is ZooKeeper's unit of time: 2 s.
	TickTime time.Duration
	// MinSessionTimeout and MaxSessionTimeout bound the timeouts that clients
	// get: 2 ticks, and 3 minutes. ZooKeeper's maximum is 20 ticks (40 s), less
	// than the 90 s that HBase asks for.
	MinSessionTimeout, MaxSessionTimeout time.Duration
	// MaxClientCnxns bounds the connections from one address: 60; negative
	// means no bound.
	MaxClientCnxns int
	// MaxCnxns bounds all connections; 0 means no bound.
	MaxCnxns int
	// MaxBuffer is jute.maxbuffer, the longest request in bytes: 0xfffff.
	MaxBuffer int
	// Whitelist are the four-letter words that are answered
	// (4lw.commands.whitelist), "*" for all. Default, a little more than
	// ZooKeeper's: srvr, ruok, and stat, which HBase's Master shows.
	Whitelist []string
	// PlainTypes refuses TTL znodes, as ZooKeeper does unless
	// extendedTypesEnabled is set. Here they are allowed by default.
	PlainTypes bool
	// SuperDigest makes a client the super user
	// (DigestAuthenticationProvider.superDigest); empty: nobody is.
	SuperDigest string
	// ContainerCheckInterval is the time between two looks for empty containers
	// and outdated TTL znodes (znode.container.checkIntervalMs): 1 minute.
	ContainerCheckInterval time.Duration
	// ContainerMaxPerMinute bounds how many of them go in a minute
	// (znode.container.maxPerMinute): 10000.
	ContainerMaxPerMinute int

	// SoleAfter is after how many of its own batches, without a write of another
	// shim, this one takes the store for itself and compares less: 64. Another one
	// may write at any time all the same; it costs both a moment.
	SoleAfter int

	// ZxidFloor is the highest zxid that the caller knows to have been handed
	// out: zxids will be higher.
	ZxidFloor znode.Zxid
	// Restored says that the store holds a backup, so that zxids are raised
	// beyond all that can have been handed out since. A store with another
	// cluster id than before is known to be one.
	Restored bool
}

// withDefaults returns c completed, or what is wrong with it.
func (c Config) withDefaults() (Config, error) {
	if c.ID == "" {
		var id [8]byte
		_, _ = rand.Read(id[:]) // never fails
		c.ID = hex.EncodeToString(id[:])
	}
	def(&c.TickTime, 2*time.Second)
	def(&c.MinSessionTimeout, 2*c.TickTime)
	def(&c.MaxSessionTimeout, max(3*time.Minute, c.MinSessionTimeout))
	def(&c.MaxBuffer, 0xfffff)
	def(&c.ContainerCheckInterval, time.Minute)
	def(&c.ContainerMaxPerMinute, 10000)
	def(&c.MaxClientCnxns, 60)
	if c.Whitelist == nil {
		c.Whitelist = []string{"srvr", "ruok", "stat"}
	}
	const least, most = 10 * time.Millisecond, 24 * time.Hour
	switch {
	case c.TickTime < least || c.TickTime > most:
		return c, fmt.Errorf("shim: a tick of %v: it must be between %v and %v", c.TickTime, least, most)
	case c.MinSessionTimeout < least:
		return c, fmt.Errorf("shim: a minimal session timeout of %v: it must be at least %v", c.MinSessionTimeout, least)
	case c.MaxSessionTimeout < c.MinSessionTimeout || c.MaxSessionTimeout > most:
		return c, fmt.Errorf("shim: a maximal session timeout of %v: it must be between the minimal one, %v, and %v",
			c.MaxSessionTimeout, c.MinSessionTimeout, most)
	case c.MaxBuffer < 1<<10 || c.MaxBuffer > 1<<30:
		return c, fmt.Errorf("shim: a jute.maxbuffer of %d: it must be between 1 KiB and 1 GiB", c.MaxBuffer)
	case c.ContainerCheckInterval < 0 || c.ContainerMaxPerMinute < 0 || c.MaxCnxns < 0 || c.ZxidFloor < 0 || c.SoleAfter < 0:
		return c, fmt.Errorf("shim: a negative interval, limit or zxid")
	}
	return c, nil
}

// def sets v to its default if it is not set.
func def[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}
