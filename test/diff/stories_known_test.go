package diff

import (
	"os"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/test/wire"
)

// knownStories show where hquorum differs from ZooKeeper on purpose, and a few oddities beside. Each reason is a row of
// docs/guarantees.md.
func knownStories() []story {
	deleteContainer := wire.Op{Code: wire.DeleteContainer, Path: "~/a"}
	return []story{
		{name: "deleteContainer from a client", steps: steps(
			join("ann"), do("ann", create("~/a", "")), do("ann", deleteContainer),
			do("ann", exists("~/a")),
		)},
		{name: "createSession from a client", steps: steps(
			join("ann"), known("createSession", do("ann", wire.Op{Code: wire.CreateSession, Flags: 30000})),
		)},
		{name: "sasl where none is configured", steps: steps(
			join("ann"), known("sasl", do("ann", wire.Op{Code: wire.SASL, Data: []byte{}})), known("sasl", do("ann", exists("~"))),
		)},
		{name: "reconfig where there is no ensemble", steps: steps(
			join("ann"),
			known("reconfig", do("ann", wire.Op{Code: wire.Reconfig, Lists: [5][]string{{wire.Null, wire.Null, "server.1=x"}}, Zxid: -1})),
			known("reconfig", do("ann", exists("~"))),
		)},
		{name: "a wrong password cuts the rightful connection", steps: steps(
			join("ann"), known("wrong password", connect("ann", Connect{Session: WrongPassword, Timeout: 30000, Zxid: ZxidSeen})),
		)},
		{name: "reads inside a multi", steps: steps(
			join("ann"), do("ann", create("~/a", "")), do("ann", multi(get("~/a"))),
			do("ann", multi(children("~/a"))),
			do("ann", multi(set("~/a", "x", -1), get("~/a"), set("~/a", "y", -1))),
			do("ann", get("~/a")),
		)},
		{name: "a null path among watches", steps: steps(
			join("ann"), known("null path in setWatches", do("ann", rearm([]string{"~/none", wire.Null}, []string{}, []string{}))),
		)},
		{name: "a null beside another mistake", steps: steps(
			join("ann"),
			known("two mistakes with a null", do("ann", wire.Op{Code: wire.CreateTTL, Path: wire.Null, ACL: open, Flags: withTTL, TTL: -1})),
			known("two mistakes with a null", do("ann", createACL("~/a", wire.ACL{Perms: 31, Scheme: "auth", ID: wire.Null}, wire.ACL{Perms: 31, Scheme: "auth", ID: wire.Null}))),
		)},
		{name: "sync beyond the first plane", steps: steps(
			join("ann"), known("beyond U+FFFF", do("ann", syncAt("~/😀"))),
		)},
		{name: "quota nodes", root: true, steps: steps(
			superuser(), each("sue", create("/q", ""), create("/zookeeper/quota/q", "")),
			known("quota", do("sue", create("/zookeeper/quota/q/zookeeper_limits", "count=5,bytes=-1"))),
			known("quota", do("sue", create("/zookeeper/quota/q/zookeeper_stats", "count=0,bytes=0"))),
			known("quota", do("sue", create("/q/a", ""))), known("quota", do("sue", get("/zookeeper/quota/q/zookeeper_stats"))),
		)},
	}
}

// TestKnownDifferencesAreDocumented wants a row in docs/guarantees.md for every reason that a story names.
func TestKnownDifferencesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	for _, s := range allStories() {
		for _, step := range s.steps {
			if step.Known != "" {
				reasons[step.Known] = true
			}
		}
	}
	for reason := range reasons {
		if !strings.Contains(string(text), "`"+reason+"`") {
			t.Errorf("docs/guarantees.md has no row with `%s`, which a story of test/diff names as a known difference", reason)
		}
	}
}
