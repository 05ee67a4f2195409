package payload

import "time"

// javaDate is how java.util.Date prints itself.
const javaDate = "Mon Jan 02 15:04:05 MST 2006"

// ClusterUp is ZooKeeper.proto's ClusterUp: the data of running, 1.x to 3.x
// (ClusterStatusTracker). Its presence is what counts.
type ClusterUp struct {
	// StartDate is what java.util.Date printed on the master's machine.
	StartDate string
	Unknown   []byte
}

// NewClusterUp says that the cluster is up since t.
func NewClusterUp(t time.Time) ClusterUp { return ClusterUp{StartDate: t.UTC().Format(javaDate)} }

// Started gives the start date as a time, whole seconds. It is false where the
// master's time zone was not UTC: an abbreviation like CST does not tell which.
func (c ClusterUp) Started() (time.Time, bool) {
	t, err := time.Parse(javaDate, c.StartDate)
	if err != nil {
		return time.Time{}, false
	}
	if zone, _ := t.Zone(); zone != "UTC" && zone != "GMT" {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// DecodeClusterUp reads a body.
func DecodeClusterUp(body []byte) (ClusterUp, Form, error) {
	return decodePBUF(body, (*ClusterUp).read)
}

func (c *ClusterUp) read(b []byte) error {
	f := fieldsOf("ClusterUp", b)
	for f.next() {
		if f.tag == 1<<3|asBytes {
			c.StartDate = f.string()
		} else {
			f.keep()
		}
	}
	f.need(1, "start_date")
	c.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (c ClusterUp) AppendBody(dst []byte) []byte {
	return append(appendString(append(dst, magic...), 1, c.StartDate), c.Unknown...)
}

// Summary implements Message.
func (c ClusterUp) Summary() string { return clean(c.StartDate) }
