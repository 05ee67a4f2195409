package server

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"go.etcd.io/etcd/api/v3/version"

	"github.com/hquorum/hquorum/test/peer"
)

// Describe says what the figures were measured on and with.
func Describe() []string {
	java := "none"
	if out, err := exec.Command("java", "-version").CombinedOutput(); err == nil {
		java = firstLine(string(out))
	}
	return []string{
		fmt.Sprintf("machine: %d cores of %s, %s of memory", runtime.NumCPU(), field("/proc/cpuinfo", "model name"), field("/proc/meminfo", "MemTotal")),
		fmt.Sprintf("system: %s/%s, kernel %s, data in %s", runtime.GOOS, runtime.GOARCH, contents("/proc/sys/kernel/osrelease"), os.TempDir()),
		fmt.Sprintf("hquorum: built with %s, embedded etcd %s, fsync on", runtime.Version(), version.Version),
		fmt.Sprintf("ZooKeeper: %s standalone, -Xmx1g, forceSync on, %s", peer.ZooKeeperVersion, java),
	}
}

// field returns the value of the first line "name : value" of a file.
func field(file, name string) string {
	for line := range strings.Lines(contents(file)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func contents(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSpace(line)
}
