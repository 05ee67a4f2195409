package shim_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store/mem"
)

// A program can hold the server and its clients: here a stock ZooKeeper client
// that connects without a socket. A real one takes a store of package store/etcd
// instead of one in memory.
func Example() {
	ctx := context.Background()
	server, err := shim.New(ctx, shim.Config{}, mem.New())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	dial := func(_, _ string, _ time.Duration) (net.Conn, error) { return server.Dial(ctx) }
	client, _, err := zk.Connect([]string{"127.0.0.1"}, 10*time.Second, zk.WithDialer(dial), zk.WithLogInfo(false))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	if _, err := client.Create("/greeting", []byte("hello"), 0, zk.WorldACL(zk.PermAll)); err != nil {
		fmt.Println(err)
		return
	}
	data, stat, err := client.Get("/greeting")
	fmt.Println(string(data), stat.Version, err)
	// Output: hello 0 <nil>
}
