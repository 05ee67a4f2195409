package scenario

// All returns the scenarios in the order in which they are run.
func All() []Scenario {
	return []Scenario{
		{"crud", Crud},
		{"mixed", Mixed},
		{"fan-out", Fanout},
		{"joins", Joins},
		{"tree", Tree},
		{"storm", Storm},
	}
}
