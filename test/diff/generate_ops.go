package diff

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// operation is a request that may be sent together with others.
func (g *generator) operation() wire.Op {
	switch n := g.IntN(100); {
	case n < 26:
		return g.create()
	case n < 34:
		return wire.Op{Code: wire.Delete, Path: g.anyPath(), Version: g.version()}
	case n < 48:
		return wire.Op{Code: wire.SetData, Path: g.anyPath(), Data: g.data(), Version: g.version()}
	case n < 53:
		return wire.Op{Code: wire.SetACL, Path: g.anyPath(), ACL: g.acl(), Version: g.version()}
	case n < 60:
		return g.multi()
	case n < 70:
		return g.watchOp()
	}
	return g.read()
}

func (g *generator) read() wire.Op {
	switch n := g.IntN(100); {
	case n < 20:
		return wire.Op{Code: wire.Exists, Path: g.anyPath(), Watch: g.chance(40)}
	case n < 42:
		return wire.Op{Code: wire.GetData, Path: g.anyPath(), Watch: g.chance(40)}
	case n < 56:
		return wire.Op{Code: wire.GetChildren, Path: g.anyPath(), Watch: g.chance(40)}
	case n < 70:
		return wire.Op{Code: wire.GetChildren2, Path: g.anyPath(), Watch: g.chance(40)}
	case n < 76:
		return wire.Op{Code: wire.GetACL, Path: g.anyPath()}
	case n < 80:
		return wire.Op{Code: wire.Sync, Path: strings.ReplaceAll(g.anyPath(), "😀", "")} // known: beyond U+FFFF
	case n < 84:
		return wire.Op{Code: wire.GetEphemerals, Path: pick(g, []string{"~", "~/", "~/a", "~/e", "/", "", " ", wire.Null, "~/none"})}
	case n < 88:
		return wire.Op{Code: wire.GetAllChildrenNumber, Path: g.anyPath()}
	case n < 90:
		return wire.Op{Code: wire.WhoAmI}
	case n < 92:
		return wire.Op{Code: wire.Ping}
	}
	ops := make([]wire.Op, g.IntN(5))
	for i := range ops {
		ops[i] = wire.Op{Code: pick(g, []wire.OpCode{wire.GetData, wire.GetChildren}), Path: g.anyPath(), Watch: g.chance(10)}
	}
	return wire.Op{Code: wire.MultiRead, Ops: ops}
}

func (g *generator) watchOp() wire.Op {
	mode := func(good ...int32) int32 {
		if g.chance(5) {
			return pick(g, []int32{0, -1, 2, 6, 9, math.MaxInt32})
		}
		return pick(g, good)
	}
	switch n := g.IntN(100); {
	case n < 55:
		return wire.Op{Code: wire.AddWatch, Path: g.anyPath(), Mode: mode(0, 1)}
	case n < 80:
		return wire.Op{Code: wire.RemoveWatches, Path: g.anyPath(), Mode: mode(1, 2, 3, 4, 5)}
	}
	return wire.Op{Code: wire.CheckWatches, Path: g.anyPath(), Mode: mode(1, 2, 3, 4, 5)}
}

// The create modes of ZooKeeper.
const (
	persistent int32 = iota
	ephemeral
	sequential
	ephemeralSequential
	container
	withTTL
	sequentialWithTTL
)

// create is a create whose flags fit its opcode.
func (g *generator) create() wire.Op {
	op := wire.Op{Path: g.anyPath(), Data: g.data(), ACL: g.acl()}
	switch n := g.IntN(100); {
	case n < 75:
		op.Code = pick(g, []wire.OpCode{wire.Create, wire.Create2})
		op.Flags = pick(g, []int32{persistent, persistent, persistent, ephemeral, sequential, ephemeralSequential})
	case n < 87:
		op.Code, op.Flags = wire.CreateContainer, container
	default:
		op.Code, op.Flags = wire.CreateTTL, pick(g, []int32{withTTL, sequentialWithTTL})
		op.TTL = pick(g, []int64{math.MaxInt32, 1<<40 - 1, 1 << 39})
	}
	return g.inside(op)
}

// inside keeps sequential creates from making znodes beside the program's own, whose names depend on other programs.
func (g *generator) inside(op wire.Op) wire.Op {
	if op.Path == "~" && !g.root {
		op.Path = "~/a"
	}
	return op
}

// odd is a request that must be alone in its step: creates with flags that do not fit, bad TTLs, wrong kinds of
// operations in a multi, watches that are set out of turn.
func (g *generator) odd() wire.Op {
	op := g.oddity()
	if op.Path == wire.Null {
		op.Path = "~/a" // known: two mistakes with a null
	}
	return op
}

func (g *generator) oddity() wire.Op {
	switch g.IntN(6) {
	case 0:
		op := g.create()
		op.Code = pick(g, []wire.OpCode{wire.Create, wire.Create2, wire.CreateContainer})
		op.Flags = pick(g, []int32{0, 1, 2, 3, 4, 5, 6, 7, -1, 100, math.MinInt32})
		return op
	case 1:
		op := g.create()
		op.Code, op.Flags = wire.CreateTTL, pick(g, []int32{withTTL, sequentialWithTTL, 7, -1})
		op.TTL = pick(g, []int64{0, -1, 1 << 40, math.MaxInt64, math.MinInt64, 1000000})
		return op
	case 2: // a TTL where the mode has none; a negative one would stop ZooKeeper: see NOTES.md
		op := g.create()
		op.Code, op.Flags = wire.CreateTTL, pick(g, []int32{0, 1, 2, 3, 4})
		op.TTL = pick(g, []int64{0, 1, 1 << 40})
		return op
	case 3:
		op := g.multi()
		for range 1 + g.IntN(2) {
			odd := pick(g, []wire.Op{
				{Code: wire.GetChildren, Path: g.path()},
				{Code: wire.Sync, Path: g.path()},
				{Code: wire.SetACL, Path: g.path(), ACL: open, Version: -1},
				{Code: wire.Create, Path: g.path(), Data: g.data(), ACL: open, Flags: pick(g, []int32{4, 5, 6, 7, -1})},
				{Code: wire.CreateContainer, Path: g.path(), Data: g.data(), ACL: open, Flags: pick(g, []int32{0, 1, 2, 7})},
			})
			at := g.IntN(len(op.Ops) + 1)
			op.Ops = slices.Insert(op.Ops, at, g.inside(odd))
		}
		return op
	case 4:
		op := g.read()
		op = wire.Op{Code: wire.MultiRead, Ops: []wire.Op{op, {Code: wire.GetData, Path: g.path()}}}
		return op
	}
	return g.catchUp(len(g.program.Steps))
}

// harmony is a multi that is likely to succeed.
func (g *generator) harmony() wire.Op {
	var ops []wire.Op
	for range 1 + g.IntN(4) {
		parent := pick(g, []string{"~", "~", "~/a", "~/t"})
		switch g.IntN(5) {
		case 0:
			ops = append(ops, wire.Op{Code: wire.Create2, Path: parent + "/s-", Data: g.data(), ACL: open, Flags: pick(g,
				[]int32{sequential, ephemeralSequential})})
		case 1:
			path := fmt.Sprintf("%s/f%d", parent, g.IntN(1000000))
			ops = append(ops, wire.Op{Code: wire.Create, Path: path, Data: g.data(), ACL: open, Flags: pick(g, []int32{persistent, ephemeral})},
				wire.Op{Code: wire.SetData, Path: path, Data: g.data(), Version: 0}, wire.Op{Code: wire.Delete, Path: path, Version: pick(g,
					[]int32{1, 1, -1, 0})})
		case 2:
			ops = append(ops, wire.Op{Code: wire.SetData, Path: parent, Data: g.data(), Version: -1})
		case 3:
			ops = append(ops, wire.Op{Code: wire.Check, Path: parent, Version: -1})
		case 4:
			op := g.create()
			op.Path, op.ACL = parent+"/s-", open
			ops = append(ops, op)
		}
	}
	return wire.Op{Code: wire.Multi, Ops: ops}
}

// multi is a multi of up to six operations that may fail at any of them.
func (g *generator) multi() wire.Op {
	if g.chance(40) {
		return g.harmony()
	}
	ops := make([]wire.Op, g.IntN(7))
	for i := range ops {
		path := g.path()
		if g.chance(4) {
			path = g.badPath()
		}
		if i > 0 && g.chance(40) {
			path = ops[g.IntN(i)].Path // the same znode again, or a child of it
			if g.chance(30) {
				path += "/b"
			}
		}
		switch n := g.IntN(100); {
		case n < 45:
			ops[i] = g.create()
			ops[i].Path = path
			ops[i] = g.inside(ops[i])
		case n < 65:
			ops[i] = wire.Op{Code: wire.Delete, Path: path, Version: g.version()}
		case n < 85:
			ops[i] = wire.Op{Code: wire.SetData, Path: path, Data: g.data(), Version: g.version()}
		default:
			ops[i] = wire.Op{Code: wire.Check, Path: path, Version: g.version()}
		}
	}
	return wire.Op{Code: wire.Multi, Ops: ops}
}

func (g *generator) version() int32 {
	if g.chance(65) {
		return -1
	}
	return pick(g, []int32{0, 0, 0, 1, 1, 2, 3, -2, math.MaxInt32, math.MinInt32})
}

func (g *generator) data() []byte {
	switch n := g.IntN(100); {
	case n < 15:
		return nil
	case n < 30:
		return []byte{}
	case n < 97:
		return []byte{byte('a' + g.IntN(26)), byte('a' + g.IntN(26))}
	}
	return make([]byte, 1<<g.IntN(15))
}
