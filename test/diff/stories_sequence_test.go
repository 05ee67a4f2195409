package diff

import (
	"math"

	"github.com/hquorum/hquorum/test/wire"
)

func sequenceStories() []story {
	var modes []wire.Op
	for _, code := range []wire.OpCode{wire.Create, wire.Create2, wire.CreateContainer} {
		for _, flags := range []int32{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1 << 30} {
			modes = append(modes, wire.Op{Code: code, Path: "~/m", Data: []byte("x"), ACL: open, Flags: flags},
				exists("~/m"), create("~/m/child", ""), del("~/m/child", -1), del("~/m", -1), children2("~"))
		}
	}
	var ttls []wire.Op
	for _, flags := range []int32{0, 1, 2, 3, 4, 5, 6, 7, -1} {
		for _, ttl := range []int64{math.MinInt64, -2, -1, 0, 1, 1000000, 1<<40 - 1, 1 << 40, math.MaxInt64} {
			if flags >= 0 && flags <= 4 && ttl < 0 {
				continue // stops ZooKeeper: see NOTES.md
			}
			ttls = append(ttls, createTTL("~/t", ttl, flags), multi(createTTL("~/u", ttl, flags)), exists("~/t"), children("~"), del("~/t", -1), del("~/u", -1))
		}
	}
	return []story{
		{name: "sequence numbers count creates", steps: steps(
			join("ann", "bob"),
			each(
				"ann", create("~/s-", "", sequential), create("~/s-", "", ephemeralSequential), create2("~/s-", "", sequential),
				create("~/plain", ""),
			),
			do("bob", create("~/s-", "", sequential)), do("ann", del("~/plain", -1)), do("ann", create("~/other", "", sequential)),
			each(
				"ann", create("~/plain", "", sequential), create("~/", "", sequential), children("~"),
				createTTL("~/t-", 1000000, sequentialWithTTL), create("~/s-", "", sequential),
			),
			each("ann", create("~/s-0000000009", ""), create("~/s-", "", sequential), create("~/s-", "", sequential), children2("~")),
		)},
		{name: "a failed create takes no sequence number", steps: steps(
			join("ann"),
			each(
				"ann", create("~/s-", "", sequential), create("~/s-0000000000", ""), multi(create("~/s-", "", sequential), check("~", 99)),
				createACL("~/s-"), create("~/s-", "", sequential),
			),
		)},
		{name: "create modes by opcode", steps: steps(join("ann"), each("ann", modes...))},
		{name: "ttl values by mode", steps: steps(join("ann"), each("ann", ttls...))},
		{name: "ephemerals have no children", steps: steps(
			join("ann", "bob"), do("ann", create2("~/e", "", ephemeral)), do("bob", create("~/e/c", "")),
			do("ann", create("~/e/c", "", ephemeral)), do("ann", create("~/e/c", "", sequential)), do("ann", createContainer("~/e/c")),
			do("ann", createTTL("~/e/c", 1000000, withTTL)), do("bob", multi(create("~/e/c", ""))), do("bob", exists("~/e")),
			do("bob", set("~/e", "by bob", 0)), do("bob", del("~/e", 1)), do("bob", create("~/e", "", ephemeral)), do("ann", exists("~/e")),
		)},
		{name: "containers and TTL nodes may have any children", steps: steps(
			join("ann"),
			each(
				"ann", createContainer("~/c"), exists("~/c"), create("~/c/k", "", ephemeral), createContainer("~/c/c"),
				createTTL("~/c/t", 1000000, withTTL), createTTL("~/t", 1000000, withTTL), exists("~/t"), create("~/t/k", ""),
				children2("~/c"), children2("~/t"), del("~/c", -1), set("~/c", "x", 0), set("~/t", "x", 0), exists("~/t"),
			),
		)},
		{name: "ephemerals of a session", steps: steps(
			join("ann", "bob"),
			each(
				"ann", ephemerals("/"), create("~/a", ""), create("~/a/e", "", ephemeral), create("~/e", "", ephemeral),
				create("~/es-", "", ephemeralSequential),
			),
			do("bob", create("~/b", "", ephemeral)),
			each(
				"ann", ephemerals("/"), ephemerals(""), ephemerals(" "), ephemerals(wire.Null), ephemerals("~"), ephemerals("~/a"),
				ephemerals("~/e"), ephemerals("~/x"), ephemerals("~/a/"), ephemerals("e"),
			),
			do("bob", ephemerals("/")), do("bob", del("~/e", -1)), do("ann", ephemerals("/")),
		)},
	}
}
