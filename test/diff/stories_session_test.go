package diff

import (
	"math"

	"github.com/hquorum/hquorum/test/wire"
)

func sessionStories() []story {
	var negotiations []Step
	for _, timeout := range []int32{0, 1, -1, math.MinInt32, 3999, 4000, 4001, 30000, 40000, 40001, 90000, math.MaxInt32} {
		for _, noReadOnly := range []bool{false, true} {
			negotiations = append(negotiations, connect("ann", Connect{Timeout: timeout, NoReadOnly: noReadOnly, Zxid: ZxidZero})...)
			negotiations = append(negotiations, leave("ann")...)
		}
	}
	closing := func(who string) []Step {
		return steps(join(who), each(who, create("~/e1", "", ephemeral), create("~/e2", "", ephemeral), create("~/p/e3", "", ephemeral),
			create("~/p/s-", "", ephemeralSequential)))
	}
	watching := each("bob", watched(exists("~/e1")), watched(get("~/e2")), watched(children("~")), watched(children("~/p")), addWatch("~",
		recursiveWatch), addWatch("~/p", persistentWatch))
	short := func(client string) []Step { return connect(client, Connect{Timeout: 1000, Zxid: ZxidZero}) }
	return []story{
		{name: "timeouts and the readOnly byte", steps: negotiations},
		{name: "readOnly clients and protocol versions", steps: steps(
			connect("ann", Connect{Timeout: 30000, ReadOnly: true, Zxid: ZxidZero}), do("ann", create("~/a", "")), leave("ann"),
			connect("ann", Connect{Timeout: 30000, Protocol: 1, Zxid: ZxidZero}), leave("ann"),
			connect("ann", Connect{Timeout: 30000, Protocol: -1, Zxid: ZxidZero}), do("ann", exists("~/a")),
		)},
		{name: "closing a session deletes its ephemerals first", steps: steps(
			join("ann", "bob"), do("ann", create("~/p", "")), watching, closing("eve"), leave("eve"),
			each("bob", children2("~"), children2("~/p"), exists("~/e1")), closing("eve"), leave("eve"), do("bob", exists("~/p")),
		)},
		{name: "closing a session that watches its own ephemerals", steps: steps(
			join("ann"), do("ann", create("~/p", "")), closing("bob"), watching, leave("bob"), do("ann", children2("~")),
		)},
		{name: "a closed session cannot be resumed", steps: steps(
			join("ann", "bob"), do("ann", create("~/e", "", ephemeral)), leave("ann"), resume("ann"), join("ann"), do("ann", exists("~/e")),
			do("ann", ephemerals("/")),
		)},
		{name: "resume after a drop", steps: steps(
			join("ann", "bob"), do("ann", create("~/e", "", ephemeral)), hangUp("ann"), do("bob", exists("~/e")), resume("ann"),
			each("ann", exists("~/e"), ephemerals("/"), set("~/e", "x", 0)), hangUp("ann"),
			connect("ann", Connect{Session: Resume, Timeout: 10000, Zxid: ZxidSeen, NoReadOnly: true}), do("ann", exists("~/e")),
			leave("ann"), do("bob", exists("~/e")),
		)},
		{name: "resume takes the session from the former connection", steps: steps(
			join("ann", "bob"), do("ann", create("~/e", "", ephemeral)), do("ann", watched(exists("~/w"))), resume("ann"),
			do("bob", create("~/w", "")), do("ann", exists("~/e")), resume("ann"), do("ann", ephemerals("/")),
		)},
		{name: "resume with a wrong password", steps: steps(
			join("ann", "bob"), do("ann", create("~/e", "", ephemeral)), hangUp("ann"),
			connect("ann", Connect{Session: WrongPassword, Timeout: 30000, Zxid: ZxidSeen}), do("bob", exists("~/e")), resume("ann"),
			do("ann", exists("~/e")),
		)},
		{name: "resume a session that never was", steps: steps(
			join("ann"), connect("ann", Connect{Session: UnknownID, Timeout: 30000, Zxid: ZxidSeen}),
			connect("ann", Connect{Session: UnknownID, Timeout: 30000, NoReadOnly: true, Zxid: ZxidZero}),
		)},
		{name: "a client from the future", steps: steps(
			join("ann"), do("ann", create("~/e", "", ephemeral)), connect("bob", Connect{Timeout: 30000, Zxid: ZxidFuture}), hangUp("ann"),
			connect("ann", Connect{Session: Resume, Timeout: 30000, Zxid: ZxidFuture}), resume("ann"), do("ann", exists("~/e")),
		)},
		{name: "a session that expires", with: quick, steps: steps(
			join("ann", "bob"), do("ann", create("~/p", "")), watching, short("eve"),
			each("eve", create("~/e1", "", ephemeral), create("~/e2", "", ephemeral), create("~/p/e3", "", ephemeral)), hangUp("eve"),
			gone("ann", "~/e1"), each("bob", exists("~/e1"), exists("~/e2"), children2("~"), children2("~/p")), resume("eve"), join("eve"),
			do("eve", ephemerals("/")),
		)},
		{name: "a session expires while its connection is open", with: quick, steps: steps(
			join("ann"), short("eve"), do("eve", create("~/e", "", ephemeral)), gone("ann", "~/e"), do("eve", exists("~/e")), resume("eve"),
		)},
		{name: "a session that is resumed in time lives on", with: quick, steps: steps(
			join("ann"), connect("eve", Connect{Timeout: 10000, Zxid: ZxidZero}), short("fay"), each("eve", create("~/e", "", ephemeral)),
			each("fay", create("~/f", "", ephemeral)), hangUp("fay"), hangUp("eve"),
			connect("eve", Connect{Session: Resume, Timeout: 10000, Zxid: ZxidSeen}), gone("ann", "~/f"), do("ann", exists("~/e")),
			do("eve", exists("~/e")), leave("eve"), do("ann", exists("~/e")),
		)},
		{name: "resume with another timeout", steps: steps(
			join("ann"), known("resume with another timeout", connect("ann", Connect{Session: Resume, Timeout: 40000, Zxid: ZxidSeen})),
			connect("ann", Connect{Session: Resume, Timeout: 5000, Zxid: ZxidSeen}),
			known("resume with another timeout", connect("ann", Connect{Session: Resume, Timeout: 6000, Zxid: ZxidSeen})),
		)},
		{name: "whoAmI", steps: steps(
			join("ann"), joinAs("cat", "cat:purr"), superuser(), do("ann", wire.Op{Code: wire.WhoAmI}),
			do("cat", wire.Op{Code: wire.WhoAmI}), do("sue", wire.Op{Code: wire.WhoAmI}),
		)},
	}
}

func reapStories() []story {
	return []story{
		{name: "an empty container goes once it had a child", with: quick, steps: steps(
			join("ann", "bob"), each("ann", createContainer("~/c"), createContainer("~/never"), create("~/c/k", "")),
			each("bob", watched(exists("~/c")), watched(children("~")), addWatch("~", recursiveWatch)), do("ann", del("~/c/k", -1)),
			gone("ann", "~/c"), each("bob", exists("~/never"), children2("~"), createContainer("~/c"), exists("~/c")),
		)},
		{name: "nested containers", with: quick, steps: steps(
			join("ann", "bob"),
			do("ann", multi(createContainer("~/c"), createContainer("~/c/d"), create("~/c/d/k", ""), del("~/c/d/k", -1))),
			gone("ann", "~/c"), do("bob", exists("~")),
		)},
		{name: "a container with an ephemeral child", with: quick, steps: steps(
			join("ann", "bob", "eve"), do("ann", createContainer("~/c")), do("eve", create("~/c/e", "", ephemeral)), leave("eve"),
			gone("ann", "~/c"), do("bob", exists("~")),
		)},
		{name: "a TTL node goes when nobody changes it", with: quick, steps: steps(
			join("ann", "bob"), do("bob", addWatch("~/t", recursiveWatch)),
			each("ann", createTTL("~/t", 300, withTTL), createTTL("~/keep", 1<<40-1, withTTL)), gone("ann", "~/t"),
			each("bob", children2("~"), exists("~/keep")),
		)},
		{name: "a sequential TTL node goes too", with: quick, steps: steps(
			join("ann"), do("ann", createTTL("~/s-", 300, sequentialWithTTL)), gone("ann", "~/s-0000000000"), do("ann", children2("~")),
		)},
		{name: "a TTL node with children stays", with: quick, steps: steps(
			join("ann", "bob"), each("ann", createTTL("~/t", 200, withTTL), create("~/t/k", ""), createTTL("~/u", 200, withTTL)),
			gone("ann", "~/u"), do("bob", exists("~/t")), do("ann", del("~/t/k", -1)), gone("ann", "~/t"), do("bob", exists("~")),
		)},
	}
}
