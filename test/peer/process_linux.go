package peer

import "syscall"

// detached keeps Ctrl-C away from the process, so that it is stopped in order, and lets it die with its parent.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
