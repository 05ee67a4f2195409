package proto

import "github.com/hquorum/hquorum/shim/jute"

// ErrorResponse answers addWatch (always OK, errors go in the ReplyHeader) and
// follows the header of a multi's failed operations.
type ErrorResponse struct {
	Err Code
}

// Append appends r's encoding to dst.
func (r ErrorResponse) Append(dst []byte) []byte { return jute.AppendInt(dst, int32(r.Err)) }

// Decode reads r from c.
func (r *ErrorResponse) Decode(c *jute.Cursor) { r.Err = Code(c.Int()) }
