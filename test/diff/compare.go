package diff

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is the first step of a program in which two servers were seen to differ.
type Difference struct {
	Program      Program
	At           int // index of the step
	Oracle, Test Transcript
}

// Compare gives the first difference between two transcripts of the program, nil where there is none. Steps that are
// known to differ are passed over if tolerate is set.
func Compare(p Program, oracle, test Transcript, tolerate bool) *Difference {
	for i := range oracle {
		if tolerate && p.Steps[i].Known != "" {
			continue
		}
		if i >= len(test) || !slices.Equal(oracle[i].Lines, test[i].Lines) {
			return &Difference{Program: p, At: i, Oracle: oracle, Test: test}
		}
	}
	return nil
}

// String prints the program up to the difference, with what both servers showed: lines that agree once, others with
// "ZooKeeper" and "tested" in front.
func (d *Difference) String() string {
	var b strings.Builder
	for i, s := range d.Program.Steps[:d.At+1] {
		fmt.Fprintf(&b, "%4d %s\n", s.ID, s)
		var test []string
		if i < len(d.Test) {
			test = d.Test[i].Lines
		}
		sideBySide(&b, d.Oracle[i].Lines, test)
	}
	return b.String()
}

func sideBySide(b *strings.Builder, oracle, test []string) {
	if slices.Equal(oracle, test) {
		for _, line := range oracle {
			fmt.Fprintf(b, "            %s\n", line)
		}
		return
	}
	for i := range max(len(oracle), len(test)) {
		left, right := "(nothing)", "(nothing)"
		if i < len(oracle) {
			left = oracle[i]
		}
		if i < len(test) {
			right = test[i]
		}
		if left == right {
			fmt.Fprintf(b, "            %s\n", left)
			continue
		}
		fmt.Fprintf(b, "  ZooKeeper %s\n  tested    %s\n", left, right)
	}
}
