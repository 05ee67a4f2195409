package hbasemodel

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Observed is the state of the quorum that a view shows.
type Observed struct {
	// Zxid is the last transaction seen.
	Zxid int64 `json:"zxid"`
	// At is when it was made, as far as that is known.
	At time.Time `json:"at,omitzero"`
}

// Availability says whether a quorum can know what a view asks for.
type Availability string

// The availabilities.
const (
	// Kept: HBase keeps it in ZooKeeper, and it is there.
	Kept Availability = "kept"
	// Absent: nothing is there, though HBase would keep it there.
	Absent Availability = "absent"
	// NotKept: this version of HBase does not keep it in ZooKeeper.
	NotKept Availability = "not-kept"
)

// Keeping says whether a view can know, and if it shows nothing why.
type Keeping struct {
	Availability Availability `json:"availability"`
	// Reason is a sentence for people, empty where all is as expected.
	Reason string `json:"reason,omitempty"`
}

// View is the rows of one kind, sorted by name.
type View[R any] struct {
	Observed Observed `json:"observed"`
	Keeping  Keeping  `json:"keeping"`
	// Rows are shared by all readers and never change.
	Rows []*R `json:"rows"`
}

// release is the part of a version that decides what is kept where.
type release struct{ major, minor int }

func (r release) before(o release) bool {
	return r.major < o.major || r.major == o.major && r.minor < o.minor
}

func (r release) String() string { return fmt.Sprintf("%d.%d", r.major, r.minor) }

// parseRelease reads "2.6.4" or "3.0.0-alpha-4".
func parseRelease(version string) (release, bool) {
	major, rest, ok := strings.Cut(version, ".")
	end := strings.IndexFunc(rest, func(c rune) bool { return c < '0' || c > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	r, err1 := strconv.Atoi(major)
	m, err2 := strconv.Atoi(rest)
	return release{r, m}, ok && err1 == nil && err2 == nil
}

// releases gives the lowest and the highest release that region servers say they
// run; it is false where none says so.
func (c *cluster) releases() (low, high release, known bool) {
	for version := range c.versions {
		r, ok := parseRelease(version)
		if !ok {
			continue
		}
		if !known || r.before(low) {
			low = r
		}
		if !known || high.before(r) {
			high = r
		}
		known = true
	}
	return low, high, known
}

// place is where HBase's versions keep what a view shows.
type place struct {
	since release // earlier ones have nothing of the kind in ZooKeeper
	until release // this one and later ones keep it elsewhere; zero for never
	// before and after say why.
	before, after string
	// absent says why there may be nothing.
	absent string
}

// keeping judges a view of so many rows.
func (c *cluster) keeping(rows int, p place) Keeping {
	low, high, known := c.releases()
	moved := known && p.until != (release{}) && !low.before(p.until)
	switch {
	case rows > 0 && moved:
		return Keeping{Kept, "HBase " + low.String() + ": " + p.after + "; what is here was left behind"}
	case rows > 0:
		return Keeping{Availability: Kept}
	case moved:
		return Keeping{NotKept, "HBase " + low.String() + ": " + p.after}
	case known && high.before(p.since):
		return Keeping{NotKept, "HBase " + high.String() + ": " + p.before}
	case !known && p.until != (release{}):
		return Keeping{Absent, p.absent + "; no region server says which version runs, and from " + p.until.String() + " on " + p.after}
	}
	return Keeping{Absent, p.absent}
}
