package diff

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// coverage counts what the replies of real ZooKeeper were, so that a run that tests nothing is not taken for a good one.
type coverage struct {
	sync.Mutex
	of map[string]int
}

var replyLine = regexp.MustCompile(`< (?:#\d+\.\d+ (\w+) (\w+) z=([\w-]+)|event type=(\d))`)

func (c *coverage) add(t Transcript) {
	c.Lock()
	defer c.Unlock()
	if c.of == nil {
		c.of = map[string]int{}
	}
	for _, step := range t {
		for _, line := range step.Lines {
			if m := replyLine.FindStringSubmatch(line); m != nil {
				if m[1] == "multi" && m[2] == "ok" && m[3] == "ok" {
					m[2] = "undone" // a multi that changed something has a zxid of its own
				}
				c.of[strings.TrimSpace(m[1]+" "+m[2]+m[4])]++
			}
		}
	}
}

func (c *coverage) String() string {
	lines := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(c.of)) {
		op, outcome, _ := strings.Cut(key, " ")
		if outcome == "" {
			op, outcome = "event type", op
		}
		lines[op] = append(lines[op], fmt.Sprintf("%s %d", outcome, c.of[key]))
	}
	text := ""
	for _, op := range slices.Sorted(maps.Keys(lines)) {
		text += fmt.Sprintf("%22s: %s\n", op, strings.Join(lines[op], ", "))
	}
	return text
}

// wanted are the outcomes that a run of 100,000 operations must have seen often enough.
var wanted = map[string]int{
	"create ok": 1000, "create2 ok": 1000, "createContainer ok": 300, "createTTL ok": 300, "delete ok": 500, "setData ok": 1000,
	"setACL ok": 100, "exists ok": 300, "getData ok": 300, "getChildren ok": 300, "getChildren2 ok": 300, "getACL ok": 100,
	"multi ok": 1000, "multi undone": 1000, "multiRead ok": 300, "sync ok": 100, "addWatch ok": 500, "checkWatches ok": 20, "removeWatches ok": 50,
	"setWatches ok": 50, "setWatches2 ok": 50, "getEphemerals ok": 100, "getAllChildrenNumber ok": 100, "whoAmI ok": 100,
	"auth ok": 300, "auth AUTHFAILED": 10, "closeSession ok": 100,
	"create NODEEXISTS": 300, "create NONODE": 300, "create NOAUTH": 30, "create INVALIDACL": 50, "create BADARGUMENTS": 50,
	"create NOCHILDRENFOREPHEMERALS": 50, "create MARSHALLINGERROR": 10, "delete NOTEMPTY": 100, "delete BADVERSION": 20,
	"delete NONODE": 100, "delete NOAUTH": 10, "setData BADVERSION": 50, "setData NOAUTH": 20, "getData NOAUTH": 10,
	"setACL BADVERSION": 10, "setACL NOAUTH": 5, "checkWatches NOWATCHER": 100, "removeWatches NOWATCHER": 100,
	"1": 1000, "2": 500, "3": 1000, "4": 1000,
}

func (c *coverage) check(t *testing.T) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		if c.of[key] < wanted[key] {
			t.Errorf("only %d times %q in this run, want %d: the generator has lost its aim", c.of[key], key, wanted[key])
		}
	}
}
