package tree_test

import (
	"errors"
	"testing"

	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// bad is an ACL that Fix refuses, closed one that gives alice nothing.
var (
	bad    = []znode.ACL{{Perms: znode.All, ID: znode.ID{Scheme: "bad"}}}
	closed = only("bob", znode.All)
)

// TestErrors runs ops against one small tree. Each row that names several
// things wrong shows which one wins.
func TestErrors(t *testing.T) {
	setup := []tree.Op{
		create("/a"), create("/a/b"), create("/leaf"),
		createMode("/e", znode.ModeEphemeral),
		withACL(createMode("/ec", znode.ModeEphemeral), closed),
		create("/c"), withACL(create("/c/x"), closed), create("/c/y"),
		create("/c/y/z"),
		tree.SetData{Path: "/c/y", Version: -1},
		tree.SetACL{Path: "/c", ACL: closed, Version: 0},
		createKind("/cont", tree.KindContainer, znode.ModeContainer, 0),
		createKind("/ttl", tree.KindTTL, znode.ModePersistentTTL, 5),
	}
	const ttl, seqTTL, cont = znode.ModePersistentTTL, znode.ModePersistentSequentialTTL, znode.ModeContainer
	tests := []struct {
		name string
		op   tree.Op
		want error
	}{
		{"create", create("/new"), nil},
		{"create exists", create("/a"), tree.ErrNodeExists},
		{"create root", create("/"), tree.ErrNodeExists},
		{"create root, sequential", createMode("/", znode.ModePersistentSequential), nil},
		{"create without slash", create("a"), tree.ErrBadArguments},
		{"create empty", create(""), tree.ErrBadArguments},
		{"create NUL", create("/a\x00"), tree.ErrBadArguments},
		{"create NUL and bad ACL", withACL(create("/a\x00"), bad), tree.ErrBadArguments},
		{"create control character", create("/a\x01"), tree.ErrBadArguments},
		{"create control character under nothing", create("/none/a\x01"), tree.ErrNoNode},
		{"create control character where forbidden", create("/c/a\x01"), tree.ErrNoAuth},
		{"create trailing slash", create("/a/"), tree.ErrBadArguments},
		{"create trailing slash under nothing", create("/none/"), tree.ErrNoNode},
		{"create trailing slash, sequential", createMode("/a/", znode.ModePersistentSequential), nil},
		{"create double slash", create("//a"), tree.ErrBadArguments},
		{"create double slash below", create("/a//b"), tree.ErrNoNode},
		{"create relative path", create("x/y"), tree.ErrNoNode},
		{"create dot", create("/a/."), tree.ErrBadArguments},
		{"create no parent", create("/none/x"), tree.ErrNoNode},
		{"create no parent, bad ACL", withACL(create("/none/x"), bad), tree.ErrInvalidACL},
		{"create null ACL", withACL(create("/n"), nil), tree.ErrInvalidACL},
		{"create empty ACL", withACL(create("/n"), []znode.ACL{}), tree.ErrInvalidACL},
		{"create existing, bad ACL", withACL(create("/a"), bad), tree.ErrInvalidACL},
		{"create where forbidden", create("/c/new"), tree.ErrNoAuth},
		{"create existing where forbidden", create("/c/x"), tree.ErrNoAuth},
		{"create under ephemeral", create("/e/x"), tree.ErrNoChildrenForEphemerals},
		{"create under ephemeral where forbidden", create("/ec/x"), tree.ErrNoAuth},
		{"create invalid under ephemeral", create("/e/.."), tree.ErrBadArguments},
		{"create ephemeral under ephemeral", createMode("/e/x", znode.ModeEphemeral), tree.ErrNoChildrenForEphemerals},
		{"create under container", create("/cont/x"), nil},
		{"create under TTL", create("/ttl/x"), nil},
		{"create ephemeral under TTL", createMode("/ttl/x", znode.ModeEphemeral), nil},
		{"create mode 7", createMode("/n", 7), tree.ErrBadArguments},
		{"create mode -1", createMode("a", -1), tree.ErrBadArguments},
		{"create mode 7, no slash, bad ACL", withACL(createMode("x", 7), bad), tree.ErrBadArguments},
		{"create with TTL mode", createMode("/n", ttl), tree.ErrBadArguments},
		{"create2 with TTL mode", createKind("/n", tree.KindCreate2, ttl, 5), tree.ErrBadArguments},
		{"create with container mode", createMode("/n", cont), nil},
		{"createTTL", createKind("/n", tree.KindTTL, ttl, 1), nil},
		{"createTTL sequential", createKind("/n", tree.KindTTL, seqTTL, 1), nil},
		{"createTTL longest", createKind("/n", tree.KindTTL, ttl, znode.MaxTTL), nil},
		{"createTTL too long", createKind("/n", tree.KindTTL, ttl, znode.MaxTTL+1), tree.ErrBadArguments},
		{"createTTL 0", createKind("/n", tree.KindTTL, ttl, 0), tree.ErrBadArguments},
		{"createTTL negative", createKind("/n", tree.KindTTL, ttl, -1), tree.ErrBadArguments},
		{"createTTL without TTL mode", createKind("/n", tree.KindTTL, 0, 5), tree.ErrBadArguments},
		{"createTTL without TTL mode or TTL", createKind("/n", tree.KindTTL, 0, -1), tree.ErrBadArguments},
		{"createContainer", createKind("/n", tree.KindContainer, cont, 0), nil},
		{"createContainer with persistent mode", createKind("/n", tree.KindContainer, 0, 0), nil},
		{"createContainer with TTL mode", createKind("/n", tree.KindContainer, ttl, 5), tree.ErrBadArguments},

		{"delete", tree.Delete{Path: "/leaf", Version: -1}, nil},
		{"delete version", tree.Delete{Path: "/leaf", Version: 0}, nil},
		{"delete wrong version", tree.Delete{Path: "/leaf", Version: 1}, tree.ErrBadVersion},
		{"delete version -2", tree.Delete{Path: "/leaf", Version: -2}, tree.ErrBadVersion},
		{"delete not empty", tree.Delete{Path: "/a", Version: -1}, tree.ErrNotEmpty},
		{"delete not empty, wrong version", tree.Delete{Path: "/a", Version: 7}, tree.ErrBadVersion},
		{"delete nothing", tree.Delete{Path: "/none"}, tree.ErrNoNode},
		{"delete below nothing", tree.Delete{Path: "/none/x"}, tree.ErrNoNode},
		{"delete where forbidden", tree.Delete{Path: "/c/x", Version: 7}, tree.ErrNoAuth},
		{"delete nothing where forbidden", tree.Delete{Path: "/c/none"}, tree.ErrNoAuth},
		{"delete where the parent allows", tree.Delete{Path: "/ec"}, nil},
		{"delete root", tree.Delete{Path: "/", Version: -1}, tree.ErrBadArguments},
		{"delete /zookeeper", tree.Delete{Path: znode.ZooKeeper, Version: 9}, tree.ErrBadArguments},
		{"delete quota", tree.Delete{Path: znode.Quota, Version: -1}, tree.ErrBadArguments},
		{"delete config", tree.Delete{Path: znode.Config, Version: -1}, tree.ErrBadArguments},
		{"delete below config", tree.Delete{Path: znode.Config + "/x", Version: -1}, tree.ErrNoAuth},
		{"delete empty", tree.Delete{}, tree.ErrBadArguments},
		{"delete without slash", tree.Delete{Path: "a"}, tree.ErrBadArguments},
		{"delete NUL", tree.Delete{Path: "/a\x00"}, tree.ErrBadArguments},
		{"delete trailing slash", tree.Delete{Path: "/a/"}, tree.ErrNoNode},
		{"delete double slash", tree.Delete{Path: "//leaf"}, tree.ErrNoNode},
		{"delete relative path", tree.Delete{Path: "a/b"}, tree.ErrNoNode},

		{"setData", tree.SetData{Path: "/a", Version: 0}, nil},
		{"setData any version", tree.SetData{Path: "/a", Version: -1}, nil},
		{"setData wrong version", tree.SetData{Path: "/a", Version: 1}, tree.ErrBadVersion},
		{"setData nothing", tree.SetData{Path: "/none"}, tree.ErrNoNode},
		{"setData forbidden", tree.SetData{Path: "/c/x", Version: 9}, tree.ErrNoAuth},
		{"setData root", tree.SetData{Path: "/", Version: -1}, nil},
		{"setData config", tree.SetData{Path: znode.Config, Version: -1}, tree.ErrNoAuth},
		{"setData invalid", tree.SetData{Path: "/a/"}, tree.ErrBadArguments},
		{"setData empty", tree.SetData{}, tree.ErrBadArguments},
		{"setData NUL", tree.SetData{Path: "/a\x00"}, tree.ErrBadArguments},

		{"setACL", tree.SetACL{Path: "/a", ACL: closed}, nil},
		{"setACL wrong version", tree.SetACL{Path: "/a", ACL: closed, Version: 1}, tree.ErrBadVersion},
		{"setACL forbidden", tree.SetACL{Path: "/c", ACL: closed, Version: 9}, tree.ErrNoAuth},
		{"setACL nothing", tree.SetACL{Path: "/none", ACL: closed}, tree.ErrNoNode},
		{"setACL nothing, bad ACL", tree.SetACL{Path: "/none", ACL: bad}, tree.ErrInvalidACL},
		{"setACL invalid, bad ACL", tree.SetACL{Path: "none", ACL: bad}, tree.ErrBadArguments},
		{"setACL null", tree.SetACL{Path: "/a"}, tree.ErrInvalidACL},
		{"setACL root", tree.SetACL{Path: "/", ACL: closed, Version: -1}, nil},
		{"setACL /zookeeper", tree.SetACL{Path: znode.ZooKeeper, ACL: closed, Version: 0}, nil},
		{"setACL config", tree.SetACL{Path: znode.Config, ACL: closed, Version: -1}, tree.ErrNoAuth},

		{"check", tree.Check{Path: "/a", Version: 0}, nil},
		{"check any version", tree.Check{Path: "/a", Version: -1}, nil},
		{"check changed version", tree.Check{Path: "/c/y", Version: 1}, nil},
		{"check wrong version", tree.Check{Path: "/a", Version: 3}, tree.ErrBadVersion},
		{"check nothing", tree.Check{Path: "/none"}, tree.ErrNoNode},
		{"check forbidden", tree.Check{Path: "/c/x", Version: 9}, tree.ErrNoAuth},
		{"check invalid", tree.Check{Path: "//"}, tree.ErrBadArguments},

		{"deleteContainer", tree.DeleteContainer{Path: "/cont"}, nil},
		{"deleteContainer of a TTL znode", tree.DeleteContainer{Path: "/ttl"}, nil},
		{"deleteContainer of a persistent znode", tree.DeleteContainer{Path: "/leaf"}, nil},
		{"deleteContainer of an ephemeral znode", tree.DeleteContainer{Path: "/e"}, tree.ErrBadVersion},
		{"deleteContainer not empty", tree.DeleteContainer{Path: "/a"}, tree.ErrNotEmpty},
		{"deleteContainer nothing", tree.DeleteContainer{Path: "/none"}, tree.ErrNoNode},
		{"deleteContainer nothing where forbidden", tree.DeleteContainer{Path: "/c/none"}, tree.ErrNoNode},
		{"deleteContainer not empty where forbidden", tree.DeleteContainer{Path: "/c/y"}, tree.ErrNotEmpty},
		{"deleteContainer forbidden", tree.DeleteContainer{Path: "/c/x"}, tree.ErrNoAuth},
		{"deleteContainer special", tree.DeleteContainer{Path: znode.Quota}, tree.ErrBadArguments},
		{"deleteContainer root", tree.DeleteContainer{Path: "/"}, tree.ErrBadArguments},
		{"deleteContainer NUL", tree.DeleteContainer{Path: "/\x00"}, tree.ErrBadArguments},

		{"open", tree.OpenSession{ID: 5}, tree.ErrUnimplemented},
		{"move", tree.MoveSession{ID: session}, tree.ErrUnimplemented},
		{"meta", tree.PutMeta{}, tree.ErrUnimplemented},
		{"repair", tree.RepairCounter{Path: "/a"}, tree.ErrUnimplemented},
		{"close another session", tree.CloseSession{ID: other}, tree.ErrBadArguments},
		{"nothing", nil, tree.ErrUnimplemented},
	}
	w := newWorld(t)
	w.do(setup...)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &world{kv: w.clone(), now: 9}
			w.t = t
			before := w.rev
			result := w.run(w.request(test.op))
			if !errors.Is(result.Err, test.want) || test.want == nil && result.Err != nil {
				t.Fatalf("%v, want %v", result.Err, test.want)
			}
			_, check := test.op.(tree.Check)
			if changes := test.want == nil && !check; changes != (w.rev != before) {
				t.Errorf("it wrote: %v, want %v", w.rev != before, changes)
			}
		})
	}
}

func TestSessionErrors(t *testing.T) {
	everyOp := []struct {
		op tree.Op
		// first is the error that wins over the session's.
		first error
	}{
		{create("/n"), nil},
		{createMode("/n", znode.ModeEphemeral), nil},
		{createMode("/n", 9), tree.ErrBadArguments},
		{createKind("/n", tree.KindTTL, znode.ModePersistentTTL, 0), tree.ErrBadArguments},
		{withACL(create("n"), bad), nil},
		{tree.Delete{Path: ""}, nil},
		{tree.SetData{Path: ""}, nil},
		{tree.SetACL{Path: ""}, nil},
		{tree.Check{Path: ""}, nil},
		{tree.DeleteContainer{Path: "/none"}, tree.ErrNoNode},
		{tree.DeleteContainer{Path: znode.Root}, tree.ErrBadArguments},
		{tree.CloseSession{ID: session}, nil},
		{tree.Multi{Ops: []tree.Op{create("/n")}}, nil},
	}
	for _, test := range everyOp {
		w := newWorld(t)
		moved := w.request(test.op)
		moved.Epoch = 2
		expired := w.request(test.op)
		expired.Session = 77
		if c, ok := test.op.(tree.CloseSession); ok {
			c.ID = 77
			expired.Op = c
		}
		for want, r := range map[error]tree.Request{tree.ErrSessionMoved: moved, tree.ErrSessionExpired: expired} {
			if test.first != nil {
				want = test.first
			}
			if got := w.run(r).Err; got != want {
				t.Errorf("%#v: %v, want %v", test.op, got, want)
			}
		}
	}
}

func TestTTLSwitchedOff(t *testing.T) {
	w := newWorld(t)
	for _, c := range []tree.Create{
		createKind("/t", tree.KindTTL, znode.ModePersistentTTL, 5),
		createKind("bad", tree.KindTTL, znode.ModePersistentSequentialTTL, -5),
		createMode("/t", znode.ModePersistentTTL),
	} {
		b := tree.NewBatch(w.view(), plenty)
		b.ExtendedTypes = false
		if result, _ := b.Add(w.request(c)); result.Err != tree.ErrUnimplemented {
			t.Errorf("%+v: %v", c, result.Err)
		}
	}
	b := tree.NewBatch(w.view(), plenty)
	b.ExtendedTypes = false
	if result, _ := b.Add(w.request(createKind("/c", tree.KindContainer, znode.ModeContainer, 0))); result.Err != nil {
		t.Errorf("container: %v", result.Err)
	}
}
