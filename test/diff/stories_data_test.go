package diff

import (
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

func dataStories() []story {
	withData := func(path string, data []byte) wire.Op {
		return wire.Op{Code: wire.Create2, Path: path, Data: data, ACL: open}
	}
	setNull := func(path string) wire.Op { return wire.Op{Code: wire.SetData, Path: path, Version: -1} }
	all := func(path string) []wire.Op {
		return []wire.Op{exists(path), get(path), children(path), children2(path), getACL(path), count(path), syncAt(path)}
	}
	return []story{
		{name: "create, read, change, delete", steps: steps(
			join("ann"), each("ann", all("~/a")...), each("ann", create("~/a", "one")), each("ann", all("~/a")...),
			each("ann", set("~/a", "two", 0), set("~/a", "three", 0), set("~/a", "four", -1), get("~/a")),
			each("ann", create2("~/a/b", "x"), create("~/a/c", "y"), children("~/a"), exists("~/a"), count("~/a"), count("~")),
			each("ann", del("~/a", -1), del("~/a/b", 5), del("~/a/b", 0), exists("~/a"), del("~/a/c", -1), exists("~/a"), del("~/a", 2)),
			each("ann", all("~/a")...), each("ann", exists("~")),
		)},
		{name: "null and empty data stay apart", steps: steps(
			join("ann"),
			each(
				"ann", withData("~/null", nil), get("~/null"), withData("~/empty", []byte{}), get("~/empty"), withData("~/zero", []byte{0}),
				get("~/zero"),
			),
			each("ann", setNull("~/empty"), get("~/empty"), set("~/null", "", -1), get("~/null"), exists("~/null")),
			each("ann", multi(withData("~/m", nil), setNull("~/zero")), get("~/m"), get("~/zero"), multiRead(get("~/m"), get("~/null"))),
		)},
		{name: "a parent's stat follows its children", steps: steps(
			join("ann"), each("ann", create("~/p", "")),
			each(
				"ann", create("~/p/1", ""), exists("~/p"), create("~/p/2", "", ephemeral), exists("~/p"), set("~/p/1", "x", -1),
				exists("~/p"),
			),
			each(
				"ann", setACL("~/p/1", -1, world(wire.PermAll)), exists("~/p"), del("~/p/2", -1), exists("~/p"), create("~/p/2", ""),
				exists("~/p"),
			),
			each("ann", create("~/p/1/deep", ""), exists("~/p"), exists("~/p/1"), del("~/p/1/deep", -1), exists("~/p"), exists("~/p/1")),
		)},
		{name: "a node that comes again starts anew", steps: steps(
			join("ann"),
			each(
				"ann", create2("~/a", "1"), set("~/a", "2", 0), setACL("~/a", 0, world(wire.PermAll)), create("~/a/c", ""), del("~/a/c", 0),
				exists("~/a"), del("~/a", 1), create2("~/a", "3"), exists("~/a"), children2("~/a"), getACL("~/a"),
			),
		)},
		{name: "versions as locks", steps: steps(
			join("ann", "bob"), do("ann", create("~/lock", "free")), do("ann", get("~/lock")), do("bob", get("~/lock")),
			do("bob", set("~/lock", "bob", 0)), do("ann", set("~/lock", "ann", 0)), do("ann", get("~/lock")), do("ann", del("~/lock", 0)),
			do("ann", set("~/lock", "ann", 1)), do("bob", set("~/lock", "bob", 1)), do("ann", del("~/lock", 2)),
			do("ann", set("~/lock", "x", -2)), do("ann", create("~/lock", "")), do("ann", set("~/lock", "x", -2)),
			do("ann", del("~/lock", -2)),
		)},
		{name: "names that HBase and others use", steps: steps(
			join("ann"),
			each(
				"ann", create("~/WALs%2Chost%3A16020", "x"), create("~/host,16020,1700000000000", "x"),
				create("~/"+strings.Repeat("n", 400), "x"), create("~/a b", "x"), create("~/a=b&c?d#e", "x"), create("~/日本", "x"),
				create("~/日本/語", "x"), create("~/Ünï", "x"), create("~/zookeeper", "x"), create("~/.hidden", "x"), create("~/..two", "x"),
				create("~/three...", "x"), create("~/\u0020", "x"), create("~/\u00a0", "x"), create("~/%00", "x"),
			),
			each("ann", children("~"), count("~"), children("~/日本"), get("~/host,16020,1700000000000")),
		)},
		{name: "paths that cannot be", steps: steps(join("ann"), each("ann", create("~/a", "")), badPathSteps())},
		{name: "deep and wide", steps: steps(
			join("ann"), each("ann", deep()...), each("ann", count("~"), children("~/d/d/d/d"), del("~/d/d", -1)), do("ann", wide(50)...),
			each("ann", children("~"), children2("~"), count("~")),
		)},
		{name: "large data", steps: steps(
			join("ann"),
			each(
				"ann", create2("~/big", strings.Repeat("x", 1_000_000)), get("~/big"), exists("~/big"),
				set("~/big", strings.Repeat("y", 900_000), 0), get("~/big"),
			),
		)},
		{name: "pipelined writes and reads see each other", steps: steps(
			join("ann"),
			do(
				"ann", create("~/a", "0"), get("~/a"), set("~/a", "1", 0), get("~/a"), set("~/a", "2", 0), set("~/a", "2", 1),
				exists("~/a"), create("~/a/b", ""), del("~/a", -1), children2("~/a"), del("~/a/b", -1), del("~/a", -1), get("~/a"),
				create2("~/a", "again"), get("~/a"),
			),
			do(
				"ann", create("~/q", "", sequential), create("~/q", "", sequential), children("~"), create("~/q", "", ephemeralSequential),
				children2("~"),
			),
			do("ann", wire.Op{Code: wire.Ping}, create("~/z", ""), wire.Op{Code: wire.Ping}, exists("~/z"), wire.Op{Code: wire.Ping}),
		)},
	}
}

// badPathSteps tries every kind of request on paths that are wrong or unusual.
func badPathSteps() (list []Step) {
	for _, path := range badPaths {
		list = append(list, each("ann",
			exists(path), get(path), children(path), children2(path), getACL(path), count(path), syncAt(strings.ReplaceAll(path, "😀", "")), set(path, "x", -1), del(path, -1),
			setACL(path, -1, world(wire.PermAll)), watched(exists(path)), addWatch(path, persistentWatch), addWatch(path, recursiveWatch),
			checkWatches(path, anyType), removeWatches(path, anyType), ephemerals(path),
			create(path, "x"), create2(path, "x", sequential), create(path, "x", ephemeralSequential), createContainer(path), createTTL(path, 1000000, withTTL),
			multi(check(path, -1)), multi(create(path+"m", "x"), set(path, "y", -1)), multi(del(path, -1)), multiRead(get(path), children(path)), get(path),
		)...)
	}
	return list
}

func deep() (ops []wire.Op) {
	path := "~"
	for range 30 {
		path += "/d"
		ops = append(ops, create(path, ""))
	}
	return ops
}

func wide(n int) (ops []wire.Op) {
	for range n {
		ops = append(ops, create("~/w-", "", sequential))
	}
	return ops
}
