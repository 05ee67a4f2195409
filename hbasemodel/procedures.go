package hbasemodel

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// ProcedureKind is what a barrier of servers is for.
type ProcedureKind string

// The kinds, and where they are.
const (
	ProcedureSnapshot ProcedureKind = "snapshot" // online-snapshot
	ProcedureFlush    ProcedureKind = "flush"    // flush-table-proc
	ProcedureRollLog  ProcedureKind = "roll-log" // rolllog-proc
)

var procedureKinds = map[string]ProcedureKind{
	"online-snapshot": ProcedureSnapshot, "flush-table-proc": ProcedureFlush, "rolllog-proc": ProcedureRollLog,
}

// Procedure is a barrier that a master holds with region servers
// (ZKProcedureCoordinator): the members join, then each reports that it is done.
type Procedure struct {
	Kind ProcedureKind `json:"kind"`
	Name string        `json:"name"`
	// Table is that of a snapshot, empty for others.
	Table string `json:"table,omitempty"`
	// Since is when it was begun, the zero time where its beginning is gone.
	Since time.Time `json:"since,omitzero"`
	// Acquired and Reached are the members that joined, and that are done.
	Acquired []string `json:"acquired"`
	Reached  []string `json:"reached"`
	// Aborted: it was given up, for this reason.
	Aborted bool   `json:"aborted,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Origin is that of acquired/NAME or, where that is gone, of abort/NAME or
	// reached/NAME.
	Origin Origin `json:"origin"`
}

// touchProcedure touches the row of a barrier: online-snapshot/acquired/NAME and
// what is beside and below it.
func (c *cluster) touchProcedure(rel string) {
	head, rest, _ := strings.Cut(rel, "/")
	if _, ok := procedureKinds[head]; !ok {
		return
	}
	_, rest, ok := strings.Cut(rest, "/")
	if !ok {
		return
	}
	name, _, _ := strings.Cut(rest, "/")
	c.procedures.touch(head + "/" + name)
}

// procedure builds the row of a key like online-snapshot/NAME.
func (c *cluster) procedure(key string) *Procedure {
	head, name, _ := strings.Cut(key, "/")
	acquired, reached, abort := head+"/acquired/"+name, head+"/reached/"+name, head+"/abort/"+name
	var at *node
	for _, rel := range []string{reached, abort, acquired} {
		if n := c.nodes[rel]; n != nil {
			at = n
		}
	}
	if at == nil {
		return nil
	}
	p := &Procedure{
		Kind: procedureKinds[head], Name: name, Table: as[payload.Snapshot](at).Table,
		Acquired: c.members(acquired), Reached: c.members(reached), Origin: at.origin,
	}
	if n := c.nodes[acquired]; n != nil {
		p.Since = n.origin.Ctime
	}
	if n := c.nodes[abort]; n != nil {
		p.Aborted, p.Reason = true, as[payload.ForeignException](n).Summary()
		if n.origin.Err != nil {
			p.Reason = n.origin.Problem
		}
	}
	return p
}

func (c *cluster) members(rel string) []string {
	names := slices.Sorted(maps.Keys(c.children[rel]))
	for i, member := range names {
		names[i] = base(member)
	}
	return names
}

func (c *cluster) procedureRows(o Observed) *View[Procedure] {
	rows := c.procedures.read()
	return &View[Procedure]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{
		until: release{2, 6}, after: "snapshots and flushes are procedures of the master",
		absent: "no snapshot or flush is under way",
	})}
}
