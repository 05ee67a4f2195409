package record

import "github.com/hquorum/hquorum/shim/znode"

// Born is a znode that every tree has from the start.
type Born struct {
	Path znode.Path
	Node Node
	// Counter is nil for a znode without children.
	Counter *Counter
}

// Birth returns the znodes of an empty tree, parents first, as ZooKeeper makes
// them (class DataTree): zxids and times 0, no creates counted, and
// /zookeeper/config for everybody to read and nobody to write, its aversion -1.
func Birth() []Born {
	open := Node{Data: []byte{}, ACL: znode.OpenACL}
	return []Born{
		{Path: znode.Root, Node: open, Counter: &Counter{Children: 1}},
		{Path: znode.ZooKeeper, Node: open, Counter: &Counter{Children: 2}},
		{Path: znode.Quota, Node: open},
		{Path: znode.Config, Node: Node{Data: []byte{}, ACL: znode.ReadACL, Aversion: -1}},
	}
}
