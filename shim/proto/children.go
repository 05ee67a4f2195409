package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// GetChildrenRequest asks for the names of a znode's children, and for an event
// when they next change or the znode goes; the request of getChildren and
// getChildren2.
type GetChildrenRequest struct {
	Path  znode.Path
	Watch bool
}

// Append appends r's encoding to dst.
func (r GetChildrenRequest) Append(dst []byte) []byte {
	return jute.AppendBool(jute.AppendString(dst, r.Path), r.Watch)
}

// Decode reads r from c.
func (r *GetChildrenRequest) Decode(c *jute.Cursor) {
	r.Path = znode.Path(c.Need())
	r.Watch = c.Bool()
}

// GetChildrenResponse answers getChildren.
type GetChildrenResponse struct {
	Children []string
}

// Append appends r's encoding to dst.
func (r GetChildrenResponse) Append(dst []byte) []byte { return appendList(dst, r.Children) }

// Decode reads r from c.
func (r *GetChildrenResponse) Decode(c *jute.Cursor) { r.Children = jute.Strings[string](c) }

// GetChildren2Response answers getChildren2.
type GetChildren2Response struct {
	Children []string
	Stat     znode.Stat
}

// Append appends r's encoding to dst.
func (r GetChildren2Response) Append(dst []byte) []byte {
	return AppendStat(appendList(dst, r.Children), r.Stat)
}

// Decode reads r from c.
func (r *GetChildren2Response) Decode(c *jute.Cursor) {
	r.Children = jute.Strings[string](c)
	r.Stat = DecodeStat(c)
}

// GetAllChildrenNumberRequest asks how many descendants a znode has.
type GetAllChildrenNumberRequest struct {
	Path znode.Path
}

// Append appends r's encoding to dst.
func (r GetAllChildrenNumberRequest) Append(dst []byte) []byte {
	return jute.AppendString(dst, r.Path)
}

// Decode reads r from c.
func (r *GetAllChildrenNumberRequest) Decode(c *jute.Cursor) { r.Path = znode.Path(c.Need()) }

// GetAllChildrenNumberResponse answers getAllChildrenNumber.
type GetAllChildrenNumberResponse struct {
	Total int32
}

// Append appends r's encoding to dst.
func (r GetAllChildrenNumberResponse) Append(dst []byte) []byte {
	return jute.AppendInt(dst, r.Total)
}

// Decode reads r from c.
func (r *GetAllChildrenNumberResponse) Decode(c *jute.Cursor) { r.Total = c.Int() }

// appendList appends a response's vector of strings, which is never null.
func appendList[S ~string](dst []byte, list []S) []byte {
	if list == nil {
		return jute.AppendVectorLen(dst, 0)
	}
	return jute.AppendStrings(dst, list)
}
