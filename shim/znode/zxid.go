package znode

// Zxid is the id of a transaction. The replica computes it as
// base + (etcd revision << 12 | position in the etcd Txn), so zxids are unique
// and rise, with gaps.
//
// A transaction that is planned but not yet committed has no revision; its zxid
// is then pending, a negative number that holds only the position.
type Zxid int64

// MaxPosition is the highest position of a transaction within one etcd Txn.
const MaxPosition = 1<<12 - 1

// PendingZxid returns the zxid of the transaction at pos in the Txn under way.
func PendingZxid(pos int) Zxid { return Zxid(^pos) }

// Pending reports whether z waits for the revision of its Txn.
func (z Zxid) Pending() bool { return z < 0 }

// Resolve turns a pending zxid into the final one, given the stored base and
// the etcd revision that holds it. A final zxid is returned as it is.
func (z Zxid) Resolve(base Zxid, revision int64) Zxid {
	if z >= 0 {
		return z
	}
	return base + Zxid(revision<<12|int64(^z))
}

// LastZxid returns the highest zxid that revision can hold.
func LastZxid(base Zxid, revision int64) Zxid {
	return base + Zxid(revision<<12|MaxPosition)
}

// SessionID identifies a session. Ids that this server makes are positive and
// never look like a container or TTL owner.
type SessionID int64
