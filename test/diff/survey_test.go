package diff

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// survey groups differences by their kind, for `-survey`.
type survey struct {
	sync.Mutex
	kinds map[string]*kind
}

type kind struct {
	seeds   []int64
	example string
}

// particulars are what differs between differences of one kind.
var particulars = regexp.MustCompile(`\b(ann|bob|cat|dan|sue)\b|#\d+\.\d+|t\d+\.\d+|x\d+|\d+|"[^"]*"`)

// add files the first line that differs, and keeps the step around it as an example.
func (s *survey) add(d *Difference, seed int64) {
	s.Lock()
	defer s.Unlock()
	lines := strings.Split(d.String(), "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "  ZooKeeper ") })
	if at < 0 {
		at = 0
	}
	name := particulars.ReplaceAllString(strings.Join(lines[at:min(at+2, len(lines))], "\n"), "·")
	if s.kinds == nil {
		s.kinds = map[string]*kind{}
	}
	if s.kinds[name] == nil {
		s.kinds[name] = &kind{example: d.Program.Steps[d.At].String() + "\n" + strings.Join(lines[at:min(at+6, len(lines))], "\n")}
	}
	s.kinds[name].seeds = append(s.kinds[name].seeds, seed)
}

func (s *survey) report(t *testing.T) {
	for _, name := range slices.SortedFunc(maps.Keys(s.kinds), func(a, b string) int { return cmp.Compare(len(s.kinds[b].seeds), len(s.kinds[a].seeds)) }) {
		k := s.kinds[name]
		t.Errorf("%d programs differ like this, seeds %s:\n%s", len(k.seeds), tail(fmt.Sprint(k.seeds), 1), k.example)
	}
}
