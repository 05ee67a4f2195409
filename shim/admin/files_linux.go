package admin

import (
	"os"
	"syscall"
)

// descriptors returns how many files are open and how many may be, 0 if that
// cannot be told.
func descriptors() (open, most uint64) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0, 0
	}
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 0, 0
	}
	return uint64(len(entries)), limit.Cur
}
