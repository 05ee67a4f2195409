package admin

import (
	"fmt"
	"os"
	"os/user"
	"runtime"
	"strings"
)

// envi prints what the server runs in. ZooKeeper's keys are kept where they have
// a meaning; tools look for zookeeper.version.
func (w *Words) envi() string {
	var b strings.Builder
	put := func(key, value string) {
		if value == "" {
			value = "<NA>"
		}
		fmt.Fprintf(&b, "%s=%s\n", key, value)
	}
	b.WriteString("Environment:\n")
	put("zookeeper.version", w.version())
	host, _ := os.Hostname()
	put("host.name", host)
	put("hquorum.version", w.source.Settings().Version)
	put("go.version", runtime.Version())
	put("os.name", runtime.GOOS)
	put("os.arch", runtime.GOARCH)
	put("os.version", kernel())
	if u, err := user.Current(); err == nil {
		put("user.name", u.Username)
		put("user.home", u.HomeDir)
	}
	dir, _ := os.Getwd()
	put("user.dir", dir)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	put("os.memory.free", fmt.Sprintf("%dMB", (m.HeapIdle-m.HeapReleased)>>20))
	put("os.memory.total", fmt.Sprintf("%dMB", m.Sys>>20))
	return b.String()
}

// kernel is Linux's release, "" elsewhere.
func kernel() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
