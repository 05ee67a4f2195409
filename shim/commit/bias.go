package commit

import (
	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/tree"
)

// bias decides when the Committer takes the store for itself. Whoever has been
// the only one to write for a while puts its id into record.WriterKey, and from
// then on compares that key instead of all that its plans rely on. Whoever finds
// another's id there takes it out with its own first batch, and both compare
// everything until it is quiet again.
type bias struct {
	id string // unique to this Committer
	// alone counts the batches committed since strangers, which the lane counts,
	// was last seen to rise.
	alone     int
	strangers uint64
	// doubt says that a transaction of unknown outcome may still be on its way.
	// It must not be done behind later ones, and compares nothing that they
	// change but the key.
	doubt bool
}

// guard returns the guard of the next batch.
func (c *Committer) guard(v *replica.View) *tree.Guard {
	w, rev := v.Writer()
	g := &tree.Guard{Rev: rev}
	switch {
	case c.bias.doubt:
		g.Writer = &record.Writer{}
	case w.ID == c.bias.id:
		g.Sole = true
	case w.ID != "":
		g.Writer = &record.Writer{}
	case c.bias.alone >= c.o.Quiet:
		g.Writer = &record.Writer{ID: c.bias.id}
	}
	return g
}

// committed notes that b was.
func (c *Committer) committed(b *batch) {
	if n := c.lane.strangers.Load(); n != c.bias.strangers {
		c.bias.strangers, c.bias.alone = n, 0
	}
	c.bias.alone++
	if b.claims() {
		c.bias.doubt, c.bias.alone = false, 0
	}
}
