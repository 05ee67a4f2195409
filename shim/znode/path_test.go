package znode

import (
	"errors"
	"strings"
	"testing"
)

func TestPathValidate(t *testing.T) {
	for _, tt := range []struct {
		path  Path
		valid bool
	}{
		{"/", true},
		{"/hbase", true},
		{"/hbase/rs/host,16020,1700000000000", true},
		{"/a b/c", true},
		{"/...", true},
		{"/.a/..b/c./d..", true},
		{"/é€", true},
		{"/\u00a0\ud7ff\uf900\uffef", true},
		{"", false},
		{"hbase", false},
		{"//", false},
		{"/a/", false},
		{"//a", false},
		{"/a//b", false},
		{"/.", false},
		{"/..", false},
		{"/a/.", false},
		{"/a/..", false},
		{"/./a", false},
		{"/a/../b", false},
		{"/a\x00", false},
		{"/\x01", false},
		{"/\x1f", false},
		{"/\x7f", false},
		{"/\u009f", false},
		{"/\ue000", false},
		{"/\uf8ff", false},
		{"/\ufff0", false},
		{"/\ufffd", false},
		{"/\uffff", false},
		{"/\U00010000", false},
		{"/\U0001f600", false},
		{"/\U0010ffff", false},
		{"/\xff", false},
		{"/\xed\xa0\x80", false},
	} {
		err := tt.path.Validate()
		if (err == nil) != tt.valid {
			t.Errorf("%+q: %v", tt.path, err)
		}
		if err != nil && (!errors.Is(err, ErrPath) || !strings.HasPrefix(err.Error(), "invalid path: ")) {
			t.Errorf("%+q: %v does not match ErrPath", tt.path, err)
		}
	}
}

func TestPathValidateDoesNotAllocate(t *testing.T) {
	p := Path("/hbase/region-in-transition/1588230740")
	if n := testing.AllocsPerRun(100, func() {
		if p.Validate() != nil {
			t.Fatal("invalid")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPathParts(t *testing.T) {
	for _, tt := range []struct {
		path, parent Path
		name         string
	}{
		{"/hbase/rs/a", "/hbase/rs", "a"},
		{"/hbase", "/", "hbase"},
		{"/", "/", ""},
	} {
		if got := tt.path.Parent(); got != tt.parent {
			t.Errorf("parent of %s: %s", tt.path, got)
		}
		if got := tt.path.Name(); got != tt.name {
			t.Errorf("name of %s: %s", tt.path, got)
		}
		if tt.name != "" && tt.parent.Child(tt.name) != tt.path {
			t.Errorf("%s's child %s: %s", tt.parent, tt.name, tt.parent.Child(tt.name))
		}
	}
}

func TestPathSpecial(t *testing.T) {
	for path, want := range map[Path]bool{
		"/": true, "/zookeeper": true, "/zookeeper/quota": true, "/zookeeper/config": true,
		"/hbase": false, "/zookeeper/quota/hbase": false, "/zookeeper2": false, "/zookeeper/other": false,
	} {
		if got := path.Special(); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// FuzzPathValidate: a valid path is what its parent and name make it, and they
// are valid too.
func FuzzPathValidate(f *testing.F) {
	for _, s := range []string{"/", "/hbase/master", "/a//b", "/a/../b", "/\xff", "/a/", "/\U0001f600", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := Path(s)
		if p.Validate() != nil || p == Root {
			return
		}
		if err := p.Parent().Validate(); err != nil {
			t.Fatalf("%q is valid, its parent is not: %v", p, err)
		}
		if name := p.Name(); name == "" || p.Parent().Child(name) != p {
			t.Fatalf("%q is not the child %q of %q", p, name, p.Parent())
		}
	})
}
