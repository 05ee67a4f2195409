package diff

import (
	"slices"

	"github.com/hquorum/hquorum/test/wire"
)

// goldenExchanges are the captures. All znodes live under /golden, and no znode has two children, so that no list has
// an order.
func goldenExchanges() []exchange {
	hello := wire.ConnectRequest{Timeout: 30000, Password: make([]byte, 16), HasReadOnly: true}
	old := wire.ConnectRequest{Timeout: 30000, Password: make([]byte, 16)}
	strange := wire.ConnectRequest{Timeout: 30000, SessionID: 0x1234, Password: slices.Repeat([]byte{1}, 16), HasReadOnly: true}
	strangeOld := strange
	strangeOld.HasReadOnly = false
	bye := wire.Op{Code: wire.CloseSession}
	g := "/golden"
	begin := create(g, "data")
	x := func(name, about string, ops ...wire.Op) exchange {
		return exchange{name: name, about: about, connect: hello, ops: append(ops, bye), ends: true}
	}
	last := func(name, about string, ops ...wire.Op) exchange {
		return exchange{name: name, about: about, connect: hello, ops: ops, ends: true}
	}
	nothing := []string{}
	null := wire.Op{Code: wire.Create2, Path: g, ACL: open}
	return []exchange{
		x("connect", "a new session of a client that sends the readOnly byte"),
		{name: "connect-old", about: "a new session of a client that sends no readOnly byte", connect: old, ops: []wire.Op{bye}, ends: true},
		{name: "connect-expired", about: "a session that does not exist", connect: strange, ends: true},
		{name: "connect-expired-old", about: "a session that does not exist, without the readOnly byte", connect: strangeOld, ends: true},
		{name: "connect-short-timeout", about: "a timeout that is too short", connect: wire.ConnectRequest{Timeout: 1,
			Password: make([]byte, 16), HasReadOnly: true}, ops: []wire.Op{bye}, ends: true},
		{name: "connect-long-timeout", about: "a timeout that is too long", connect: wire.ConnectRequest{Timeout: 1 << 30,
			Password: make([]byte, 16), HasReadOnly: true}, ops: []wire.Op{bye}, ends: true},
		x("ping", "ping", wire.Op{Code: wire.Ping}),
		x("create", "create, then one that is there and one without a parent", begin, begin, create("/golden/none/x", "")),
		x("create2", "create2", create2(g, "data"), create2(g, "data")),
		x("create-ephemeral", "an ephemeral and its Stat", create2(g, "", ephemeral), exists(g), create(g+"/x", "")),
		x("create-sequential", "sequential creates", begin, create(g+"/s-", "", sequential), del(g+"/s-0000000000", -1), create2(g+"/s-",
			"", ephemeralSequential)),
		x("create-container", "a container", createContainer(g), exists(g)),
		x("create-ttl", "a TTL node", createTTL(g, 1<<40-1, withTTL), exists(g), createTTL(g+"/s-", 1<<30, sequentialWithTTL), createTTL(g+"/bad", 0, withTTL)),
		x("create-null", "null data", null, get(g), wire.Op{Code: wire.SetData, Path: g, Data: []byte{}, Version: -1}, get(g),
			wire.Op{Code: wire.SetData, Path: g, Version: -1}, get(g)),
		x("create-bad-path", "paths that cannot be", create("golden", ""), create("/golden/", ""), create("/golden//x", ""),
			create("/golden/\x01", ""), create("", "")),
		x("create-bad-mode", "a create mode that does not exist", create(g, "", 7), create(g, "", -1)),
		x("create-bad-acl", "ACLs that cannot be", createACL(g), wire.Op{Code: wire.Create, Path: g}, createACL(g, wire.ACL{Perms: 31,
			Scheme: "nope", ID: "x"}), createACL(g, auth(31))),
		x("delete", "delete with and without a version", begin, create(g+"/x", ""), del(g, -1), del(g+"/x", 3), del(g+"/x", 0), del(g+"/x",
			0), del("/zookeeper", -1)),
		x("exists", "exists", exists(g), begin, exists(g)),
		x("get-data", "getData", get(g), begin, get(g)),
		x("set-data", "setData", set(g, "x", -1), begin, set(g, "new", 0), set(g, "newer", 0), set("x", "", -1)),
		x("get-children", "getChildren", children(g), begin, children(g), create(g+"/x", ""), children(g)),
		x("get-children2", "getChildren2", children2(g), begin, children2(g), create(g+"/x", ""), children2(g)),
		x("get-acl", "getACL", getACL(g), createACL(g, world(31), ip("127.0.0.0/8", 5)), getACL(g)),
		x("get-acl-masked", "a digest that is masked", createACL(g, world(wire.PermRead), user("cat", "purr", 31)), getACL(g)),
		x("set-acl", "setACL", setACL(g, -1, world(31)), begin, setACL(g, 0, world(15)), setACL(g, 0, world(31)), wire.Op{Code: wire.SetACL,
			Path: g, Version: -1}),
		x("no-auth", "requests without permission", createACL(g, user("cat", "purr", 31)), get(g), set(g, "", -1), children(g),
			children2(g), getACL(g), setACL(g, -1, world(31)), create(g+"/x", ""), count(g), exists(g)),
		x("auth-digest", "digest credentials", wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("cat:purr")}, createACL(g, auth(31)), getACL(g)),
		last("auth-unknown", "a scheme that is not known", wire.Op{Code: wire.Auth, Scheme: "nope", Data: []byte("x")}),
		x("who-am-i", "whoAmI", wire.Op{Code: wire.WhoAmI}),
		x("sync", "sync", syncAt(g), syncAt("")),
		x("multi", "a multi of every operation", multi(create(g, ""), create2(g+"/x", "", ephemeral), set(g, "x", 0), check(g, 1),
			del(g+"/x", -1), createContainer(g+"/c"), del(g+"/c", -1), createTTL(g+"/t", 1<<30, withTTL)), get(g)),
		x("multi-failed", "a multi that fails in its middle", begin, multi(set(g, "x", -1), check(g, 0), create(g+"/x", ""), del("/golden/none", -1))),
		x("multi-empty", "an empty multi and an empty multiRead", multi(), multiRead()),
		x("multi-read", "multiRead", begin, multiRead(get(g), children(g), get("/golden/none"), children("/golden/none"))),
		x("watch-data", "a data watch", begin, watched(get(g)), set(g, "x", -1), watched(exists(g)), del(g, -1), watched(exists(g)), begin),
		x("watch-children", "a children watch", begin, watched(children(g)), create(g+"/x", ""), watched(children2(g)), del(g+"/x", -1),
			watched(children(g)), del(g, -1)),
		x("watch-persistent", "a persistent watch", addWatch(g, persistentWatch), begin, set(g, "x", -1), create(g+"/x", ""), del(g+"/x", -1), del(g, -1)),
		x("watch-recursive", "a recursive watch", addWatch(g, recursiveWatch), begin, set(g, "x", -1), create(g+"/x", ""), del(g+"/x", -1), del(g, -1)),
		x("watch-bad-mode", "a watch mode that does not exist", addWatch(g, 2)),
		x("watch-check", "checkWatches and removeWatches", addWatch(g, persistentWatch), checkWatches(g, persistentType), checkWatches(g,
			dataType), removeWatches(g, anyType), removeWatches(g, anyType), removeWatches(g, 9)),
		x("set-watches", "setWatches as a client sends it after a reconnect", begin, wire.Op{Code: wire.SetWatches, Zxid: 0,
			Lists: [5][]string{{g, "/golden/none"}, {g, "/golden/none"}, {g, "/golden/none"}}}),
		x("set-watches2", "setWatches2", begin, wire.Op{Code: wire.SetWatches2, Zxid: 0, Lists: [5][]string{{g}, nothing, nothing, {g}, {g}}}, set(g, "x", -1)),
		x("get-ephemerals", "getEphemerals", ephemerals("/"), create(g, "", ephemeral), ephemerals("/"), ephemerals("/x")),
		x("all-children-number", "getAllChildrenNumber", count(g), begin, create(g+"/x", ""), create(g+"/x/y", ""), count(g)),
		x("close-session", "closing a session with an ephemeral that it watches itself", addWatch(g, persistentWatch), create(g, "", ephemeral)),
		last("unimplemented", "an opcode that does not exist", wire.Op{Code: 99, Raw: []byte{}}),
		last("check-alone", "check outside of a multi", check("/", -1)),
		x("malformed", "requests that are cut short", wire.Op{Code: wire.Create, Raw: []byte{0, 0, 0, 9, '/'}}, wire.Op{Code: wire.GetData,
			Raw: []byte{}}, wire.Op{Code: wire.Multi, Raw: []byte{0, 0, 0, 1}}, wire.Op{Code: wire.Exists, Raw: []byte{0xff, 0xff, 0xff, 0xf0,
			0}}),
	}
}
