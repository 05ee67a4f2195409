package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// GetDataRequest asks for the data of a znode, and for an event when it next
// changes or goes.
type GetDataRequest struct {
	Path  znode.Path
	Watch bool
}

// Append appends r's encoding to dst.
func (r GetDataRequest) Append(dst []byte) []byte {
	return jute.AppendBool(jute.AppendString(dst, r.Path), r.Watch)
}

// Decode reads r from c.
func (r *GetDataRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.Need())
	r.Watch = c.Bool()
}

// GetDataResponse answers getData. Null (nil) and empty data differ.
type GetDataResponse struct {
	Data []byte
	Stat znode.Stat
}

// Append appends r's encoding to dst.
func (r GetDataResponse) Append(dst []byte) []byte {
	return AppendStat(jute.AppendBuffer(dst, r.Data), r.Stat)
}

// Decode reads r from c.
func (r *GetDataResponse) Decode(c *jute.Cursor) {
	r.Data = c.Buffer()
	r.Stat = DecodeStat(c)
}

// SetDataRequest replaces the data of a znode that has the version, any for −1.
// A StatResponse answers it.
type SetDataRequest struct {
	Path    znode.Path
	Data    []byte
	Version int32
}

// Append appends r's encoding to dst.
func (r SetDataRequest) Append(dst []byte) []byte {
	dst = jute.AppendString(dst, r.Path)
	dst = jute.AppendBuffer(dst, r.Data)
	return jute.AppendInt(dst, r.Version)
}

// Decode reads r from c.
func (r *SetDataRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.String())
	r.Data = c.Buffer()
	r.Version = c.Int()
}
