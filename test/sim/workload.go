package sim

import (
	"fmt"
	"math/rand/v2"

	"github.com/hquorum/hquorum/test/wire"
)

// few paths, so that clients get into each other's way.
var (
	parents = []string{"/a", "/b", "/a/x", "/c"}
	paths   = []string{"/a", "/b", "/c", "/a/x", "/a/y", "/b/x", "/b/y", "/a/x/p", "/a/x/q", "/c/x"}
)

var openACL = []wire.ACL{{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}}

// workload makes up requests.
type workload struct {
	rng    *rand.Rand
	number int
	digest string // an id that some clients prove
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// data is never the same twice, so that one can tell who has written it.
func (g *workload) data(client string) []byte {
	g.number++
	return fmt.Appendf(nil, "%s-%d", client, g.number)
}

// first is data, or null, or empty, for a new znode.
func (g *workload) first(client string) []byte {
	switch data := g.data(client); g.rng.IntN(20) {
	case 0:
		return nil
	case 1:
		return []byte{}
	default:
		return data
	}
}

func (g *workload) acl() []wire.ACL {
	switch g.rng.IntN(24) {
	case 0:
		return []wire.ACL{{Perms: wire.PermAll, Scheme: "digest", ID: g.digest}}
	case 1:
		return []wire.ACL{{Perms: wire.PermAll &^ wire.PermRead, Scheme: "world", ID: "anyone"}, {Perms: wire.PermAll, Scheme: "digest", ID: g.digest}}
	case 2:
		return []wire.ACL{{Perms: wire.PermAll &^ wire.PermWrite, Scheme: "world", ID: "anyone"}}
	}
	return openACL
}

// version is any, mostly, or the one that the client has seen.
func (g *workload) version(c *client, path string) int32 {
	if v, ok := c.versions[path]; ok && g.rng.IntN(3) == 0 {
		return v
	}
	return -1
}

// next returns a request that c could send. c.mu is held.
func (g *workload) next(c *client) wire.Op {
	p := pick(g.rng, paths)
	watched := g.rng.IntN(2) == 0
	switch n := g.rng.IntN(100); {
	case n < 24:
		return g.create(c)
	case n < 34:
		return wire.Op{Code: wire.Delete, Path: p, Version: g.version(c, p)}
	case n < 46:
		return wire.Op{Code: wire.SetData, Path: p, Data: g.data(c.name), Version: g.version(c, p)}
	case n < 48:
		return wire.Op{Code: wire.SetACL, Path: p, ACL: g.acl(), Version: -1}
	case n < 56:
		return g.multi(c)
	case n < 64:
		return wire.Op{Code: wire.GetData, Path: p, Watch: watched}
	case n < 71:
		return wire.Op{Code: wire.Exists, Path: p, Watch: watched}
	case n < 75:
		return wire.Op{Code: wire.GetChildren, Path: pick(g.rng, append(parents, "/")), Watch: watched}
	case n < 80:
		return wire.Op{Code: wire.GetChildren2, Path: pick(g.rng, append(parents, "/")), Watch: watched}
	case n < 82:
		return wire.Op{Code: wire.GetACL, Path: p}
	case n < 84:
		return wire.Op{Code: wire.GetEphemerals, Path: "/"}
	case n < 85:
		return wire.Op{Code: wire.GetAllChildrenNumber, Path: pick(g.rng, []string{"/", "/a", "/b"})}
	case n < 90:
		return wire.Op{Code: wire.AddWatch, Path: p, Mode: int32(g.rng.IntN(2))}
	case n < 92:
		return wire.Op{Code: wire.RemoveWatches, Path: p, Mode: int32(1 + g.rng.IntN(5))}
	case n < 93:
		return wire.Op{Code: wire.CheckWatches, Path: p, Mode: int32(1 + g.rng.IntN(5))}
	case n < 95:
		return wire.Op{Code: wire.MultiRead, Ops: []wire.Op{{Code: wire.GetData, Path: p}, {Code: wire.GetChildren, Path: pick(g.rng, parents)}}}
	}
	return wire.Op{Code: wire.Sync, Path: "/"}
}

func (g *workload) create(c *client) wire.Op {
	op := wire.Op{Code: wire.Create, Path: pick(g.rng, paths), Data: g.first(c.name), ACL: g.acl()}
	switch n := g.rng.IntN(20); {
	case n < 7:
	case n < 11:
		op.Flags = 1 // ephemeral
	case n < 13:
		op.Path, op.Flags = pick(g.rng, parents)+"/s-", 2
	case n < 17:
		op.Path, op.Flags = pick(g.rng, parents)+"/e-", 3
	case n < 18:
		op.Code, op.Flags = wire.CreateContainer, 4
	default:
		op.Code, op.Flags, op.TTL = wire.CreateTTL, 5, 500+int64(g.rng.IntN(4000))
	}
	if op.Code == wire.Create && g.rng.IntN(2) == 0 {
		op.Code = wire.Create2
	}
	return op
}

func (g *workload) multi(c *client) wire.Op {
	op := wire.Op{Code: wire.Multi}
	for range 1 + g.rng.IntN(4) {
		p := pick(g.rng, paths)
		switch g.rng.IntN(6) {
		case 0, 1:
			sub := g.create(c)
			if sub.Code == wire.CreateContainer {
				sub.Code = wire.Create
				sub.Flags = 0
			}
			op.Ops = append(op.Ops, sub)
		case 2:
			op.Ops = append(op.Ops, wire.Op{Code: wire.Delete, Path: p, Version: g.version(c, p)})
		case 3:
			op.Ops = append(op.Ops, wire.Op{Code: wire.SetData, Path: p, Data: g.data(c.name), Version: g.version(c, p)})
		case 4:
			op.Ops = append(op.Ops, wire.Op{Code: wire.Check, Path: p, Version: g.version(c, p)})
		case 5: // made and gone within one transaction, as HBase does
			op.Ops = append(op.Ops, wire.Op{Code: wire.Create, Path: p, Data: g.data(c.name), ACL: openACL}, wire.Op{Code: wire.Delete, Path: p, Version: -1})
		}
	}
	return op
}
