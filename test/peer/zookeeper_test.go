package peer_test

import (
	"context"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/test/peer"
)

func TestZooKeeperKeepsDataAndAddressOverKill(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a JVM")
	}
	t.Parallel()
	server, err := peer.StartZooKeeper(context.Background(), peer.ZooKeeperOptions{TickTime: 200 * time.Millisecond, Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	client, events, err := zk.Connect([]string{server.Addr()}, 4*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	go func() {
		for range events {
		}
	}()
	if _, err := client.Create("/kept", []byte("v"), zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	first := server.Pid()
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if server.Pid() == first {
		t.Error("Restart did not start a new process")
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		data, _, err := client.Get("/kept")
		if err == nil && string(data) == "v" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the ephemeral did not survive kill -9 and restart: %q, %v", data, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
