package hbasemodel

import (
	"fmt"
	"maps"
	"slices"
)

// Snapshot is all views of a cluster, of one moment.
type Snapshot struct {
	Cluster       *Cluster              `json:"cluster"`
	Masters       *Masters              `json:"masters"`
	RegionServers *View[RegionServer]   `json:"regionServers"`
	Draining      *View[DrainingServer] `json:"draining"`
	Meta          *View[MetaLocation]   `json:"meta"`
	Tables        *Tables               `json:"tables"`
	Namespaces    *View[Namespace]      `json:"namespaces"`
	Replication   *Replication          `json:"replication"`
	Switches      *Switches             `json:"switches"`
	SplitTasks    *View[SplitTask]      `json:"splitTasks"`
	Procedures    *View[Procedure]      `json:"procedures"`
	Maintenance   *View[Maintenance]    `json:"maintenance"`
	Security      *Security             `json:"security"`
	Groups        *View[Group]          `json:"groups"`
	Transitions   *View[Transition]     `json:"transitions"`
	TableLocks    *View[TableLock]      `json:"tableLocks"`
}

// Clusters gives the clusters that are known, sorted by parent.
func (m *Model) Clusters() []*Cluster {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []*Cluster{}
	for _, parent := range slices.Sorted(maps.Keys(m.clusters)) {
		if c := m.clusters[parent]; c.found {
			all = append(all, c.view(m.observed))
		}
	}
	return all
}

// Snapshot gives all views of a cluster at once. The error of this and of every
// view is ErrNoCluster.
func (m *Model) Snapshot(parent string) (*Snapshot, error) {
	return read(m, parent, func(c *cluster, o Observed) *Snapshot {
		return &Snapshot{
			Cluster: c.view(o), Masters: c.masters(o), RegionServers: c.regionServers(o), Draining: c.drainingServers(o),
			Meta: c.metaLocations(o), Tables: c.tableStates(o), Namespaces: c.namespaceRows(o), Replication: c.replication(o),
			Switches: c.switchRows(o), SplitTasks: c.splitTasks(o), Procedures: c.procedureRows(o),
			Maintenance: c.maintenanceRows(o), Security: c.security(o), Groups: c.groupRows(o),
			Transitions: c.transitionRows(o), TableLocks: c.tableLocks(o),
		}
	})
}

// Cluster gives the cluster under a parent.
func (m *Model) Cluster(parent string) (*Cluster, error) {
	return read(m, parent, (*cluster).view)
}

// Masters gives the active master and those that wait.
func (m *Model) Masters(parent string) (*Masters, error) {
	return read(m, parent, (*cluster).masters)
}

// RegionServers gives the region servers that live.
func (m *Model) RegionServers(parent string) (*View[RegionServer], error) {
	return read(m, parent, (*cluster).regionServers)
}

// Draining gives the region servers that take no more regions.
func (m *Model) Draining(parent string) (*View[DrainingServer], error) {
	return read(m, parent, (*cluster).drainingServers)
}

// MetaLocations gives the replicas of hbase:meta, sorted by number.
func (m *Model) MetaLocations(parent string) (*View[MetaLocation], error) {
	return read(m, parent, (*cluster).metaLocations)
}

// Tables gives the states of tables.
func (m *Model) Tables(parent string) (*Tables, error) {
	return read(m, parent, (*cluster).tableStates)
}

// Namespaces gives the namespaces.
func (m *Model) Namespaces(parent string) (*View[Namespace], error) {
	return read(m, parent, (*cluster).namespaceRows)
}

// Replication gives peers and queues, the latter sorted by server.
func (m *Model) Replication(parent string) (*Replication, error) {
	return read(m, parent, (*cluster).replication)
}

// Switches gives the switches of the master.
func (m *Model) Switches(parent string) (*Switches, error) {
	return read(m, parent, (*cluster).switchRows)
}

// SplitTasks gives the WALs that are to be split.
func (m *Model) SplitTasks(parent string) (*View[SplitTask], error) {
	return read(m, parent, (*cluster).splitTasks)
}

// Procedures gives the snapshots, flushes and log rolls under way.
func (m *Model) Procedures(parent string) (*View[Procedure], error) {
	return read(m, parent, (*cluster).procedureRows)
}

// Maintenance gives the tools that hold the balancer back.
func (m *Model) Maintenance(parent string) (*View[Maintenance], error) {
	return read(m, parent, (*cluster).maintenanceRows)
}

// Security gives names and counts of what guards the cluster.
func (m *Model) Security(parent string) (*Security, error) {
	return read(m, parent, (*cluster).security)
}

// Groups gives the groups of region servers.
func (m *Model) Groups(parent string) (*View[Group], error) {
	return read(m, parent, (*cluster).groupRows)
}

// Transitions gives the regions in transition, 1.x.
func (m *Model) Transitions(parent string) (*View[Transition], error) {
	return read(m, parent, (*cluster).transitionRows)
}

// TableLocks gives the locks of tables, 1.x.
func (m *Model) TableLocks(parent string) (*View[TableLock], error) {
	return read(m, parent, (*cluster).tableLocks)
}

// read takes a view of one cluster.
func read[V any](m *Model, parent string, take func(*cluster, Observed) V) (view V, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.clusters[parent]
	if c == nil || !c.found {
		return view, fmt.Errorf("%w: %s", ErrNoCluster, parent)
	}
	return take(c, m.observed), nil
}
