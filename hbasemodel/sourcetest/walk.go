package sourcetest

import (
	"errors"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel"
)

// Walk reads all from root downwards, which should not change meanwhile. A root
// that does not exist is no error.
func Walk(client *zk.Conn, root string, tree map[string]hbasemodel.Znode) error {
	data, stat, err := client.Get(root)
	if errors.Is(err, zk.ErrNoNode) {
		return nil
	}
	if err != nil {
		return err
	}
	tree[root] = hbasemodel.Znode{
		Path: root, Data: data,
		Stat: hbasemodel.Stat{
			Czxid: stat.Czxid, Mzxid: stat.Mzxid,
			Ctime: time.UnixMilli(stat.Ctime), Mtime: time.UnixMilli(stat.Mtime),
			Version: stat.Version, EphemeralOwner: stat.EphemeralOwner, NumChildren: stat.NumChildren,
		},
	}
	children, _, err := client.Children(root)
	if err != nil && !errors.Is(err, zk.ErrNoNode) {
		return err
	}
	for _, name := range children {
		child := root + "/" + name
		if root == "/" {
			child = root + name
		}
		if err := Walk(client, child, tree); err != nil {
			return err
		}
	}
	return nil
}
