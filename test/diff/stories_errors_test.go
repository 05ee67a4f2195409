package diff

import (
	"fmt"

	"github.com/hquorum/hquorum/test/wire"
)

// errorStories cross every condition that can make a write fail with every other, so that each pair shows which error
// ZooKeeper prefers.
func errorStories() []story {
	readOnly := world(wire.PermRead)
	stage := steps(superuser(), join("ann"),
		each("sue", create("~/ok", ""), create("~/ok/full", ""), create("~/ok/full/kid", ""), create("~/ok/leaf", ""), create("~/ok/locked", ""),
			create("~/shut", ""), create("~/shut/full", ""), create("~/shut/full/kid", ""), create("~/shut/leaf",
				""), create("~/shut/locked", ""), create("~/eph", "", ephemeral),
			create("~/ephshut", "", ephemeral), setACL("~/ok/locked", -1, readOnly), setACL("~/shut/locked", -1, readOnly), setACL("~/shut",
				-1, readOnly), setACL("~/ephshut", -1, readOnly)))

	var creates []wire.Op
	for _, parent := range []string{"~/ok", "~/shut", "~/none", "~/eph", "~/ephshut"} {
		for _, name := range []string{"/leaf", "/new", "/bad\x01name", "/", "/nul\x00", "//new", "/.", "/new/"} {
			for _, acl := range [][]wire.ACL{open, {}, {{Perms: 31, Scheme: "nope", ID: "x"}}} {
				for _, flags := range []int32{0, 2, 7} {
					creates = append(creates, wire.Op{Code: wire.Create, Path: parent + name, Data: []byte{}, ACL: acl, Flags: flags})
				}
				creates = append(creates, wire.Op{Code: wire.CreateTTL, Path: parent + name, ACL: acl, Flags: withTTL, TTL: -5})
				creates = append(creates, multi(wire.Op{Code: wire.Create2, Path: parent + name, ACL: acl, Flags: ephemeral}, check("~", 77)))
			}
		}
	}
	var changes []wire.Op
	for _, parent := range []string{"~/ok", "~/shut", "~/none"} {
		for _, name := range []string{"/full", "/leaf", "/locked", "/none", "/bad\x01name", "/", "/nul\x00", "//x"} {
			path := parent + name
			changes = append(changes, multi(del(path, 9), check("~", 77)), multi(del(path, 0), check("~", 77)), multi(set(path, "x", 9)),
				multi(set(path, "x", 0), check("~", 77)),
				multi(check(path, 9)), multi(check(path, 0)), setACL(path, 9, world(31)), wire.Op{Code: wire.SetACL, Path: path,
					ACL: []wire.ACL{}, Version: 9}, setACL(path, 9, wire.ACL{Perms: 1, Scheme: "x"}),
				get(path), exists(path), children(path), getACL(path))
		}
	}
	special := []wire.Op{}
	for _, path := range []string{"/zookeeper", "/zookeeper/quota", "/zookeeper/config", "/", ""} {
		special = append(special, del(path, -1), del(path, 7), multi(del(path, -1)), multi(check(path, 99)), multi(set(path, "x", 99)),
			create(path, ""), create(path+"/", ""))
	}
	return []story{
		{name: "errors of create", steps: steps(stage, each("ann", creates...))},
		{name: "errors of delete, setData, setACL and check", steps: steps(stage, each("ann", changes...), each("sue", changes...))},
		{name: "errors on the built-in nodes", steps: steps(stage, each("ann", special...))},
		{name: "multi fails at each place", steps: steps(join("ann"), do("ann", create("~/a", "")), failingMultis())},
	}
}

func failingMultis() (list []Step) {
	good := func(i int) wire.Op {
		return []wire.Op{create(fmt.Sprintf("~/g%d", i), ""), set("~/a", "x", -1), check("~/a", -1), create2("~/s-", "", sequential),
			createContainer(fmt.Sprintf("~/c%d", i))}[i%5]
	}
	bad := []wire.Op{
		create("~/a", ""), create("~/none/x", ""), create2("~/a", ""), del("~/none", -1), del("~/a", 5), set("~/none", "", -1), set("~/a",
			"", 5), check("~/a", 5), check("~/none", -1),
		create("~/\x01", ""), createACL("~/n"), createTTL("~/n", 0, withTTL), del("~", -1), set("~//", "", -1), check("~/.", -1), create("~/e", "", ephemeral),
	}
	for _, b := range bad {
		for at := range 4 {
			ops := []wire.Op{}
			for i := range 4 {
				if i == at {
					ops = append(ops, b)
				} else {
					ops = append(ops, good(i+at))
				}
			}
			list = append(list, do("ann", multi(ops...))...)
			list = append(list, do("ann", children2("~"))...)
		}
	}
	return list
}
