package load

import "time"

// What Next may return instead of a time to wait.
const (
	// Now: the request was appended.
	Now time.Duration = 0
	// Idle: nothing to send before the next reply or event.
	Idle time.Duration = -1
	// Done: nothing to send any more.
	Done time.Duration = -2
)

// Program decides what a session does. Its methods are called by one goroutine.
type Program interface {
	// Next appends the next request, a whole frame with the xid, to dst, and
	// returns Now; or returns Idle or Done; or how long to wait before it is
	// called again. It is called whenever fewer requests than the Pool's window
	// are under way.
	Next(dst []byte, xid int32) ([]byte, time.Duration)
	// Reply sees the answer to the oldest request: its error code, and the body,
	// or the first bytes of a long one. The body is valid during the call only.
	Reply(code int32, body []byte)
	// Event sees a watch event.
	Event()
}

// Sender is the embeddable Program that ignores what it gets.
type Sender struct{}

// Reply implements Program.
func (Sender) Reply(int32, []byte) {}

// Event implements Program.
func (Sender) Event() {}
