package diff

import (
	"fmt"

	"github.com/hquorum/hquorum/test/wire"
)

func aclStories() []story {
	cat := func(perms int32) wire.ACL { return user("cat", "purr", perms) }
	stories := []story{
		{name: "acls that cannot be", steps: steps(
			join("ann"), joinAs("cat", "cat:purr"), each("ann", create("~/a", "")), badACLSteps("ann"), badACLSteps("cat"),
		)},
		{name: "auth stands for who one is", steps: steps(
			join("ann"), joinAs("cat", "cat:purr"), superuser(), do("ann", createACL("~/x", auth(31))),
			do("cat", createACL("~/x", auth(31))), do("cat", getACL("~/x")), do("ann", getACL("~/x")), do("sue", getACL("~/x")),
			do("cat", createACL("~/y", auth(1), world(2), auth(1))), do("cat", getACL("~/y")), do("sue", createACL("~/z", auth(31))),
			do("sue", getACL("~/z")), do("cat", wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("second:one")}),
			do("cat", createACL("~/two", auth(31))), do("cat", getACL("~/two")), do("cat", wire.Op{Code: wire.WhoAmI}),
			do("ann", wire.Op{Code: wire.WhoAmI}), do("sue", wire.Op{Code: wire.WhoAmI}),
		)},
		{name: "digests are masked from who may not administer", steps: steps(
			join("ann"), joinAs("cat", "cat:purr"), superuser(),
			each(
				"cat", createACL("~/r", world(wire.PermRead), cat(31)), createACL("~/n", cat(31)),
				createACL("~/a", world(wire.PermAdmin), cat(1)), createACL("~/rd", cat(wire.PermRead), ip("127.0.0.1", 31)),
			),
			each("ann", getACL("~/r"), getACL("~/n"), getACL("~/a"), getACL("~/rd")),
			each("cat", getACL("~/r"), getACL("~/n"), getACL("~/a"), getACL("~/rd")), each("sue", getACL("~/n")),
		)},
		{name: "adding credentials", steps: steps(
			join("ann"),
			each(
				"ann", createACL("~/mine", cat(31)), get("~/mine"), wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("cat:purr")},
				get("~/mine"), wire.Op{Code: wire.WhoAmI}, wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("cat:purr")},
				wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("nocolon")},
				wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("")}, wire.Op{Code: wire.WhoAmI},
				wire.Op{Code: wire.Auth, Scheme: "ip", Data: []byte("anything")}, wire.Op{Code: wire.WhoAmI},
			),
			hangUp("ann"), resume("ann"), each("ann", get("~/mine"), wire.Op{Code: wire.WhoAmI}),
			each("ann", wire.Op{Code: wire.Auth, Scheme: "digest"}), resume("ann"),
			each("ann", wire.Op{Code: wire.Auth, Scheme: wire.Null, Data: []byte("x")}), resume("ann"),
			each("ann", wire.Op{Code: wire.Auth, Scheme: "sasl", Data: []byte("x")}), resume("ann"),
			each("ann", wire.Op{Code: wire.Auth, Scheme: "world", Data: []byte("anyone")}),
		)},
		{name: "an acl counts for its own node only", steps: steps(
			join("ann"), superuser(), each("sue", create("~/p", ""), create("~/p/c", "x"), setACL("~/p", -1, world(wire.PermCreate))),
			each(
				"ann", get("~/p"), get("~/p/c"), set("~/p/c", "y", 0), create("~/p/d", ""), del("~/p/d", -1), children("~/p"),
				create("~/p/c/e", ""), del("~/p/c/e", -1), exists("~/p"), exists("~/p/c"),
			),
		)},
		{name: "versions of an acl", steps: steps(
			join("ann"),
			each(
				"ann", create("~/a", ""), setACL("~/a", 1, world(31)), setACL("~/a", 0, world(31)), setACL("~/a", 0, world(31)),
				setACL("~/a", 1, world(31), world(31)), getACL("~/a"), setACL("~/a", -1, world(wire.PermAdmin)), getACL("~/a"), get("~/a"),
				setACL("~/a", 3, world(wire.PermRead)), setACL("~/a", 4, world(31)), getACL("~/a"), exists("~/a"),
			),
		)},
		{name: "unusual permission bits", steps: steps(
			join("ann"),
			each(
				"ann", createACL("~/0", world(0)), createACL("~/32", world(32)), createACL("~/63", world(63)),
				createACL("~/neg", world(-1)), getACL("~/0"), getACL("~/32"), getACL("~/63"), getACL("~/neg"), get("~/63"), get("~/neg"),
			),
		)},
		{name: "events are only for who may read", steps: steps(
			join("ann"), joinAs("cat", "cat:purr"),
			each("ann", addWatch("~", recursiveWatch), watched(exists("~/secret")), watched(children("~"))),
			do("cat", createACL("~/secret", cat(31))), do("cat", set("~/secret", "x", -1)), do("cat", createACL("~/secret/deep", cat(31))),
			do("cat", create("~/secret/open", "")), do("cat", setACL("~/secret", -1, cat(31), world(wire.PermRead))),
			do("ann", watched(get("~/secret"))), do("cat", setACL("~/secret", -1, cat(31))), do("cat", set("~/secret", "y", -1)),
			do("cat", setACL("~/secret", -1, cat(31), world(wire.PermRead))), do("cat", set("~/secret", "z", -1)),
			do("cat", del("~/secret/deep", -1)), do("cat", del("~/secret/open", -1)),
			do("ann", wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("cat:purr")}), do("cat", setACL("~/secret", -1, cat(31))),
			do("cat", set("~/secret", "w", -1)), do("cat", del("~/secret", -1)),
		)},
		{name: "children events need the parent's permission", steps: steps(
			join("ann"), superuser(), each("sue", create("~/p", "")),
			each("ann", watched(children("~/p")), addWatch("~/p", persistentWatch)),
			each(
				"sue", setACL("~/p", -1, world(wire.PermCreate)), create("~/p/a", ""), setACL("~/p", -1, world(31)), create("~/p/b", ""),
				set("~/p", "x", -1),
			),
		)},
	}
	for name, entry := range map[string]func(int32) wire.ACL{
		"world": world, "digest": cat, "another digest": func(p int32) wire.ACL { return user("dog", "bark", p) },
		"ip":   func(p int32) wire.ACL { return ip("127.0.0.1", p) },
		"cidr": func(p int32) wire.ACL { return ip("127.0.0.0/8", p) }, "another cidr": func(p int32) wire.ACL { return ip("10.0.0.0/8", p) },
		"any cidr": func(p int32) wire.ACL { return ip("0.0.0.0/0", p) }, "odd cidr": func(p int32) wire.ACL { return ip("127.0.0.9/30", p) },
	} {
		stories = append(stories, story{name: "permissions of " + name, steps: permissionSteps(entry)})
	}
	return stories
}

// permissionSteps tries every operation on nodes with each permission, as nobody, as the digest user and as super user.
func permissionSteps(entry func(int32) wire.ACL) []Step {
	list := steps(join("ann"), joinAs("cat", "cat:purr"), superuser())
	for i, perms := range []int32{0, wire.PermRead, wire.PermWrite, wire.PermCreate, wire.PermDelete, wire.PermAdmin, wire.PermAll, 31 &^ wire.PermRead, 31 &^ wire.PermAdmin} {
		path := fmt.Sprintf("~/n%d", i)
		list = append(list, each("sue", create(path, "x"), create(path+"/kid", ""), setACL(path, -1, entry(perms)))...)
		for _, client := range []string{"ann", "cat", "sue"} {
			list = append(list, each(client,
				exists(path), get(path), children(path), children2(path), getACL(path), count(path), syncAt(path), multiRead(get(path), children(path)),
				set(path, "y", -1), set(path, "y", 99), multi(check(path, -1)), multi(check(path, 99)), multi(set(path, "z", -1)),
				create(path+"/"+client, ""), create(path+"/kid", ""), multi(create(path+"/m"+client,
					"")), createContainer(path+"/c"+client), createTTL(path+"/t"+client, 1000000, withTTL),
				create(path+"/s", "", sequential), create(path+"/e", "", ephemeralSequential), multi(del(path+"/c"+client,
					-1)), del(path+"/t"+client, 9), del(path+"/"+client, -1), del(path+"/none", -1),
				watched(exists(path)), watched(get(path)), addWatch(path, persistentWatch), removeWatches(path, anyType), setACL(path, 99,
					entry(perms)), setACL(path, -1, entry(perms)),
				wire.Op{Code: wire.SetACL, Path: path, ACL: []wire.ACL{}, Version: -1},
			)...)
		}
	}
	return list
}

// badACLSteps creates nodes and sets ACLs with every kind of wrong entry, alone and beside a right one.
func badACLSteps(client string) (list []Step) {
	ids := map[string][]string{
		"world":  {"anyone", "someone", "", wire.Null, "Anyone"},
		"auth":   {"", "x", wire.Null},
		"digest": {"a:b", "a:b:c", "a", "", ":", "a:", ":b", wire.Null},
		"ip": {"1.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-1", "1.2.3.4/0", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/",
			"1.2.3.4/x", "1.2.3.4/8/8", "x", "", wire.Null,
			"::1", "fe80::1", "fe80::1/64", "::/0", "::1/128", "::1/129", "1.2.3.04", " 1.2.3.4", "+1.2.3.4", "localhost", "::ffff:127.0.0.1"},
		"super": {"", "x"}, "sasl": {"hbase", ""}, "x509": {"CN=x"}, "host": {"x"}, "": {""}, wire.Null: {"x", wire.Null}, "nope": {"x"},
	}
	for _, scheme := range []string{"world", "auth", "digest", "ip", "super", "sasl", "x509", "host", "", wire.Null, "nope"} {
		for i, id := range ids[scheme] {
			entry := wire.ACL{Perms: 31, Scheme: scheme, ID: id}
			path := fmt.Sprintf("~/%s-%x-%d", client, scheme, i)
			list = append(list, each(client, createACL(path, entry), createACL(path+"w", world(1), entry), getACL(path), getACL(path+"w"),
				setACL("~/a", -1, entry, world(31)), getACL("~/a"))...)
		}
	}
	for _, acl := range [][]wire.ACL{nil, {}} {
		list = append(list, each(client, wire.Op{Code: wire.Create, Path: "~/none", ACL: acl}, wire.Op{Code: wire.SetACL, Path: "~/a",
			ACL: acl, Version: -1}, multi(wire.Op{Code: wire.Create, Path: "~/none", ACL: acl}))...)
	}
	return append(list, each(client, createACL("~/dup"+client, world(1), world(1), world(2), world(1)), getACL("~/dup"+client), getACL("~"))...)
}
