package payload

import "fmt"

// RegionTransition is ZooKeeper.proto's RegionTransition: the data of
// region-in-transition/*, 1.x (ZKAssign). 2.x assigns by procedures.
type RegionTransition struct {
	Event EventType
	// Region is the full name of the region, which may hold any byte.
	Region []byte
	// Created is in milliseconds since the Unix epoch.
	Created int64
	Server  ServerName
	// Payload belongs to the event, for a split the daughters.
	Payload []byte
	Unknown []byte
}

// DecodeRegionTransition reads a body.
func DecodeRegionTransition(body []byte) (RegionTransition, Form, error) {
	return decodePBUF(body, (*RegionTransition).read)
}

func (t *RegionTransition) read(b []byte) error {
	f := fieldsOf("RegionTransition", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asVarint:
			t.Event = EventType(f.varint())
		case 2<<3 | asBytes:
			t.Region = f.copied()
		case 3<<3 | asVarint:
			t.Created = f.millis()
		case 4<<3 | asBytes:
			f.server(&t.Server)
		case 5<<3 | asBytes:
			t.Payload = f.copied()
		default:
			f.keep()
		}
	}
	f.need(1, "event_type_code")
	f.need(2, "region_name")
	f.need(3, "create_time")
	f.need(4, "server_name")
	t.Unknown = f.unknown
	return f.err
}

// Summary implements Message.
func (t RegionTransition) Summary() string {
	return fmt.Sprintf("%s, %s on %s", t.Event, clean(binaryText(t.Region)), clean(t.Server.String()))
}

// EventType is the code of 1.x's org.apache.hadoop.hbase.executor.EventType;
// those that a znode can hold have names, other numbers stay as they are.
type EventType int32

// The events.
const (
	RegionClosedByServer EventType = 2 + iota
	RegionOpeningOnServer
	RegionOpenedByServer
	RegionSplittingOnServer
	RegionSplitByServer
	RegionFailedToOpen
	RegionMergingOnServer
	RegionMergedByServer
	RegionSplitRequested
	RegionMergeRequested

	RegionSetOffline EventType = 50
	RegionClosingSet EventType = 51
)

var eventNames = []string{
	2: "RS_ZK_REGION_CLOSED", 3: "RS_ZK_REGION_OPENING", 4: "RS_ZK_REGION_OPENED", 5: "RS_ZK_REGION_SPLITTING",
	6: "RS_ZK_REGION_SPLIT", 7: "RS_ZK_REGION_FAILED_OPEN", 8: "RS_ZK_REGION_MERGING", 9: "RS_ZK_REGION_MERGED",
	10: "RS_ZK_REQUEST_REGION_SPLIT", 11: "RS_ZK_REQUEST_REGION_MERGE",
	50: "M_ZK_REGION_OFFLINE", 51: "M_ZK_REGION_CLOSING",
}

func (e EventType) String() string { return enumName(eventNames, int32(e)) }

// MarshalText gives the name.
func (e EventType) MarshalText() ([]byte, error) { return []byte(e.String()), nil }
