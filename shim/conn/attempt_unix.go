//go:build unix

package conn

import "syscall"

const canAttempt = true

// attempt writes what a socket takes without waiting, which may be nothing. The
// socket must not block, as Go's do not.
func attempt(fd uintptr, b []byte) (int, error) {
	n, err := syscall.Write(int(fd), b)
	switch err {
	case nil:
		return n, nil
	case syscall.EAGAIN, syscall.EINTR:
		return 0, nil
	}
	return 0, err
}
