package peer_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/test/peer"
)

func TestEtcdKeepsDataOverKill(t *testing.T) {
	if testing.Short() {
		t.Skip("builds etcd")
	}
	t.Parallel()
	progress := func(line string) { t.Log(line) }
	member, err := peer.StartEtcd(context.Background(), peer.EtcdOptions{Progress: progress})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := member.Stop(); err != nil {
			t.Error(err)
		}
	})
	ctl, err := peer.EtcdTool(context.Background(), "etcdctl", progress)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		out, err := exec.Command(ctl, append([]string{"--endpoints", member.Endpoint()}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("etcdctl %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("put", "/k", "v")
	if err := member.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := member.Restart(); err != nil {
		t.Fatal(err)
	}
	if got := run("get", "/k", "--print-value-only"); got != "v" {
		t.Errorf("get after kill -9 and restart = %q, want %q", got, "v")
	}
}
