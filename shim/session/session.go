package session

import (
	"errors"
	"time"

	"github.com/hquorum/hquorum/shim/znode"
)

var (
	// ErrExpired: there is no such session, or the password is wrong: nobody
	// learns which.
	ErrExpired = errors.New("session expired")
	// ErrMoved: the session has a newer connection, here or elsewhere.
	ErrMoved = errors.New("session moved")
)

// Session is what a connection needs to act for its client.
type Session struct {
	ID       znode.SessionID
	Password [16]byte
	// Timeout is the negotiated one, in whole milliseconds.
	Timeout time.Duration
	// Epoch goes into every tree.Request of the connection.
	Epoch int64
}

// Conn is the connection of a session. Its methods must neither block nor call
// the Manager; they may be called while the replica is locked.
type Conn interface {
	// Kick closes the connection, because of ErrExpired or ErrMoved.
	Kick(reason error)
	// Busy reports whether requests of the client wait for the store. A session
	// does not expire meanwhile.
	Busy() bool
}

// Info describes a session to operators.
type Info struct {
	Session
	// Heard is how long ago the client was last heard.
	Heard time.Duration
	// Connected tells whether the session has a connection here.
	Connected bool
}
