package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/test/wire"
)

// story is a named program. Steps get their ids when it runs.
type story struct {
	name  string
	with  settings // calm where it is empty
	root  bool
	steps []Step
}

// known marks the first of the steps as one in which hquorum may differ, for the reason named in docs/guarantees.md.
func known(reason string, list []Step) []Step {
	list = slices.Clone(list)
	list[0].Known = reason
	return list
}

func steps(lists ...[]Step) []Step { return slices.Concat(lists...) }

func do(client string, ops ...wire.Op) []Step { return []Step{{Client: client, Ops: ops}} }

// each sends the ops one at a time.
func each(client string, ops ...wire.Op) (list []Step) {
	for _, op := range ops {
		list = append(list, Step{Client: client, Ops: []wire.Op{op}})
	}
	return list
}

func join(clients ...string) (list []Step) {
	for _, c := range clients {
		list = append(list, Step{Client: c, Connect: &Connect{Timeout: 30000, Zxid: ZxidZero}})
	}
	return list
}

// joinAs joins and adds credentials, given as user:password.
func joinAs(client, credentials string) []Step {
	return steps(join(client), do(client, wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte(credentials)}))
}

func superuser() []Step { return joinAs("sue", SuperUser+":"+SuperPassword) }

func hangUp(client string) []Step { return []Step{{Client: client, Drop: true}} }

func resume(client string) []Step {
	return []Step{{Client: client, Connect: &Connect{Session: Resume, Timeout: 30000, Zxid: ZxidSeen}}}
}

func connect(client string, how Connect) []Step { return []Step{{Client: client, Connect: &how}} }

func gone(client, path string) []Step { return []Step{{Client: client, Await: path}} }

func damage(client string, op wire.Op, d Damage) []Step {
	return []Step{{Client: client, Ops: []wire.Op{op}, Damage: &d}}
}

func raw(client string, b ...byte) []Step { return []Step{{Client: client, Raw: b}} }

func leave(client string) []Step { return do(client, wire.Op{Code: wire.CloseSession}) }

func create(path, data string, flags ...int32) wire.Op {
	op := wire.Op{Code: wire.Create, Path: path, Data: []byte(data), ACL: open}
	for _, f := range flags {
		op.Flags = f
	}
	return op
}

func create2(path, data string, flags ...int32) wire.Op {
	op := create(path, data, flags...)
	op.Code = wire.Create2
	return op
}

func createACL(path string, acl ...wire.ACL) wire.Op {
	return wire.Op{Code: wire.Create, Path: path, Data: []byte("d"), ACL: acl}
}

func createContainer(path string) wire.Op {
	return wire.Op{Code: wire.CreateContainer, Path: path, Data: []byte{}, ACL: open, Flags: container}
}

func createTTL(path string, ttl int64, flags int32) wire.Op {
	return wire.Op{Code: wire.CreateTTL, Path: path, Data: []byte{}, ACL: open, Flags: flags, TTL: ttl}
}

func del(path string, version int32) wire.Op {
	return wire.Op{Code: wire.Delete, Path: path, Version: version}
}

func set(path, data string, version int32) wire.Op {
	return wire.Op{Code: wire.SetData, Path: path, Data: []byte(data), Version: version}
}

func check(path string, version int32) wire.Op {
	return wire.Op{Code: wire.Check, Path: path, Version: version}
}

func setACL(path string, version int32, acl ...wire.ACL) wire.Op {
	return wire.Op{Code: wire.SetACL, Path: path, ACL: acl, Version: version}
}

func get(path string) wire.Op       { return wire.Op{Code: wire.GetData, Path: path} }
func exists(path string) wire.Op    { return wire.Op{Code: wire.Exists, Path: path} }
func children(path string) wire.Op  { return wire.Op{Code: wire.GetChildren, Path: path} }
func children2(path string) wire.Op { return wire.Op{Code: wire.GetChildren2, Path: path} }
func getACL(path string) wire.Op    { return wire.Op{Code: wire.GetACL, Path: path} }
func count(path string) wire.Op     { return wire.Op{Code: wire.GetAllChildrenNumber, Path: path} }
func syncAt(path string) wire.Op    { return wire.Op{Code: wire.Sync, Path: path} }
func multi(ops ...wire.Op) wire.Op  { return wire.Op{Code: wire.Multi, Ops: ops} }
func multiRead(ops ...wire.Op) wire.Op {
	return wire.Op{Code: wire.MultiRead, Ops: ops}
}

func ephemerals(prefix string) wire.Op { return wire.Op{Code: wire.GetEphemerals, Path: prefix} }

// watched is the read with its watch flag set.
func watched(op wire.Op) wire.Op {
	op.Watch = true
	return op
}

func addWatch(path string, mode int32) wire.Op {
	return wire.Op{Code: wire.AddWatch, Path: path, Mode: mode}
}

// Modes of addWatch and types of checkWatches and removeWatches.
const (
	persistentWatch int32 = 0
	recursiveWatch  int32 = 1

	childrenType   int32 = 1
	dataType       int32 = 2
	anyType        int32 = 3
	persistentType int32 = 4
	recursiveType  int32 = 5
)

func checkWatches(path string, of int32) wire.Op {
	return wire.Op{Code: wire.CheckWatches, Path: path, Mode: of}
}

func removeWatches(path string, of int32) wire.Op {
	return wire.Op{Code: wire.RemoveWatches, Path: path, Mode: of}
}

// rearm is the setWatches of a client that comes back.
func rearm(data, exist, child []string) wire.Op {
	return wire.Op{Code: wire.SetWatches, Zxid: ZxidSeen, Lists: [5][]string{data, exist, child}}
}

func rearm2(data, exist, child, persistent, recursive []string) wire.Op {
	return wire.Op{Code: wire.SetWatches2, Zxid: ZxidSeen, Lists: [5][]string{data, exist, child, persistent, recursive}}
}

func world(perms int32) wire.ACL { return wire.ACL{Perms: perms, Scheme: "world", ID: "anyone"} }
func auth(perms int32) wire.ACL  { return wire.ACL{Perms: perms, Scheme: "auth", ID: ""} }
func ip(id string, perms int32) wire.ACL {
	return wire.ACL{Perms: perms, Scheme: "ip", ID: id}
}

func user(name, password string, perms int32) wire.ACL {
	return wire.ACL{Perms: perms, Scheme: "digest", ID: digest(name, password)}
}

func allStories() []story {
	return slices.Concat(dataStories(), sequenceStories(), errorStories(), aclStories(), multiStories(), watchStories(), catchUpStories(),
		sessionStories(), reapStories(), wireStories(), hbaseStories(), rootStories(), knownStories())
}

// TestStories runs every named program. `-run TestStories/name` runs one.
func TestStories(t *testing.T) {
	names := map[string]bool{}
	for _, s := range allStories() {
		if names[s.name] {
			t.Fatalf("two stories are called %q", s.name)
		}
		names[s.name] = true
		t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) {
			program := Program{Name: s.name, Root: s.root, Steps: slices.Clone(s.steps)}
			for i := range program.Steps {
				program.Steps[i].ID = i + 1
			}
			with := s.with
			if with == (settings{}) {
				with = calm
			}
			p := servers(t, with)
			d, err := both(p, program)
			if err != nil {
				t.Fatalf("%v\nserver under test:\n%s", err, p.test.LogTail(20))
			}
			if d == nil {
				wantKnown(t, p, program)
				return
			}
			t.Errorf("servers differ in step %d (-known shows the known differences too):\n%s", program.Steps[d.At].ID, tail(d.String(), 60))
		})
	}
}

// wantKnown fails where a story names a known difference that is none any more.
func wantKnown(t *testing.T, p pair, program Program) {
	if *flagSUT == "zookeeper" || !slices.ContainsFunc(program.Steps, func(s Step) bool { return s.Known != "" }) {
		return
	}
	for i := range program.Steps {
		program.Steps[i].Known = ""
	}
	if d, err := both(p, program); err == nil && d == nil {
		t.Error("the servers agree: this is no known difference any more")
	}
}

// tail keeps the last lines of a long text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(all) <= lines {
		return text
	}
	return fmt.Sprintf("  … %d lines …\n%s\n", len(all)-lines, strings.Join(all[len(all)-lines:], "\n"))
}
