package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// TableSource says what the states of tables are worth.
type TableSource string

// The sources.
const (
	// TablesTruth: 1.x decides by these znodes (ZKTableStateManager).
	TablesTruth TableSource = "truth"
	// TablesMirror: 2.x copies hbase:meta here (MirroringTableStateManager).
	TablesMirror TableSource = "mirror"
	// TablesNone: this version writes none, or which version runs is not known.
	TablesNone TableSource = "none"
)

// Tables shows the states of tables.
type Tables struct {
	View[Table]
	Source TableSource `json:"source"`
}

// Table is the state of a table: one of table.
type Table struct {
	// Name is ns:qualifier, in the default namespace the qualifier alone.
	Name string `json:"name"`
	// State means nothing where Origin.Err says so.
	State payload.TableState `json:"state"`
	// Since is when the state was written.
	Since  time.Time `json:"since,omitzero"`
	Origin Origin    `json:"origin"`
}

func (c *cluster) table(rel string) *Table {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	return &Table{Name: n.name, State: as[payload.Table](n).State, Since: n.origin.Mtime, Origin: n.origin}
}

func (c *cluster) tableStates(o Observed) *Tables {
	v := &Tables{Source: TablesNone}
	v.Observed = o
	v.Rows = c.tables.read()
	v.Keeping = c.keeping(len(v.Rows), place{
		until: release{3, 0}, after: "the states of tables are in hbase:meta alone",
		absent: "no state of a table was written",
	})
	switch flavour, _ := c.flavour(); flavour {
	case Flavour1:
		v.Source = TablesTruth
	case Flavour2:
		v.Source = TablesMirror
	}
	return v
}

// Namespace is one of namespace (ZKNamespaceManager), a copy of hbase:namespace.
type Namespace struct {
	Name          string            `json:"name"`
	Configuration map[string]string `json:"configuration,omitempty"`
	Origin        Origin            `json:"origin"`
}

func (c *cluster) namespace(rel string) *Namespace {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	row := &Namespace{Name: n.name, Origin: n.origin}
	for _, p := range as[payload.Namespace](n).Configuration {
		if row.Configuration == nil {
			row.Configuration = map[string]string{}
		}
		row.Configuration[p.Name] = p.Value
	}
	return row
}

func (c *cluster) namespaceRows(o Observed) *View[Namespace] {
	rows := c.namespaces.read()
	return &View[Namespace]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{
		until: release{3, 0}, after: "namespaces are in hbase:meta",
		absent: "no namespace was written",
	})}
}
