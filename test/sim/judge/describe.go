package judge

import (
	"fmt"
	"strings"
)

// Describe tells what a revision changed, in a line.
func Describe(c Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "revision %d (%#x):", c.Revision, first(c.Revision))
	s, err := decodeChange(c)
	for _, e := range c.Events {
		fmt.Fprintf(&b, " %s", e.Key)
		switch {
		case e.Delete:
			b.WriteString(" deleted")
		case err != nil:
		case s.nodes[strings.TrimPrefix(e.Key, "z")] != nil:
			b.WriteString("=" + show(&s.nodes[e.Key[1:]].node))
		case e.Key[0] == 'c' && s.counters[e.Key[1:]] != nil:
			fmt.Fprintf(&b, "=%+v", *s.counters[e.Key[1:]])
		case e.Key == "j":
			fmt.Fprintf(&b, "=%v", s.journal)
		}
	}
	return b.String()
}
