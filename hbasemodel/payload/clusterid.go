package payload

import "fmt"

// ClusterID is ClusterId.proto's ClusterId: the data of hbaseid, 1.x to 3.x
// (ZKClusterId), the same id that <rootdir>/hbase.id holds.
type ClusterID struct {
	// ID is a UUID wherever HBase made it.
	ID      string
	Unknown []byte
}

// DecodeClusterID reads a body. As HBase does it takes the id as plain text,
// with FormLegacy.
func DecodeClusterID(body []byte) (ClusterID, Form, error) {
	c, form, err := decodePBUF(body, (*ClusterID).read)
	if form == FormUnknown {
		if !isText(body) {
			return ClusterID{}, FormUnknown, fmt.Errorf("%w, nor is it text", err)
		}
		return ClusterID{ID: string(body)}, FormLegacy, nil
	}
	return c, form, err
}

func (c *ClusterID) read(b []byte) error {
	f := fieldsOf("ClusterId", b)
	for f.next() {
		if f.tag == 1<<3|asBytes {
			c.ID = f.string()
		} else {
			f.keep()
		}
	}
	f.need(1, "cluster_id")
	c.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (c ClusterID) AppendBody(dst []byte) []byte {
	return append(appendString(append(dst, magic...), 1, c.ID), c.Unknown...)
}

// Summary implements Message.
func (c ClusterID) Summary() string { return clean(c.ID) }
