package diff

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// names gives what differs from run to run by nature the same names on both servers.
//
// A zxid is named after the write whose reply carried it: "t12.0" is the first request of step 12. Zxids older than
// the program are "old"; others, of sessions' ends for example, are numbered as they appear, with the newest named one
// before them. So two servers agree exactly when every zxid in a Stat or an event points at the same write.
type names struct {
	base     string
	started  time.Time
	old      int64 // zxids up to this one are older than the program
	zxids    map[int64]string
	order    []named // rising
	unknown  int
	sessions map[int64]string
	ctimes   map[int64]int64      // czxid → ctime
	mtimes   map[int64]int64      // mzxid → mtime
	births   map[string]wire.Stat // of built-in znodes when the program started, whose versions count from there
	ending   map[int64]bool       // zxids of no named write: session ends, whose events come in no particular order
}

type named struct {
	zxid int64
	step int
}

func newNames() *names {
	return &names{
		zxids: map[int64]string{}, sessions: map[int64]string{}, ctimes: map[int64]int64{}, mtimes: map[int64]int64{},
		births: map[string]wire.Stat{}, ending: map[int64]bool{},
	}
}

// learn names the zxids of the successful writes among the arrivals.
func (n *names) learn(step int, list []arrival) {
	for _, a := range list {
		if a.request == nil || !changes(a) {
			continue
		}
		z := a.frame.Zxid
		if _, taken := n.zxids[z]; taken {
			continue // seen as a difference in the reply's own line
		}
		n.zxids[z] = fmt.Sprintf("t%d.%d", step, a.request.at)
		n.order = append(n.order, named{z, step})
	}
}

// changes tells whether the arrival is the reply to a write that changed something.
func changes(a arrival) bool {
	if a.frame.Err != wire.OK {
		return false
	}
	switch a.request.op.Code {
	case wire.Create, wire.Create2, wire.CreateContainer, wire.CreateTTL, wire.Delete, wire.SetData, wire.SetACL:
		return true
	case wire.Multi:
		reply, err := wire.DecodeReply(wire.Multi, a.frame.Body)
		if err != nil {
			return false
		}
		changed := false
		for _, result := range reply.Results {
			if result.Code == wire.ErrorResult {
				return false
			}
			changed = changed || result.Code != wire.Check
		}
		return changed
	}
	return false
}

// upTo is the zxid of the last named write of a step up to the given one.
func (n *names) upTo(step int) int64 {
	for i := len(n.order) - 1; i >= 0; i-- {
		if n.order[i].step <= step {
			return n.order[i].zxid
		}
	}
	return n.old
}

func (n *names) zxid(z int64) string {
	if name := n.zxids[z]; name != "" {
		return name
	}
	switch {
	case z == 0:
		return "0"
	case z == -1:
		return "-1"
	case z == math.MinInt64, z < -1:
		return fmt.Sprintf("NEGATIVE %d", z)
	case z <= n.old:
		return "old"
	}
	after := "old"
	for _, known := range n.order {
		if known.zxid < z {
			after = n.zxids[known.zxid]
		}
	}
	n.unknown++
	n.zxids[z] = fmt.Sprintf("x%d(after %s)", n.unknown, after)
	n.ending[z] = true
	return n.zxids[z]
}

// owner renders an ephemeralOwner.
func (n *names) owner(id int64) string {
	switch {
	case id == 0:
		return "0"
	case id == math.MinInt64:
		return "container"
	case n.sessions[id] != "":
		return n.sessions[id]
	case uint64(id)>>56 == 0xff:
		return fmt.Sprintf("ttl %d", id&(1<<56-1))
	}
	return fmt.Sprintf("UNKNOWN SESSION %x", uint64(id))
}

// stat renders a Stat; path is the template-free path where it is known, "" otherwise.
func (n *names) stat(path string, s *wire.Stat) string {
	if s == nil {
		return "no stat"
	}
	version, cversion, aversion := s.Version, s.Cversion, s.Aversion
	if birth, ok := n.births[path]; ok {
		version, cversion, aversion = version-birth.Version, cversion-birth.Cversion, aversion-birth.Aversion
	}
	return fmt.Sprintf("{c=%s m=%s p=%s v=%d cv=%d av=%d owner=%s len=%d kids=%d%s}", n.zxid(s.Czxid), n.zxid(s.Mzxid),
		n.zxid(s.Pzxid), version, cversion, aversion, n.owner(s.EphemeralOwner), s.DataLength, s.NumChildren, n.times(s))
}

// sequence replaces the number at the end of a sequential znode under a built-in parent by how many creates after the
// program's start it is: the parent's counter goes on from program to program.
func (n *names) sequence(parent, name string) string {
	birth, ok := n.births[parent]
	if !ok || len(name) < 10 {
		return name
	}
	before, digits := name[:len(name)-10], name[len(name)-10:]
	number, err := strconv.Atoi(digits)
	creates := int(birth.Cversion+birth.NumChildren) / 2
	if err != nil || number < creates {
		return name
	}
	return fmt.Sprintf("%s(%d)", before, number-creates)
}

// times says what is wrong with the times of a Stat; "" where nothing is.
func (n *names) times(s *wire.Stat) (wrong string) {
	complain := func(format string, args ...any) { wrong += " " + fmt.Sprintf(format, args...) }
	constant := func(of map[int64]int64, zxid, time int64, name string) {
		if known, ok := of[zxid]; ok && known != time {
			complain("%s DIFFERS WITHIN ONE TRANSACTION by %d ms", name, time-known)
		}
		of[zxid] = time
	}
	constant(n.ctimes, s.Czxid, s.Ctime, "CTIME")
	constant(n.mtimes, s.Mzxid, s.Mtime, "MTIME")
	switch {
	case s.Mtime < s.Ctime:
		complain("MTIME BEFORE CTIME")
	case s.Mzxid == s.Czxid && s.Mtime != s.Ctime:
		complain("MTIME AND CTIME of one transaction differ")
	}
	for _, t := range []struct {
		name       string
		zxid, time int64
	}{{"CTIME", s.Czxid, s.Ctime}, {"MTIME", s.Mzxid, s.Mtime}} {
		at := time.UnixMilli(t.time)
		switch {
		case t.zxid == 0 && t.time != 0:
			complain("%s of zxid 0 is %d", t.name, t.time)
		case t.zxid > n.old && (at.Before(n.started.Add(-time.Minute)) || at.After(time.Now().Add(time.Minute))):
			complain("%s is not now", t.name)
		}
	}
	return wrong
}
