package znode

import "math"

// Owner is a Stat's ephemeralOwner: 0 for a persistent znode, the session of an
// ephemeral one, or one of ZooKeeper's special values for container and TTL
// znodes (class EphemeralType).
type Owner int64

// ContainerOwner marks a container znode.
const ContainerOwner Owner = math.MinInt64

const (
	ttlMask  = 0xff << 56
	ttlValue = 1<<40 - 1
)

// MaxTTL is the longest time to live of a TTL znode, in milliseconds (about 34
// years).
const MaxTTL int64 = ttlValue

// OwnerKind says what an Owner stands for.
type OwnerKind int

// The kinds of owner.
const (
	Persistent OwnerKind = iota
	Ephemeral
	Container
	TTL
)

// TTLOwner returns the owner of a znode that lives ttl milliseconds after its
// last change; ok is false unless 0 < ttl <= MaxTTL.
func TTLOwner(ttl int64) (o Owner, ok bool) {
	if ttl <= 0 || ttl > MaxTTL {
		return 0, false
	}
	return Owner(ttl | math.MinInt64>>7), true
}

// Kind says what o stands for.
func (o Owner) Kind() OwnerKind {
	switch {
	case o == 0:
		return Persistent
	case o == ContainerOwner:
		return Container
	case uint64(o)&ttlMask == ttlMask:
		return TTL
	}
	return Ephemeral
}

// TTL returns the time to live in milliseconds of a TTL znode's owner.
func (o Owner) TTL() int64 { return int64(o) & ttlValue }

// Session returns the session of an ephemeral znode's owner.
func (o Owner) Session() SessionID { return SessionID(o) }
