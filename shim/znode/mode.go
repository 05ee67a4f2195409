package znode

// CreateMode is the flags field of a create request (class CreateMode).
type CreateMode int32

// The create modes.
const (
	ModePersistent CreateMode = iota
	ModeEphemeral
	ModePersistentSequential
	ModeEphemeralSequential
	ModeContainer
	ModePersistentTTL
	ModePersistentSequentialTTL
)

// Valid reports whether m is a mode that ZooKeeper knows.
func (m CreateMode) Valid() bool { return m >= ModePersistent && m <= ModePersistentSequentialTTL }

// Ephemeral reports whether the znode goes with its session.
func (m CreateMode) Ephemeral() bool { return m == ModeEphemeral || m == ModeEphemeralSequential }

// Sequential reports whether the parent's counter is appended to the name.
func (m CreateMode) Sequential() bool {
	return m == ModePersistentSequential || m == ModeEphemeralSequential || m == ModePersistentSequentialTTL
}

// TTL reports whether the znode has a time to live.
func (m CreateMode) TTL() bool { return m == ModePersistentTTL || m == ModePersistentSequentialTTL }
