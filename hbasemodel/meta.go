package hbasemodel

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// MetaLocation is where a replica of hbase:meta is: meta-region-server, and
// meta-region-server-N for replica N (MetaTableLocator). Since 2.5 the master's
// own region is the truth and these are a mirror.
type MetaLocation struct {
	// Replica is 0 for hbase:meta itself, -1 where the name has no number.
	Replica int                 `json:"replica"`
	Server  payload.ServerName  `json:"server"`
	State   payload.RegionState `json:"state"`
	// ServerLives: that very incarnation of the server is up.
	ServerLives bool `json:"serverLives"`
	// Since is when the location or its state was written.
	Since  time.Time `json:"since,omitzero"`
	Origin Origin    `json:"origin"`
}

const metaName = "meta-region-server"

func (c *cluster) metaLocation(rel string) *MetaLocation {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	m := as[payload.MetaRegionServer](n)
	replica, _ := replicaOf(n.name)
	return &MetaLocation{
		Replica: replica, Server: m.Server, State: m.State, ServerLives: c.lives(m.Server),
		Since: n.origin.Mtime, Origin: n.origin,
	}
}

func (c *cluster) metaLocations(o Observed) *View[MetaLocation] {
	rows := c.metas.read()
	return &View[MetaLocation]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{absent: "no location of hbase:meta was ever written"})}
}

// replicaOf reads the number of a replica off its znode's name.
func replicaOf(name string) (int, error) {
	if name == metaName {
		return 0, nil
	}
	text := strings.TrimPrefix(name, metaName+"-")
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return -1, fmt.Errorf("%w: %q is not the number of a replica", payload.ErrMalformed, text)
	}
	return int(n), nil
}

// replicaOrder sorts by number, then by name.
func replicaOrder(a, b string) int {
	i, _ := replicaOf(a)
	j, _ := replicaOf(b)
	return cmp.Or(cmp.Compare(i, j), cmp.Compare(a, b))
}
