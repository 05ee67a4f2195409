package proto

import (
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// MultiResponse answers multi and multiRead, with one result an operation. When
// a multi fails all its results are errors.
type MultiResponse struct {
	Results []MultiResult
}

// MultiResult is the result of one operation. What it holds depends on Type:
//
//	OpCreate                                   Path
//	OpCreate2, OpCreateContainer, OpCreateTTL  Path, Stat (on the wire: OpCreate2)
//	OpDelete, OpCheck                          nothing
//	OpSetData                                  Stat
//	OpGetChildren                              Children
//	OpGetData                                  Data, Stat
//	OpError                                    Err
type MultiResult struct {
	Type     OpCode
	Err      Code
	Path     znode.Path
	Stat     znode.Stat
	Children []string
	Data     []byte
}

// Append appends r's encoding to dst. A Type that cannot have a result is
// written as OpError.
func (r MultiResponse) Append(dst []byte) []byte {
	for i := range r.Results {
		dst = r.Results[i].append(dst)
	}
	return multiEnd.Append(dst)
}

func (r *MultiResult) append(dst []byte) []byte {
	switch r.Type {
	case OpCreate:
		dst = MultiHeader{Type: OpCreate}.Append(dst)
		return CreateResponse{r.Path}.Append(dst)
	case OpCreate2, OpCreateContainer, OpCreateTTL:
		dst = MultiHeader{Type: OpCreate2}.Append(dst)
		return Create2Response{r.Path, r.Stat}.Append(dst)
	case OpDelete, OpCheck:
		return MultiHeader{Type: r.Type}.Append(dst)
	case OpSetData:
		dst = MultiHeader{Type: OpSetData}.Append(dst)
		return StatResponse{r.Stat}.Append(dst)
	case OpGetChildren:
		dst = MultiHeader{Type: OpGetChildren}.Append(dst)
		return GetChildrenResponse{r.Children}.Append(dst)
	case OpGetData:
		dst = MultiHeader{Type: OpGetData}.Append(dst)
		return GetDataResponse{r.Data, r.Stat}.Append(dst)
	}
	dst = MultiHeader{Type: OpError, Err: int32(r.Err)}.Append(dst)
	return ErrorResponse{r.Err}.Append(dst)
}

// Decode reads r from c. An unknown type of result is ErrMulti.
func (r *MultiResponse) Decode(c *jute.Cursor) {
	r.Results = nil
	for {
		var h MultiHeader
		h.Decode(c)
		if c.Err() != nil || h.Done {
			return
		}
		result := MultiResult{Type: h.Type}
		result.decode(c)
		if c.Err() != nil {
			return
		}
		r.Results = append(r.Results, result)
	}
}

func (r *MultiResult) decode(c *jute.Cursor) {
	switch r.Type {
	case OpCreate:
		r.Path = znode.Path(c.String())
	case OpCreate2:
		r.Path = znode.Path(c.String())
		r.Stat = DecodeStat(c)
	case OpDelete, OpCheck:
	case OpSetData:
		r.Stat = DecodeStat(c)
	case OpGetChildren:
		r.Children = jute.Strings[string](c)
	case OpGetData:
		r.Data = c.Buffer()
		r.Stat = DecodeStat(c)
	case OpError:
		r.Err = Code(c.Int())
	default:
		c.Fail(ErrMulti)
	}
}
