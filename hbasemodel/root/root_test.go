package root

import (
	"errors"
	"slices"
	"testing"
)

func TestMarked(t *testing.T) {
	for _, test := range []struct {
		children []string
		want     bool
	}{
		{nil, false},
		{[]string{"config", "quota"}, false},
		{[]string{"table", "hbaseid"}, true},
		{[]string{"master"}, true},
		{[]string{"running"}, true},
		{[]string{"x", "rs"}, true},
		{[]string{"rs2", "masters"}, false},
	} {
		if got := Marked(func(name string) bool { return slices.Contains(test.children, name) }); got != test.want {
			t.Errorf("Marked(%q) = %v", test.children, got)
		}
	}
}

func TestClean(t *testing.T) {
	for _, test := range []struct {
		roots, want []string
		err         error
	}{
		{nil, nil, nil},
		{[]string{"/hbase"}, []string{"/hbase"}, nil},
		{[]string{"/b", "/a", "/b"}, []string{"/a", "/b"}, nil},
		{[]string{"/a/b/c", "/ab", "/a"}, []string{"/a", "/ab"}, nil},
		{[]string{"/a!", "/a/x", "/a"}, []string{"/a", "/a!"}, nil},
		{[]string{"/a", "/"}, []string{"/"}, nil},
		{[]string{""}, nil, ErrPath},
		{[]string{"hbase"}, nil, ErrPath},
		{[]string{"/hbase/"}, nil, ErrPath},
		{[]string{"/a//b"}, nil, ErrPath},
		{[]string{"/a/../b"}, nil, ErrPath},
	} {
		got, err := Clean(test.roots)
		if !slices.Equal(got, test.want) || !errors.Is(err, test.err) {
			t.Errorf("Clean(%q) = %q, %v", test.roots, got, err)
		}
	}
}
