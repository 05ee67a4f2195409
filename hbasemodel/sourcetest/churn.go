package sourcetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/go-zookeeper/zk"
)

// Churn makes steps random changes below root: creates, of ephemeral znodes too,
// new data, deletions, and transactions that delete and create. Znodes that are
// there, or not, are no error.
func Churn(client *zk.Conn, rnd *rand.Rand, root string, steps int) error {
	acl := zk.WorldACL(zk.PermAll)
	for range steps {
		p := root
		for range 1 + rnd.IntN(3) {
			p += fmt.Sprintf("/%c", 'a'+rnd.IntN(4))
		}
		var err error
		switch rnd.IntN(10) {
		case 0, 1, 2, 3:
			_, err = client.Create(p, data(rnd), 0, acl)
		case 4:
			_, err = client.Create(p, data(rnd), zk.FlagEphemeral, acl)
		case 5, 6:
			_, err = client.Set(p, data(rnd), -1)
		case 7, 8:
			err = client.Delete(p, -1)
		case 9:
			_, err = client.Multi(&zk.DeleteRequest{Path: p, Version: -1}, &zk.CreateRequest{Path: p, Data: data(rnd), Acl: acl})
		}
		if err != nil && !slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) }) {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

// refusals are answers that random changes get.
var refusals = []error{
	zk.ErrNoNode, zk.ErrNodeExists, zk.ErrNotEmpty, zk.ErrNoChildrenForEphemerals, zk.ErrAPIError,
}

// data is anything, also nothing.
func data(rnd *rand.Rand) []byte {
	return []byte(strings.Repeat("x", rnd.IntN(3)*rnd.IntN(40)))
}
