package conn

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/tree"
)

// Every error that package tree declares has a code.
func TestCodesAreTotal(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../tree/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Err") {
			declared[v.Names[0].Name] = true
		}
		return true
	})
	if len(declared) < 10 || len(declared) != len(codes) {
		t.Errorf("%d errors are declared, %d have a code", len(declared), len(codes))
	}
	seen := map[error]bool{}
	for _, c := range codes {
		if seen[c.err] {
			t.Errorf("%v has two codes", c.err)
		}
		seen[c.err] = true
		if got := codeOf(fmt.Errorf("wrapped: %w", c.err)); got != c.code {
			t.Errorf("%v: %v, want %v", c.err, got, c.code)
		}
	}
	if codeOf(nil) != proto.OK || codeOf(fmt.Errorf("other")) != proto.SystemError || codeOf(tree.ErrNoNode) != proto.NoNode {
		t.Error("nil or an unknown error has a wrong code")
	}
}
