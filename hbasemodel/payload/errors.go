package payload

import (
	"errors"
	"fmt"
)

// The errors of decoding, found by errors.Is.
var (
	// ErrFrame: the data begin like HBase's frame but do not hold one.
	ErrFrame = errors.New("payload: broken frame")
	// ErrNoMagic: HBase writes this payload behind "PBUF", and it is not there.
	ErrNoMagic = errors.New(`payload: "PBUF" is missing`)
	// ErrNoPayload: HBase always writes a payload here, and there is none.
	ErrNoPayload = errors.New("payload: nothing where HBase writes a payload")
	// ErrMalformed: the bytes are not the message that belongs here. The
	// error is a *WireError where it was a protobuf that broke.
	ErrMalformed = errors.New("payload: malformed")
	// ErrServerName: the text is not host,port,startcode.
	ErrServerName = errors.New("payload: no server name")
)

// WireError says where a protobuf broke. It matches ErrMalformed.
type WireError struct {
	// Message is the HBase message that was being read, such as "Master".
	Message string
	// Field is the number of the field, 0 where not even its tag was readable.
	Field int
	// Offset is the position of the field in the bytes of the message.
	Offset int
	// Err is the reason; a *WireError again where a message inside broke.
	Err error
}

func (e *WireError) Error() string {
	if e.Field == 0 {
		return fmt.Sprintf("%s at byte %d: %v", e.Message, e.Offset, e.Err)
	}
	return fmt.Sprintf("%s field %d at byte %d: %v", e.Message, e.Field, e.Offset, e.Err)
}

// Unwrap gives the reason and ErrMalformed.
func (e *WireError) Unwrap() []error { return []error{ErrMalformed, e.Err} }
