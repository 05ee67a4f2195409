//go:build !unix

package conn

// canAttempt is false where there is no write that does not wait: then each
// connection that has something to send waits in a goroutine of its own.
const canAttempt = false

func attempt(uintptr, []byte) (int, error) { return 0, nil }
