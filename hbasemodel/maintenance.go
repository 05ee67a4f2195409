package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// Maintenance is a tool that holds the balancer, the normalizer and the janitor
// back while it works: one of master-maintenance (hbck 1: HBaseFsck).
type Maintenance struct {
	Name    string    `json:"name"`
	Since   time.Time `json:"since,omitzero"`
	Session SessionID `json:"session,omitzero"`
	Origin  Origin    `json:"origin"`
}

func (c *cluster) maintaining(rel string) *Maintenance {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	return &Maintenance{Name: n.name, Since: n.origin.Ctime, Session: n.origin.Session, Origin: n.origin}
}

func (c *cluster) maintenanceRows(o Observed) *View[Maintenance] {
	rows := c.maintenance.read()
	return &View[Maintenance]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{absent: "no tool is at work"})}
}

// Group is a group of region servers: one of rsgroup (RSGroupInfoManagerImpl), a
// copy of hbase:rsgroup.
type Group struct {
	Name string `json:"name"`
	// Servers are host:port.
	Servers []string `json:"servers"`
	Tables  []string `json:"tables"`
	Origin  Origin   `json:"origin"`
}

func (c *cluster) group(rel string) *Group {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	g := as[payload.RSGroup](n)
	row := &Group{Name: n.name, Origin: n.origin}
	for _, s := range g.Servers {
		row.Servers = append(row.Servers, s.Address())
	}
	for _, t := range g.Tables {
		row.Tables = append(row.Tables, t.String())
	}
	return row
}

func (c *cluster) groupRows(o Observed) *View[Group] {
	rows := c.groups.read()
	return &View[Group]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{absent: "groups of region servers are not in use"})}
}
