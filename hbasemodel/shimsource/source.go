package shimsource

import (
	"context"
	"time"

	"github.com/hquorum/hquorum/hbasemodel"
	"github.com/hquorum/hquorum/hbasemodel/root"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// Source is an hbasemodel.Source.
type Source struct {
	server *shim.Server
	scope  shim.TreeScope
}

var _ hbasemodel.Source = (*Source)(nil)

// New returns a source that tells all below roots, which need not exist yet.
// Without roots it tells every child of / that is the root of a cluster
// (root.Marked), from when it is until it is deleted. The error is root.Clean's.
func New(server *shim.Server, roots ...string) (*Source, error) {
	clean, err := root.Clean(roots)
	if err != nil {
		return nil, err
	}
	s := &Source{server: server, scope: shim.TreeScope{Choose: root.Marked}}
	for _, r := range clean {
		s.scope.Roots = append(s.scope.Roots, znode.Path(r))
	}
	return s, nil
}

// Follow implements hbasemodel.Source. It returns ctx's error, or that the
// server was closed.
func (s *Source) Follow(ctx context.Context, sink hbasemodel.Sink) error {
	return s.server.FollowTree(ctx, s.scope, translator{sink})
}

// translator tells an hbasemodel.Sink what a shim.TreeSink is told.
type translator struct{ hbasemodel.Sink }

func (t translator) Put(path znode.Path, n *tree.Node) {
	stat := n.Stat()
	t.Sink.Put(hbasemodel.Znode{
		Path: string(path), Data: n.Data,
		Stat: hbasemodel.Stat{
			Czxid: int64(stat.Czxid), Mzxid: int64(stat.Mzxid),
			Ctime: time.UnixMilli(stat.Ctime), Mtime: time.UnixMilli(stat.Mtime),
			Version: stat.Version, EphemeralOwner: int64(stat.EphemeralOwner), NumChildren: stat.NumChildren,
		},
	})
}

func (t translator) Delete(path znode.Path, zxid znode.Zxid) {
	t.Sink.Delete(string(path), int64(zxid))
}

func (t translator) Ready(zxid znode.Zxid, at time.Time) { t.Sink.Ready(int64(zxid), at) }
