//go:build !linux

package peer

import "syscall"

// detached keeps Ctrl-C away from the process, so that it is stopped in order.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
