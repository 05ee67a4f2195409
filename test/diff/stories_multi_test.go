package diff

import (
	"math"

	"github.com/hquorum/hquorum/test/wire"
)

func multiStories() []story {
	return []story{
		{name: "every operation in a multi", steps: steps(
			join("ann", "bob"), each("bob", addWatch("~", recursiveWatch), watched(children("~"))),
			do(
				"ann",
				multi(
					create("~/a", "1"), create2("~/b", "2", ephemeral), createContainer("~/c"), createTTL("~/t", 1000000, withTTL),
					create("~/s-", "", sequential), create2("~/s-", "", ephemeralSequential), createTTL("~/s-", 1000000, sequentialWithTTL),
					set("~/a", "3", 0), check("~/a", 1), check("~/b", 0), create("~/a/kid", ""), del("~/a/kid", 0), del("~/c", -1),
				),
			),
			each("ann", children2("~"), get("~/a"), get("~/b"), exists("~/t"), ephemerals("/")),
		)},
		{name: "empty multi", steps: steps(
			join("ann"), do("ann", multi()), do("ann", multiRead()), do("ann", multi(), multiRead(), multi(), exists("~")),
		)},
		{name: "create and delete of one node in one multi", steps: steps(
			join("ann", "bob"), do("ann", create("~/rs", "")), do("ann", get("~/rs")),
			do("bob", watched(children("~/rs")), watched(get("~/rs")), watched(exists("~/rs/claim"))),
			do("bob", addWatch("~/rs", recursiveWatch)), do("ann", multi(create("~/rs/claim", ""), del("~/rs/claim", -1))),
			do("ann", get("~/rs")), do("ann", exists("~/rs/claim")),
			do(
				"ann",
				multi(
					create("~/rs/claim", ""), del("~/rs/claim", 0), create("~/rs/claim", "2"), set("~/rs/claim", "3", 0),
					del("~/rs/claim", 1), create2("~/rs/claim", "4"),
				),
			),
			do("ann", get("~/rs")), do("ann", get("~/rs/claim")),
			do("ann", multi(del("~/rs/claim", 0), create2("~/rs/claim", "5"), check("~/rs/claim", 0))), do("ann", get("~/rs/claim")),
			do("ann", exists("~/rs")), do("ann", multi(del("~/rs/claim", -1), del("~/rs", -1))), do("ann", exists("~")),
		)},
		{name: "parent and child in one multi", steps: steps(
			join("ann"),
			each(
				"ann", multi(create("~/p", ""), create("~/p/c", ""), create2("~/p/c/d", "")), multi(del("~/p", -1), del("~/p/c", -1)),
				multi(del("~/p/c/d", -1), del("~/p/c", -1), del("~/p", -1)), children2("~"), multi(create("~/p/c", ""), create("~/p", "")),
				multi(create("~/e", "", ephemeral), create("~/e/c", "")), exists("~/e"),
			),
		)},
		{name: "a failed multi leaves no trace", steps: steps(
			join("ann", "bob"),
			each("bob", addWatch("~", recursiveWatch), watched(children("~")), watched(exists("~/a")), watched(get("~"))),
			each(
				"ann", multi(create("~/a", ""), set("~", "x", -1), create("~/s-", "", sequential), check("~", 0)), exists("~"),
				children("~"), create("~/s-", "", sequential), multi(create("~/a", ""), del("~/a", 9)), exists("~/a"),
				multi(del("~/s-0000000000", -1), check("~/s-0000000000", -1)), exists("~/s-0000000000"),
			),
		)},
		{name: "pipelined multis", steps: steps(
			join("ann"),
			do(
				"ann", create("~/a", ""), multi(set("~/a", "1", 0), create("~/b", "")), multi(set("~/a", "2", 0), create("~/c", "")),
				get("~/a"), multi(check("~/a", 1), del("~/b", 0)), create("~/b", ""), children2("~"),
				multi(create("~/s-", "", sequential), check("~", 9)), create("~/s-", "", sequential),
				multi(del("~/b", -1), check("~/b", -1)), exists("~/b"),
			),
		)},
		{name: "multi with what it cannot hold", steps: steps(
			join("ann"), each("ann", create("~/a", "")),
			each(
				"ann", multi(syncAt("~/a")), multi(setACL("~/a", -1, world(31))), multi(exists("~/a")),
				multi(create("~/b", ""), wire.Op{Code: 99}), multi(create("~/b", "", 7)), multi(create("~/b", "", -1)),
				multi(wire.Op{Code: wire.DeleteContainer, Path: "~/a"}), multi(wire.Op{Code: wire.CloseSession}),
				multi(wire.Op{Code: wire.ErrorResult, Raw: []byte{0, 0, 0, 0}}), multi(multi(create("~/b", ""))), children("~"),
				multi(create(wire.Null, "")), multi(del(wire.Null, -1)), multi(check("~", 0), create("~/n", "")),
				multi(createContainer("~/cc")), multi(wire.Op{Code: wire.CreateContainer, Path: "~/c0", ACL: open}), children("~"),
			),
		)},
		{name: "multiRead", steps: steps(
			join("ann"),
			each(
				"ann", create("~/a", "x"), create("~/a/b", ""), createACL("~/shut", world(wire.PermAdmin)),
				wire.Op{Code: wire.Create, Path: "~/null", ACL: open},
			),
			each(
				"ann",
				multiRead(
					get("~/a"), children("~/a"), get("~/none"), children("~/none"), get("~/shut"), children("~/shut"), get("~/a/b"),
					get("~/null"),
				),
				multiRead(watched(get("~/a")), watched(children("~/a"))), set("~/a", "y", -1), create("~/a/c", ""),
				multiRead(exists("~/a")), multiRead(children2("~/a")), multiRead(get("~/a"), set("~/a", "z", -1)),
				multiRead(create("~/z", "")), multiRead(get(wire.Null)), multiRead(get("~/a"), wire.Op{Code: 77}),
				multi(check("~/a", 1), set("~/a", "q", math.MaxInt32)), get("~/a"),
			),
		)},
	}
}
