package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// Transition is a region on its way between servers: one of
// region-in-transition, 1.x (ZKAssign).
type Transition struct {
	// Region is the encoded name, as the znode is named.
	Region string             `json:"region"`
	Event  payload.EventType  `json:"event"`
	Server payload.ServerName `json:"server"`
	// Since is when the event was written.
	Since  time.Time `json:"since,omitzero"`
	Origin Origin    `json:"origin"`
}

func (c *cluster) transition(rel string) *Transition {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	t := as[payload.RegionTransition](n)
	return &Transition{Region: n.name, Event: t.Event, Server: t.Server, Since: n.origin.Mtime, Origin: n.origin}
}

func (c *cluster) transitionRows(o Observed) *View[Transition] {
	rows := c.transitions.read()
	return &View[Transition]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{
		until: release{2, 0}, after: "regions are assigned by procedures of the master, which knows those in transition",
		absent: "no region is in transition",
	})}
}

// TableLock is a lock on a table: one of table-lock/TABLE, 1.x
// (TableLockManager).
type TableLock struct {
	Table string `json:"table"`
	Name  string `json:"name"`
	// Owner is the zero value where the lock does not say.
	Owner   payload.ServerName `json:"owner"`
	Shared  bool               `json:"shared"`
	Purpose string             `json:"purpose,omitempty"`
	Since   time.Time          `json:"since,omitzero"`
	Session SessionID          `json:"session,omitzero"`
	Origin  Origin             `json:"origin"`
}

func (c *cluster) tableLock(rel string) *TableLock {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	l := as[payload.TableLock](n)
	return &TableLock{
		Table: base(above(rel)), Name: n.name, Owner: l.Owner, Shared: l.Shared, Purpose: l.Purpose,
		Since: n.origin.Ctime, Session: n.origin.Session, Origin: n.origin,
	}
}

func (c *cluster) tableLocks(o Observed) *View[TableLock] {
	rows := c.locks.read()
	return &View[TableLock]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{
		until: release{2, 0}, after: "tables are locked by procedures of the master",
		absent: "no table is locked",
	})}
}
