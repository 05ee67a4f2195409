package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/test/peer"
)

// startQuorum builds and starts an hquorum that is the demo's own.
func (d *demo) startQuorum(ctx context.Context) (err error) {
	d.server, err = peer.StartHquorum(ctx, peer.HquorumOptions{Dir: filepath.Join(d.dir, "hquorum"), Admin: true, Progress: d.progress})
	if err != nil {
		return err
	}
	d.quorum, d.parent = d.server.Addr(), "/hbase"
	d.say("hquorum serves ZooKeeper's protocol on %s, its state is in an embedded etcd", d.quorum)
	return nil
}

// checkQuorum takes the quorum that somebody else runs.
func (d *demo) checkQuorum() error {
	if _, _, err := net.SplitHostPort(d.quorum); err != nil {
		return fmt.Errorf("--quorum %s: want host:port: %w", d.quorum, err)
	}
	if _, err := peer.FourLetters(d.quorum, "srvr"); err != nil {
		return fmt.Errorf("--quorum %s: nothing answers there: %w", d.quorum, err)
	}
	d.parent = "/hbase-demo-" + strconv.FormatInt(d.begun.Unix(), 36) // never the znodes of another cluster
	d.say("using the quorum at %s", d.quorum)
	return nil
}

// removeZnodes leaves somebody else's quorum as it was.
func (d *demo) removeZnodes() error {
	client, _, err := zk.Connect([]string{d.quorum}, 10*time.Second, zk.WithLogInfo(false), zk.WithEventCallback(func(zk.Event) {}))
	if err != nil {
		return err
	}
	defer client.Close()
	return removeTree(client, d.parent)
}

func removeTree(client *zk.Conn, path string) error {
	children, _, err := client.Children(path)
	if err != nil && !errors.Is(err, zk.ErrNoNode) {
		return fmt.Errorf("remove %s from the quorum: %w", path, err)
	}
	for _, child := range children {
		if err := removeTree(client, path+"/"+child); err != nil {
			return err
		}
	}
	if err := client.Delete(path, -1); err != nil && !errors.Is(err, zk.ErrNoNode) {
		return fmt.Errorf("remove %s from the quorum: %w", path, err)
	}
	return nil
}
