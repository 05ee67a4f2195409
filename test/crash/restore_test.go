package crash

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/test/peer"
)

// TestRestoredBackupRaisesZxids puts an etcd back to an earlier snapshot, with
// its name and URLs as they were, and checks that no client sees time go back.
func TestRestoredBackupRaisesZxids(t *testing.T) {
	ctx := t.Context()
	etcd, err := peer.StartEtcd(ctx, peer.EtcdOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := etcd.Stop(); err != nil {
			t.Error(err)
		}
	}()
	quorum, err := peer.StartHquorum(ctx, peer.HquorumOptions{EtcdEndpoints: []string{etcd.Endpoint()}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := quorum.Stop(); err != nil {
			t.Error(err)
		}
	}()

	client := connect(t, quorum.Addr())
	create := func(path string) {
		t.Helper()
		if _, err := client.Create(path, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	create("/before")
	snapshot := filepath.Join(t.TempDir(), "snapshot")
	if err := etcd.Snapshot(ctx, snapshot); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/after", "/after/1", "/after/2"} {
		create(path)
	}
	_, last, err := client.Exists("/after/2")
	if err != nil {
		t.Fatal(err)
	}

	if err := quorum.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := etcd.Restore(ctx, snapshot); err != nil {
		t.Fatal(err)
	}
	if err := etcd.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := quorum.Restart(); err != nil {
		t.Fatal(err)
	}

	// The same client, which has seen a zxid that the restored etcd never had.
	ok, _, err := client.Exists("/after")
	if err != nil || ok {
		t.Errorf("/after is in the restored tree: %v, %v", ok, err)
	}
	create("/since")
	_, stat, err := client.Exists("/since")
	if err != nil {
		t.Fatal(err)
	}
	if stat.Czxid <= last.Czxid {
		t.Errorf("zxid %#x was followed by %#x", last.Czxid, stat.Czxid)
	}
	if log := quorum.LogTail(100); !strings.Contains(log, "zxids are raised") {
		t.Errorf("the server does not say that it raised zxids:\n%s", log)
	}
}
