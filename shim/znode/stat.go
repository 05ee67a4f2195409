package znode

// Stat describes a znode to a client (zookeeper.jute, class Stat). Times are
// milliseconds since the Unix epoch.
type Stat struct {
	Czxid          Zxid
	Mzxid          Zxid
	Ctime          int64
	Mtime          int64
	Version        int32
	Cversion       int32
	Aversion       int32
	EphemeralOwner Owner
	DataLength     int32
	NumChildren    int32
	Pzxid          Zxid
}
