package diff

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// hot are the paths that everybody works on, few enough that requests meet.
var hot = []string{
	"~/a", "~/a/b", "~/b", "~/c", "~/e", "~/t", "~/a/b/c", "~/b/x", // half of the requests go here
	"~", "~/a", "~/a/b", "~/a/b/c", "~/a/b/c/d", "~/a/c", "~/b", "~/b/x", "~/b/y", "~/c", "~/c/k", "~/e", "~/e/k", "~/e/l",
	"~/t", "~/t/k", "~/s-", "~/a/s-", "~/a/b/", "~/ü", "~/日本/語",
}

// built are the paths of root programs only.
var built = []string{
	"/", "", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", "/zookeeper/quota/x", "/zookeeper/x", "/zookeeper/config/x",
}

// path is a path that may exist, with few exceptions a valid one.
func (g *generator) path() string {
	if g.root && g.chance(20) {
		return pick(g, built)
	}
	if g.chance(15) {
		return fmt.Sprintf("%s%010d", pick(g, []string{"~/s-", "~/a/s-", "~/a/b/", "~/e/k"}), g.IntN(6))
	}
	return pick(g, hot)
}

func (g *generator) anyPath() string {
	if g.chance(4) {
		return g.badPath()
	}
	return g.path()
}

var badPaths = []string{
	"a", "a/b", "~/", "~/a/", "~//a", "~//", "~/./a", "~/a/.", "~/../a", "~/a/..", "~/...", "~/.a", "~/a\x00b", "~/\x00", "~/\x01",
	"~/\x1f", "~/ ", "~/\x7f", "~/\u0085", "~/\u009f", "~/\u00a0", "~/\ud7ff", "~/\ue000", "~/\uf8fe", "~/\uf8ff", "~/\uf900", "~/\uffef",
	"~/\ufff0", "~/\ufff1", "~/\ufffd", "~/\uffff", "~/😀", "~/\xed\xa0\x80", "~/\xff", "~/\xc3", "~/a\xe6\x97", wire.Null, "~a", "~/a?b=c&d",
	"~/zookeeper", "~/%2C%3A", "~/" + strings.Repeat("n", 500), "~/" + strings.Repeat("d/", 40) + "e",
}

func (g *generator) badPath() string { return pick(g, badPaths) }

// digest is what ZooKeeper makes of a digest user's credentials.
func digest(user, password string) string {
	sum := sha1.Sum([]byte(user + ":" + password))
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}

func (g *generator) acl() []wire.ACL {
	if g.chance(75) {
		return open
	}
	if g.chance(20) {
		return pick(g, [][]wire.ACL{nil, {}})
	}
	perms := func() int32 {
		if g.chance(50) {
			return wire.PermAll
		}
		return pick(g, []int32{1, 2, 4, 8, 16, 3, 5, 15, 30, 29, 27, 0, 32, -1})
	}
	list := make([]wire.ACL, 1+g.IntN(3))
	for i := range list {
		list[i] = wire.ACL{Perms: perms(), Scheme: "world", ID: "anyone"}
		switch g.IntN(10) {
		case 0, 1:
		case 2:
			list[i].Scheme, list[i].ID = "auth", pick(g, []string{"", "x"})
		case 3, 4:
			list[i].Scheme, list[i].ID = "digest", digest("cat", "purr")
		case 5:
			list[i].Scheme, list[i].ID = "digest", digest("dan", "bark")
		case 6, 7:
			list[i].Scheme, list[i].ID = "ip", pick(g, []string{"127.0.0.1", "127.0.0.0/8", "10.1.2.3", "10.0.0.0/8", "0.0.0.0/0", "::1"})
		case 8:
			if i > 0 {
				list[i] = list[i-1]
			}
		case 9:
			list[i] = g.badACL(list[i].Perms)
		}
	}
	return list
}

func (g *generator) badACL(perms int32) wire.ACL {
	bad := pick(g, [][2]string{
		{"world", "someone"}, {"world", ""}, {"nope", "x"}, {"", ""}, {"digest", "nocolon"},
		{"digest", "a:b:c"}, {"digest", ""}, {"digest", ":"}, {"ip", "bad"}, {"ip", ""}, {"ip", "127.0.0.1/33"}, {"ip", "127.0.0.1/-1"},
		{"ip", "127.0.0.1/x"}, {"ip", "127.0.0"}, {"ip", "1.2.3.4.5"}, {"sasl", "hbase"}, {"x509", "CN=x"}, {"super", ""}, {"ip", "127.0.0.1/"},
		{"ip", "127.0.0.256"},
	})
	return wire.ACL{Perms: perms, Scheme: bad[0], ID: bad[1]}
}
