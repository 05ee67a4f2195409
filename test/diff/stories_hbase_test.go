package diff

import (
	"github.com/hquorum/hquorum/test/wire"
)

// hbaseStories are the ways in which HBase uses its quorum.
func hbaseStories() []story {
	return []story{
		{name: "two masters", steps: steps(
			join("m1", "m2", "rs"),
			each(
				"m1", create("~/hbase", ""), create("~/hbase", ""), create("~/hbase/backup-masters", ""), create("~/hbase/rs", ""),
				create("~/none/x", ""),
			),
			do("rs", watched(exists("~/hbase/master")), watched(exists("~/hbase/running"))),
			each(
				"m1", create("~/hbase/backup-masters/m1", "", ephemeral), create("~/hbase/master", "m1", ephemeral),
				del("~/hbase/backup-masters/m1", -1),
			),
			each(
				"m2", create("~/hbase/backup-masters/m2", "", ephemeral), create("~/hbase/master", "m2", ephemeral),
				watched(exists("~/hbase/master")), watched(get("~/hbase/master")),
			),
			do("rs", watched(get("~/hbase/master"))), do("m1", create("~/hbase/running", "x")), do("rs", watched(get("~/hbase/running"))),
			leave("m1"), each("m2", create("~/hbase/master", "m2", ephemeral), del("~/hbase/backup-masters/m2", -1)),
			each("rs", watched(get("~/hbase/master")), children("~/hbase")), do("m2", del("~/hbase/running", -1)),
			do("m2", del("~/hbase/running", -1)), leave("m2"), do("rs", children("~/hbase/backup-masters")),
		)},
		{name: "region servers come and go", steps: steps(
			join("m", "r1", "r2"), do("m", create("~/rs", "")), do("m", watched(children("~/rs"))),
			do("r1", create("~/rs/h1,16020,1", "x", ephemeral)), do("m", watched(children("~/rs")), watched(get("~/rs/h1,16020,1"))),
			do("r2", create("~/rs/h2,16020,1", "x", ephemeral)), do("m", watched(children("~/rs")), watched(get("~/rs/h2,16020,1"))),
			leave("r1"), do("m", watched(children("~/rs"))),
			each("r2", del("~/rs/h2,16020,1", -1), create("~/rs/h2,16020,2", "y", ephemeral)), do("m", watched(children2("~/rs"))),
		)},
		{name: "a master dies and its session expires", with: quick, steps: steps(
			connect("m1", Connect{Timeout: 1000, Zxid: ZxidZero}), join("m2", "rs"), do("m1", create("~/master", "m1", ephemeral)),
			do("m2", watched(exists("~/master"))), do("rs", watched(get("~/master"))), hangUp("m1"), gone("rs", "~/master"),
			each("m2", create("~/master", "m2", ephemeral)), do("rs", watched(get("~/master"))),
		)},
		{name: "NODEEXISTS is never contradicted", steps: steps(
			join("a", "b"), do("a", create("~/master", "a", ephemeral)),
			do("b", create("~/master", "b", ephemeral), watched(exists("~/master")), get("~/master")), do("a", del("~/master", -1)),
			do("b", create("~/master", "b", ephemeral), exists("~/master")),
			do("a", create("~/master", "a", ephemeral), get("~/master"), exists("~/master")),
		)},
		{name: "claiming a replication queue", steps: steps(
			join("r1", "r2", "m"),
			each(
				"r1", create("~/rs", ""), create("~/rs/dead", ""), create("~/rs/dead/1", ""), create("~/rs/dead/1/wal.0", "pos"),
				create("~/rs/r1", ""), create("~/rs/r2", ""),
			),
			do("m", get("~/rs")), do("m", watched(children("~/rs"))),
			do(
				"r1",
				multi(
					create("~/rs/r1/1-dead", ""), create("~/rs/r1/1-dead/wal.0", "pos"), del("~/rs/dead/1/wal.0", -1),
					del("~/rs/dead/1", -1), create("~/rs/cversion_", ""), del("~/rs/cversion_", -1),
				),
			),
			do("r2", multi(create("~/rs/r2/1-dead", ""), del("~/rs/dead/1/wal.0", -1))), do("m", get("~/rs")),
			do("r1", del("~/rs/dead", -1)), do("m", get("~/rs")),
		)},
		{name: "split WAL tasks", steps: steps(
			join("m", "r1", "r2"),
			each("m", create("~/splitWAL", ""), create("~/splitWAL/w%2C1", "unassigned"), watched(get("~/splitWAL/w%2C1"))),
			do("r1", watched(children("~/splitWAL"))), do("r1", get("~/splitWAL/w%2C1")), do("r2", get("~/splitWAL/w%2C1")),
			do("r1", set("~/splitWAL/w%2C1", "owned r1", 0)), do("r2", set("~/splitWAL/w%2C1", "owned r2", 0)),
			do("m", watched(get("~/splitWAL/w%2C1"))), do("r1", set("~/splitWAL/w%2C1", "owned r1", 1)),
			do("m", watched(get("~/splitWAL/w%2C1"))), do("r1", set("~/splitWAL/w%2C1", "done", 2)), do("m", get("~/splitWAL/w%2C1")),
			do("m", del("~/splitWAL/w%2C1", -1)), each("r2", watched(get("~/splitWAL/w%2C1")), watched(get("~/splitWAL/w%2C1"))),
		)},
		{name: "a snapshot barrier", steps: steps(
			join("m", "r1", "r2"),
			do("m", multi(create("~/snap", ""), create("~/snap/acquired", ""), create("~/snap/reached", ""), create("~/snap/abort", ""))),
			do("r1", watched(children("~/snap/acquired"))), do("r2", watched(children("~/snap/acquired"))),
			do("m", watched(exists("~/snap/acquired/s/r1")), watched(exists("~/snap/acquired/s/r2")), watched(exists("~/snap/abort/s"))),
			do("m", create("~/snap/acquired/s", "spec")),
			do("r1", get("~/snap/acquired/s"), watched(exists("~/snap/reached/s")), create("~/snap/acquired/s/r1", "")),
			do("r2", watched(exists("~/snap/reached/s")), create("~/snap/acquired/s/r2", "")),
			do("m", create("~/snap/reached/s", ""), watched(exists("~/snap/reached/s/r1")), watched(exists("~/snap/reached/s/r2"))),
			do("r1", create("~/snap/reached/s/r1", "")), do("r2", create("~/snap/reached/s/r2", "")),
			do(
				"m",
				multi(
					del("~/snap/acquired/s/r1", -1), del("~/snap/acquired/s/r2", -1), del("~/snap/acquired/s", -1),
					del("~/snap/reached/s/r1", -1), del("~/snap/reached/s/r2", -1), del("~/snap/reached/s", -1),
				),
			),
			do("m", children("~/snap/acquired"), children("~/snap/reached"), count("~/snap")),
		)},
		{name: "a region server comes back to its session", steps: steps(
			join("m", "rs"), each("m", create("~/master", "m", ephemeral), create("~/running", ""), create("~/meta", "1")),
			do("rs", create("~/me", "", ephemeral)),
			each(
				"rs", watched(get("~/master")), watched(get("~/running")), watched(get("~/meta")), watched(exists("~/acl")),
				watched(children("~")),
			),
			hangUp("rs"), each("m", set("~/meta", "2", -1), create("~/acl", ""), del("~/running", -1)), resume("rs"),
			do("rs", rearm([]string{"~/master", "~/running", "~/meta"}, []string{"~/acl", "~/namespace"}, []string{"~"})),
			each("rs", watched(get("~/meta")), exists("~/me")), do("m", create("~/namespace", "")), leave("m"),
		)},
		{name: "gohbase looks things up", steps: steps(
			connect("go", Connect{Timeout: 30000, NoReadOnly: true, Zxid: ZxidZero}), do("go", get("~/master")), leave("go"), join("m"),
			do("m", create("~/master", "x", ephemeral)), connect("go", Connect{Timeout: 30000, NoReadOnly: true, Zxid: ZxidZero}),
			do("go", get("~/master")), do("go", get("~/meta-region-server")), leave("go"),
		)},
		{name: "a table lock of HBase 1", steps: steps(
			join("a", "b"), do("a", create("~/lock", "")), do("a", create("~/lock/write-master:", "a", ephemeralSequential)),
			do("b", create("~/lock/write-master:", "b", ephemeralSequential)),
			do("b", children("~/lock"), watched(exists("~/lock/write-master:0000000000"))),
			do("a", del("~/lock/write-master:0000000000", 0)), do("b", children("~/lock"), del("~/lock/write-master:0000000001", 0)),
			do("a", syncAt("~/lock"), children2("~/lock")),
		)},
		{name: "a secure start", steps: steps(
			join("ann"), joinAs("hb", "hbase:pw"),
			each(
				"hb", createACL("~/hbase", auth(31)), createACL("~/hbase/master", auth(31), world(wire.PermRead)),
				createACL("~/hbase/hbaseid", world(wire.PermRead), auth(31)), setACL("~/hbase", -1, auth(31), world(wire.PermRead)),
				getACL("~/hbase"),
			),
			each(
				"ann", children("~/hbase"), get("~/hbase/master"), set("~/hbase/master", "x", -1), create("~/hbase/x", ""),
				getACL("~/hbase/hbaseid"), del("~/hbase/master", -1),
			),
		)},
	}
}

// rootStories need the servers for themselves: they touch the nodes that every server is born with.
func rootStories() []story {
	var reads []wire.Op
	for _, path := range append([]string{"", "/zookeeper/", "//", "/zookeeper/quota/zookeeper"}, builtIn...) {
		reads = append(reads, exists(path), get(path), children(path), children2(path), getACL(path), count(path), syncAt(path))
	}
	writes := func(client string) (ops []wire.Op) {
		for _, path := range append([]string{""}, builtIn...) {
			ops = append(ops, create(path, "x"), set(path, "x", 99), set(path, "x", -1), exists(path), del(path, -1), del(path, 99),
				setACL(path, -1, world(31)), getACL(path), create(path+"/kid"+client, ""), createContainer(path+"/c"+client), create(path+"/s-",
					"", ephemeralSequential),
				multi(set(path, "y", -1), check(path, -1)), multi(del(path,
					-1)), watched(children(path)), watched(exists(path)), create(path+"/k2"+client, ""), set(path, "z",
					-1), del(path+"/kid"+client, -1), children2(path))
		}
		return ops
	}
	return []story{
		{name: "built-in nodes as they are born", root: true, steps: steps(join("ann"), superuser(), each("ann", reads...))},
		{name: "changing the built-in nodes", root: true, steps: steps(
			join("ann"), superuser(), each("ann", writes("a")...), each("sue", writes("s")...), each("ann", reads...),
		)},
		{name: "watching the root", root: true, steps: steps(
			join("ann", "bob"),
			each("ann", watched(children("/")), watched(get("/")), addWatch("/", recursiveWatch), addWatch("/", persistentWatch)),
			each(
				"bob", create("/a", ""), create("/a/b", ""), set("/", "x", -1), set("/a", "y", -1), del("/a/b", -1), del("/a", -1),
				create("/zookeeper/w", ""), del("/zookeeper/w", -1),
			),
			each("ann", removeWatches("/", recursiveType), checkWatches("/", persistentType)), do("bob", create("/c", "", ephemeral)),
			leave("bob"),
		)},
		{name: "a root that is shut", root: true, steps: steps(
			join("ann"), superuser(), do("sue", setACL("/", -1, world(wire.PermRead))),
			each("ann", create("/x", ""), children("/"), get("/"), set("/", "x", -1), del("/zookeeper", -1), setACL("/", -1, world(31))),
			do("sue", create("/x", "")), do("ann", del("/x", -1)), do("sue", setACL("/", -1, world(31))),
		)},
	}
}
