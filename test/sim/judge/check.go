package judge

import (
	"cmp"
	"fmt"
	"slices"
)

// Check returns what was broken, in the order in which it shows.
func Check(h *History) []Violation {
	j := &court{h: h, tree: newTree(), lives: map[int64]*life{}, loose: map[string]bool{}, acked: map[int64][]*call{}}
	j.pair()
	j.datings()
	if j.replay() {
		j.acknowledge()
		j.floors()
		j.replies()
		j.pipelines()
		j.watches()
		j.sessions()
	}
	j.zxids()
	slices.SortStableFunc(j.violations, func(a, b Violation) int { return cmp.Compare(a.Seq, b.Seq) })
	return j.violations
}

// court holds what is known while a History is judged.
type court struct {
	h          *History
	violations []Violation

	calls   []*call           // all, in the order in which they were sent
	acked   map[int64][]*call // writes that were answered with OK, by zxid
	pending []*call           // writes that were not answered, in the order in which they were sent

	// written is when data were written, as far as they were ever stored: no two
	// requests write the same.
	written map[string]int64

	acks []ack

	tree   *tree
	stamps []int64 // at which it changed, rising
	events []Event
	lives  map[int64]*life
	// loose are the znodes whose stored counter a lost lease has left wrong.
	loose map[string]bool
}

func (j *court) find(v Violation, format string, args ...any) {
	v.Text = fmt.Sprintf(format, args...)
	j.violations = append(j.violations, v)
}

// blame is a violation that shows at a call.
func blame(property string, c *call) Violation {
	v := Violation{Property: property, Seq: c.sent.Seq, Path: c.op.Path, Conn: c.conn}
	if c.reply != nil {
		v.Seq = c.reply.Seq
	}
	return v
}
