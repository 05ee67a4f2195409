// Command embed runs hquorum inside a Go program: an embedded etcd, the server
// on a port of its own choice, and a client of the ordinary go-zookeeper
// library that talks to it, once over the port and once without a socket.
//
//	go run ./examples/embed
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/backend"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/store/etcd"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "hquorum-embed-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	// The etcd: here inside this process; backend.External uses one that runs.
	etcdServer, err := backend.Embedded(ctx, backend.EmbeddedConfig{Dir: dir, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, etcdServer.Close()) }()
	store, err := etcd.New(etcdServer.Conn, etcd.Options{Prefix: "/hquorum/", ID: "embed"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	// The quorum.
	server, err := shim.New(ctx, shim.Config{Log: zerolog.Nop()}, store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	// A client over the port, as HBase is one.
	address := listener.Addr().String()
	fmt.Println("quorum:", address)
	remote, _, err := zk.Connect([]string{address}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		return err
	}
	defer remote.Close()
	if _, err := remote.Create("/greeting", []byte("hello"), zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		return err
	}

	// A client inside this process.
	local, _, err := zk.Connect([]string{"in-process:0"}, 10*time.Second, zk.WithLogInfo(false), zk.WithHostProvider(&inProcess{}),
		zk.WithDialer(func(string, string, time.Duration) (net.Conn, error) { return server.Dial(ctx) }))
	if err != nil {
		return err
	}
	defer local.Close()
	data, stat, gone, err := local.GetW("/greeting")
	if err != nil {
		return err
	}
	fmt.Printf("/greeting: %s, by session 0x%x\n", data, stat.EphemeralOwner)

	remote.Close() // its ephemerals go with it, and the watch tells
	fmt.Println("event:", (<-gone).Type)

	local.Close() // or it would dial for ever
	if err := server.Drain(ctx); err != nil {
		return err
	}
	return <-served
}

// inProcess is a host provider that resolves nothing.
type inProcess struct{}

func (*inProcess) Init([]string) error               { return nil }
func (*inProcess) Len() int                          { return 1 }
func (*inProcess) Next() (server string, retry bool) { return "in-process", false }
func (*inProcess) Connected()                        {}
