package diff

import (
	"math"

	"github.com/hquorum/hquorum/test/wire"
)

// life is what can happen to ~/a and its children.
func life(client string) []Step {
	return each(client, create("~/a", "1"), set("~/a", "2", -1), setACL("~/a", -1, world(31)), create("~/a/b", ""), set("~/a/b", "x", -1),
		create("~/a/b/c", ""), del("~/a/b/c", -1), del("~/a/b", -1),
		multi(create("~/a/m", ""), set("~/a", "3", -1), del("~/a/m", -1)), del("~/a", -1), create("~/a", "again"), del("~/a", -1))
}

func watchStories() []story {
	kinds := map[string]func(path string) wire.Op{
		"exists": func(p string) wire.Op { return watched(exists(p)) }, "getData": func(p string) wire.Op { return watched(get(p)) },
		"getChildren": func(p string) wire.Op { return watched(children(p)) }, "getChildren2": func(p string) wire.Op { return watched(children2(p)) },
		"persistent": func(p string) wire.Op {
			return addWatch(p,
				persistentWatch)
		}, "recursive": func(p string) wire.Op { return addWatch(p, recursiveWatch) },
	}
	var stories []story
	for name, watch := range kinds {
		var again []Step
		for _, s := range life("bob") { // the watch is set anew before each change
			again = append(again, each("ann", watch("~/a"), watch("~/a/b"))...)
			again = append(again, s)
		}
		stories = append(stories,
			story{name: "watch by " + name + " on a node that comes and goes", steps: steps(
				join("ann", "bob"), each("ann", watch("~/a"), watch("~/a/b")), life("bob"), do("ann", children("~")),
			)},
			story{name: "watch by " + name + " on a node that is there", steps: steps(
				join("ann", "bob"), do("bob", create("~/a", "0")), each("ann", watch("~/a")), life("bob")[1:],
			)},
			story{name: "watch by " + name + " set again each time", steps: steps(join("ann", "bob"), again)},
			story{name: "watch by " + name + " on the parent", steps: steps(
				join("ann", "bob"), do("ann", watch("~")), life("bob"), do("ann", watch("~")), do("bob", set("~", "x", -1)),
				do("bob", create("~/n", "")),
			)},
			story{name: "watch by " + name + " of one's own changes", steps: steps(
				join("ann"), each("ann", watch("~/a"), watch("~")), life("ann"),
				do(
					"ann", watch("~/a"), create("~/a", ""), watch("~/a"), set("~/a", "", -1), watch("~/a"), create("~/a/b", ""),
					watch("~/a"), del("~/a/b", -1), del("~/a", -1), exists("~/a"),
				),
			)},
		)
	}
	types := []int32{childrenType, dataType, anyType, persistentType, recursiveType, 0, 6, -1, math.MaxInt32}
	var removal []Step
	arms := []wire.Op{watched(exists("~/a")), watched(get("~")), watched(children("~")), addWatch("~", persistentWatch), addWatch("~",
		recursiveWatch), addWatch("~/a", persistentWatch), addWatch("~/a", recursiveWatch)}
	for _, arm := range arms {
		path := arm.Path
		for _, of := range types {
			removal = append(removal, each("ann", arm, checkWatches(path, of), removeWatches(path, of), checkWatches(path, anyType))...)
			removal = append(removal, each("bob", set("~", "x", -1), create("~/a", ""), del("~/a", -1))...)
			removal = append(removal, each("ann", removeWatches(path, anyType), removeWatches(path, anyType), checkWatches(path, of))...)
		}
	}
	return append(stories,
		story{name: "checking and removing watches", steps: steps(join("ann", "bob"), removal)},
		story{name: "all kinds on one node", steps: steps(
			join("ann", "bob"), do("bob", create("~/a", "")),
			each(
				"ann", watched(exists("~/a")), watched(get("~/a")), watched(children("~/a")), addWatch("~/a", persistentWatch),
				addWatch("~/a", recursiveWatch), watched(children("~")), addWatch("~", recursiveWatch),
			),
			life("bob")[1:], each("ann", removeWatches("~/a", persistentType)), life("bob"),
			each("ann", removeWatches("~/a", recursiveType), removeWatches("~", recursiveType)), life("bob"),
		)},
		story{name: "a standard watch beside a persistent one", steps: steps(
			join("ann", "bob"), do("bob", create("~/a", "")),
			each(
				"ann", addWatch("~/a", persistentWatch), watched(get("~/a")), checkWatches("~/a", dataType),
				checkWatches("~/a", persistentType),
			),
			do("bob", set("~/a", "x", -1)),
			each(
				"ann", checkWatches("~/a", dataType), checkWatches("~/a", persistentType), checkWatches("~/a", childrenType),
				removeWatches("~/a", dataType),
			),
			do("bob", set("~/a", "y", -1)),
			each("ann", addWatch("~/a", recursiveWatch), addWatch("~/a", persistentWatch), removeWatches("~/a", persistentType)),
			do("bob", set("~/a", "z", -1)), do("bob", create("~/a/k", "")),
		)},
		story{name: "recursive watches at several depths", steps: steps(
			join("ann", "bob"), do("ann", addWatch("~", recursiveWatch)), do("ann", addWatch("~/a", recursiveWatch)),
			do("ann", addWatch("~/a/b/c", recursiveWatch)), do("ann", addWatch("~/a", persistentWatch)), life("bob"),
			do("ann", removeWatches("~", recursiveType)), life("bob"), do("ann", removeWatches("~/a", recursiveType)), life("bob"),
		)},
		story{name: "bad modes of addWatch", steps: steps(
			join("ann"),
			each(
				"ann", addWatch("~", 2), addWatch("~", -1), addWatch("~", math.MinInt32), addWatch(wire.Null, 0), addWatch("", 0),
				addWatch("x", 1),
			),
			each("ann", create("~/a", "")),
		)},
		story{name: "many watchers of one node", steps: steps(
			join("ann", "bob", "cid", "dan", "eve"), do("ann", watched(exists("~/m"))), do("bob", watched(exists("~/m"))),
			do("cid", addWatch("~/m", persistentWatch)), do("dan", addWatch("~", recursiveWatch)), do("dan", watched(children("~"))),
			do("eve", create("~/m", "", ephemeral)), do("ann", watched(get("~/m"))), do("eve", set("~/m", "x", 0)), leave("eve"),
			do("bob", watched(exists("~/m"))), do("ann", create("~/m", "")),
		)},
		story{name: "events come before the replies that show them", steps: steps(
			join("ann"),
			do(
				"ann", watched(exists("~/a")), watched(children("~")), create("~/a", ""), get("~/a"), watched(get("~/a")),
				watched(children("~")), set("~/a", "x", 0), get("~/a"), watched(exists("~/a")), create("~/b", ""), children("~"),
				multi(del("~/a", 1), create("~/a", "2"), set("~/a", "3", 0)), get("~/a"), watched(get("~/a")), watched(exists("~/a")),
				watched(exists("~/a")), set("~/a", "4", -1), set("~/a", "5", -1),
			),
		)},
		story{name: "a failed read arms only exists", steps: steps(
			join("ann", "bob"), each("ann", watched(get("~/a")), watched(children("~/a")), watched(children2("~/a"))),
			do("bob", create("~/a", "")), do("bob", create("~/a/b", "")),
			each("ann", checkWatches("~/a", anyType), watched(exists("~/z")), checkWatches("~/z", dataType)), do("bob", create("~/z", "")),
		)},
		story{name: "watches end with the connection", steps: steps(
			join("ann", "bob"), do("ann", watched(exists("~/a")), watched(children("~")), addWatch("~", recursiveWatch)), hangUp("ann"),
			do("bob", create("~/a", "")), resume("ann"), do("bob", del("~/a", -1)), do("ann", checkWatches("~", anyType)),
		)},
	)
}

// catchUpStories: what a client learns that sets its watches again after it was away.
func catchUpStories() []story {
	nodes := []string{"~/same", "~/changed", "~/deleted", "~/recreated", "~/childless", "~/grown", "~/aclset", "~/absent", "~/created", "~/flicker"}
	before := steps(join("ann", "bob"), each("bob", create("~/same", ""), create("~/changed", ""), create("~/deleted", ""),
		create("~/recreated", ""), create("~/childless", ""), create("~/childless/c", ""), create("~/grown", ""), create("~/aclset", "")),
		do("ann", exists("~")))
	away := each("bob", set("~/changed", "x", -1), del("~/deleted", -1), del("~/recreated", -1), create("~/recreated", ""),
		del("~/childless/c", -1), create("~/grown/c", ""), setACL("~/aclset", -1, world(31)), create("~/created", ""), create("~/flicker", ""),
		del("~/flicker", -1))
	after := steps(each("bob", set("~/same", "n", -1), set("~/changed", "n", -1), create("~/deleted", ""), set("~/recreated", "n", -1),
		create("~/childless/n", ""), create("~/grown/n", ""), create("~/same/n", ""), create("~/absent", ""), create("~/flicker", ""),
		set("~/aclset", "n", -1)),
		each("bob", del("~/grown/c", -1), set("~/grown", "", -1), del("~/same/n", -1), del("~/same", -1), del("~/absent", -1)))
	var stories []story
	for name, op := range map[string]wire.Op{
		"data": rearm(nodes, []string{}, []string{}), "exist": rearm([]string{}, nodes, []string{}), "child": rearm([]string{}, []string{},
			nodes), "all": rearm(nodes, nodes, nodes),
		"persistent": rearm2([]string{}, []string{}, []string{}, nodes, []string{}), "recursive": rearm2([]string{}, []string{}, []string{},
			[]string{}, []string{"~", "~/same"}), "everything": rearm2(nodes, nodes, nodes, nodes, nodes),
		"empty": rearm([]string{}, []string{}, []string{}), "null lists": rearm(nil, nil, nil), "null lists of five": rearm2(nil, nil, nil,
			nil, nil), "odd paths": rearm([]string{"", "x", "~//"}, []string{"", "x"}, []string{"x"}),
	} {
		stories = append(stories, story{name: "coming back with watches on " + name, steps: steps(before, hangUp("ann"), away,
			resume("ann"), do("ann", op), after)})
	}
	zero, future := rearm(nodes, nodes, nodes), rearm(nodes, nodes, nodes)
	zero.Zxid, future.Zxid = ZxidZero, ZxidFuture
	return append(stories,
		story{name: "setWatches from the beginning", steps: steps(before, away, do("ann", zero), after)},
		story{name: "setWatches from the future", steps: steps(before, away, do("ann", future), after)},
		story{name: "setWatches with requests around it", steps: steps(
			before, hangUp("ann"), away, resume("ann"),
			do(
				"ann", get("~/changed"), rearm(nodes, nodes, nodes), set("~/same", "own", -1), get("~/same"), watched(get("~/same")),
				set("~/same", "own", -1),
			),
			after,
		)},
		story{name: "setWatches does not ask for permission", steps: steps(
			join("ann"), joinAs("cat", "cat:purr"), each("cat", createACL("~/secret", user("cat", "purr", 31)), create("~/open", "")),
			do("ann", zero), do("ann", rearm([]string{"~/secret"}, []string{"~/secret"}, []string{"~/secret"})),
			do("cat", set("~/secret", "x", -1)), do("cat", del("~/secret", -1)),
		)},
		story{name: "away while a session ends", steps: steps(
			join("ann", "bob", "eve"), do("eve", create("~/m", "", ephemeral)), do("ann", watched(exists("~/m"))), hangUp("ann"),
			leave("eve"), resume("ann"), do("ann", rearm([]string{"~/m"}, []string{}, []string{"~"})), do("bob", create("~/m", "")),
		)},
	)
}
