package diff

import (
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

// Shrink looks for a smaller program that still differs, by leaving out steps, then requests of a burst, then
// operations of a multi. differs runs a program and gives the difference, nil where there is none. It stops after limit.
func Shrink(d *Difference, limit time.Duration, differs func(Program) *Difference) *Difference {
	end := time.Now().Add(limit)
	best := d
	attempt := func(p Program) bool {
		if time.Now().After(end) {
			return false
		}
		found := differs(p)
		if found != nil {
			found.Program.Steps = found.Program.Steps[:found.At+1]
			best = found
		}
		return found != nil
	}
	best.Program.Steps = best.Program.Steps[:best.At+1]
	for chunk := len(best.Program.Steps) / 2; chunk > 0; {
		smaller := false
		for from := len(best.Program.Steps) - chunk; from >= 0 && time.Now().Before(end); from -= chunk {
			if from+chunk > len(best.Program.Steps) {
				continue
			}
			smaller = attempt(without(best.Program, from, from+chunk)) || smaller
		}
		if !smaller || chunk > 1 {
			chunk /= 2
		}
	}
	for i := 0; i < len(best.Program.Steps); i++ {
		for j := 0; i < len(best.Program.Steps) && j < len(best.Program.Steps[i].Ops); {
			if ops := best.Program.Steps[i].Ops; len(ops) > 1 && attempt(withOps(best.Program, i, drop(ops, j))) {
				continue
			}
			j++
		}
	}
	for i := 0; i < len(best.Program.Steps); i++ {
		for j := 0; i < len(best.Program.Steps) && j < len(best.Program.Steps[i].Ops); j++ {
			for k := 0; i < len(best.Program.Steps) && j < len(best.Program.Steps[i].Ops) && k < len(best.Program.Steps[i].Ops[j].Ops); {
				ops := slices.Clone(best.Program.Steps[i].Ops)
				ops[j].Ops = drop(ops[j].Ops, k)
				if !attempt(withOps(best.Program, i, ops)) {
					k++
				}
			}
		}
	}
	return best
}

func without(p Program, from, to int) Program {
	p.Steps = slices.Concat(p.Steps[:from], p.Steps[to:])
	return p
}

func withOps(p Program, i int, ops []wire.Op) Program {
	p.Steps = slices.Clone(p.Steps)
	p.Steps[i].Ops = ops
	return p
}

func drop(ops []wire.Op, i int) []wire.Op { return slices.Concat(ops[:i], ops[i+1:]) }
