package record

import "encoding/binary"

// Session is a client's session.
type Session struct {
	// Timeout is the negotiated timeout in milliseconds.
	Timeout int32
	// Password is what a client must show to resume the session.
	Password [16]byte
	// Shim is the id of the shim that owns the session.
	Shim string
	// Epoch rises with every move of the session.
	Epoch int64
}

// Size returns the length of the encoding of s.
func (s Session) Size() int {
	return 1 + varintLen(int64(s.Timeout)) + varintLen(s.Epoch) + len(s.Password) + len(s.Shim)
}

// Append encodes s behind dst.
func (s Session) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.AppendVarint(dst, int64(s.Timeout))
	dst = binary.AppendVarint(dst, s.Epoch)
	dst = append(dst, s.Password[:]...)
	return append(dst, s.Shim...)
}

// DecodeSession decodes what Append made.
func DecodeSession(b []byte) (Session, error) {
	c := open(b)
	s := Session{Timeout: c.int32(), Epoch: c.int64()}
	copy(s.Password[:], c.take(len(s.Password)))
	s.Shim = string(c.rest())
	if err := c.done(); err != nil {
		return Session{}, err
	}
	return s, nil
}
