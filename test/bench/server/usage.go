package server

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has used.
type Usage struct {
	CPU time.Duration // since it started, user and system, in steps of 10 ms
	RSS int64         // bytes of memory that it has now
}

const clockTick = 10 * time.Millisecond // USER_HZ is 100 on every Linux of today

// Usage returns what the server has used.
func (s *Server) Usage() (Usage, error) { return usage(strconv.Itoa(s.pid)) }

// Own returns what this process, the load generator, has used.
func Own() (Usage, error) { return usage("self") }

func usage(pid string) (u Usage, err error) {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return u, err
	}
	// The second field is the program's name in parentheses and may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return u, fmt.Errorf("/proc/%s/stat has %d fields", pid, len(fields))
	}
	for _, field := range fields[11:13] { // utime and stime
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return u, err
		}
		u.CPU += time.Duration(ticks) * clockTick
	}
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return u, err
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	if _, err := fmt.Sscanf(rest, "%d kB", &u.RSS); err != nil {
		return u, fmt.Errorf("VmRSS of %s: %w", pid, err)
	}
	u.RSS <<= 10
	return u, nil
}
