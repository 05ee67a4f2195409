package rules

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hquorum/hquorum/"

// pkg is what `go list -json` tells of a package.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

func list(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

// allowed lists, for each room with a rule, the rooms it may import directly;
// "" stands for anything outside the module and the standard library.
var allowed = map[string][]string{
	"shim/jute":             {},
	"shim/znode":            {},
	"shim/store":            {},
	"shim/proto":            {"shim/jute", "shim/znode"},
	"shim/record":           {"shim/znode"},
	"shim/auth":             {"shim/znode"},
	"shim/tree":             {"shim/znode", "shim/store", "shim/record"},
	"shim/watch":            {"shim/znode"},
	"shim/replica":          {"shim/znode", "shim/store", "shim/record", "shim/tree", ""},
	"shim/commit":           {"shim/znode", "shim/store", "shim/record", "shim/tree", "shim/replica", ""},
	"shim/session":          {"shim/znode", "shim/store", "shim/record", "shim/tree", "shim/replica", "shim/commit", ""},
	"shim/store/mem":        {"shim/store"},
	"shim/store/etcd":       {"shim/store", "backend", ""},
	"shim/store/storetest":  {"shim/store"},
	"hbasemodel":            {"hbasemodel/payload"},
	"hbasemodel/payload":    {""},
	"hbasemodel/root":       {},
	"hbasemodel/zksource":   {"hbasemodel", "hbasemodel/root", ""},
	"hbasemodel/shimsource": {"hbasemodel", "hbasemodel/root", "shim", "shim/tree", "shim/znode"},
}

func TestDirection(t *testing.T) {
	packages := list(t)
	for room, may := range allowed {
		p, ok := packages[module+room]
		if !ok {
			t.Errorf("%s has a rule but does not exist", room)
			continue
		}
		for _, imported := range p.Imports {
			name, inside := strings.CutPrefix(imported, module)
			switch {
			case !inside && packages[imported].Standard:
			case !inside && slices.Contains(may, ""):
			case inside && slices.Contains(may, name):
			default:
				t.Errorf("%s imports %s", room, imported)
			}
		}
	}
}

// etcdRooms are the only ones that may import etcd's client.
var etcdRooms = []string{"shim/store/etcd", "backend", "election", "liveness"}

func TestOnlyTheStoreKnowsEtcd(t *testing.T) {
	for path, p := range list(t) {
		room, inside := strings.CutPrefix(path, module)
		if !inside || slices.Contains(etcdRooms, room) || strings.HasPrefix(room, "test/") {
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "go.etcd.io/etcd/") {
				t.Errorf("%s imports %s", room, imported)
			}
		}
	}
}

func TestConnectionsNeverReachEtcd(t *testing.T) {
	packages := list(t)
	for _, room := range []string{"shim/conn", "shim/tree", "shim/replica", "shim/commit", "shim/session", "shim/watch", "shim/auth"} {
		for _, dep := range packages[module+room].Deps {
			if strings.HasPrefix(dep, "go.etcd.io/etcd/") {
				t.Errorf("%s depends on %s", room, dep)
			}
		}
	}
}

// judges share no code with what they judge.
var judges = []string{"test/wire", "test/diff", "test/sim/judge"}

func TestJudgesShareNoCode(t *testing.T) {
	packages := list(t)
	for _, room := range judges {
		p, ok := packages[module+room]
		if !ok {
			t.Errorf("%s is gone", room)
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, module+"shim") {
				t.Errorf("%s depends on %s", room, dep)
			}
		}
	}
}
