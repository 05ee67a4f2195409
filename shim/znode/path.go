package znode

import (
	"errors"
	"strings"
)

// Path is an absolute znode path such as /hbase/master. The root is "/".
type Path string

// Root is the path of the root znode.
const Root Path = "/"

// ErrPath is what every invalid path matches with errors.Is.
var ErrPath = errors.New("invalid path")

type pathError struct{ reason string }

func (e *pathError) Error() string        { return "invalid path: " + e.reason }
func (e *pathError) Is(target error) bool { return target == ErrPath }

// Validate says whether the server may store a znode at p, by the rules of
// ZooKeeper's PathUtils.validatePath: it starts with a slash, does not end with
// one, and has no empty, "." or ".." element, no NUL, and no character in
// U+0001-U+001F, U+007F-U+009F, U+D800-U+F8FF or from U+FFF0 on.
//
// The result is nil or an error that matches ErrPath.
func (p Path) Validate() error {
	s := string(p)
	switch {
	case s == "":
		return &pathError{"it is empty"}
	case s[0] != '/':
		return &pathError{"it does not start with /"}
	case s == "/":
		return nil
	case s[len(s)-1] == '/':
		return &pathError{"it ends with /"}
	}
	for name := range strings.SplitSeq(s[1:], "/") {
		switch name {
		case "":
			return &pathError{"it has an empty element"}
		case ".", "..":
			return &pathError{"it has a relative element"}
		}
	}
	for _, r := range s {
		if forbidden(r) {
			return &pathError{"it has a forbidden character"}
		}
	}
	return nil
}

// forbidden covers malformed UTF-8 too: it ranges as U+FFFD, and so it does in
// Java's decoder. It covers everything beyond U+FFFF, because Java looks at
// UTF-16 and sees surrogates there.
func forbidden(r rune) bool {
	return r < 0x20 || r >= 0x7f && r <= 0x9f || r >= 0xd800 && r <= 0xf8ff || r >= 0xfff0
}

// Parent returns the path of p's parent; the parent of a top znode is Root, and
// so is the parent of Root.
func (p Path) Parent() Path {
	i := strings.LastIndexByte(string(p), '/')
	if i <= 0 {
		return Root
	}
	return p[:i]
}

// Name returns p's last element, "" for Root.
func (p Path) Name() string {
	return string(p[strings.LastIndexByte(string(p), '/')+1:])
}

// Child returns the path of the child called name.
func (p Path) Child(name string) Path {
	if p == Root {
		return Path("/" + name)
	}
	return p + "/" + Path(name)
}

// Paths that every tree has and nobody may delete (DataTree.isSpecialPath).
const (
	ZooKeeper Path = "/zookeeper"
	Quota     Path = "/zookeeper/quota"
	Config    Path = "/zookeeper/config"
)

// Special reports whether p is one of the znodes that cannot be deleted: the
// root, /zookeeper, /zookeeper/quota and /zookeeper/config.
func (p Path) Special() bool {
	return p == Root || p == ZooKeeper || p == Quota || p == Config
}
