package peer

import (
	"context"
	"strconv"
)

// Status is what the active master says about the cluster. Servers are named host,port,startcode.
type Status struct {
	Active        string   `json:"active"` // "" while there is none
	Backups       []string `json:"backups"`
	RegionServers []string `json:"regionServers"`
	Dead          []string `json:"dead"`
}

// Region is one region of a table and where it is.
type Region struct {
	Start  string `json:"start"`  // first row, "" for the first region
	Server string `json:"server"` // "" while it is not assigned
}

// Load says what a load has done.
type Load struct {
	Acked        int `json:"acked"`        // rows whose put was acknowledged
	Failed       int `json:"failed"`       // puts that threw after all of the client's retries
	LongestGapMS int `json:"longestGapMs"` // longest time between two acknowledgements
}

// Status asks the active master.
func (d *Driver) Status(ctx context.Context) (status Status, err error) {
	return status, d.Do(ctx, &status, "status")
}

// AwaitInitialised returns when the active master has initialised itself, which is some time after it became active.
func (d *Driver) AwaitInitialised(ctx context.Context) error {
	return d.Do(ctx, nil, "await-initialised")
}

// Create creates a table with one column family.
func (d *Driver) Create(ctx context.Context, table, family string) error {
	return d.Do(ctx, nil, "create", table, family)
}

// Put writes one cell; column is family:qualifier.
func (d *Driver) Put(ctx context.Context, table, row, column, value string) error {
	return d.Do(ctx, nil, "put", table, row, column, value)
}

// Fill writes count rows called row00000 and so on.
func (d *Driver) Fill(ctx context.Context, table, column string, count int) error {
	return d.Do(ctx, nil, "fill", table, column, strconv.Itoa(count))
}

// Get reads one cell; "" stands for no such cell.
func (d *Driver) Get(ctx context.Context, table, row, column string) (value string, err error) {
	return value, d.Do(ctx, &value, "get", table, row, column)
}

// Scan reads the whole table and returns its rows, each with its first cell's value.
func (d *Driver) Scan(ctx context.Context, table string) (rows map[string]string, err error) {
	return rows, d.Do(ctx, &rows, "scan", table)
}

// Drop disables a table where needed and deletes it.
func (d *Driver) Drop(ctx context.Context, table string) error { return d.Do(ctx, nil, "drop", table) }

// Split asks for the region that holds row to be split there; Regions shows when it is done.
func (d *Driver) Split(ctx context.Context, table, row string) error {
	return d.Do(ctx, nil, "split", table, row)
}

// Disable takes a table out of service.
func (d *Driver) Disable(ctx context.Context, table string) error {
	return d.Do(ctx, nil, "disable", table)
}

// Enable puts a table into service again.
func (d *Driver) Enable(ctx context.Context, table string) error {
	return d.Do(ctx, nil, "enable", table)
}

// IsEnabled reports whether the table is in service.
func (d *Driver) IsEnabled(ctx context.Context, table string) (enabled bool, err error) {
	return enabled, d.Do(ctx, &enabled, "enabled", table)
}

// Regions returns where the regions of a table are, freshly looked up; the table may be hbase:meta.
func (d *Driver) Regions(ctx context.Context, table string) (regions []Region, err error) {
	return regions, d.Do(ctx, &regions, "regions", table)
}

// Snapshot takes a snapshot of a table.
func (d *Driver) Snapshot(ctx context.Context, name, table string) error {
	return d.Do(ctx, nil, "snapshot", name, table)
}

// Snapshots returns the names of all snapshots.
func (d *Driver) Snapshots(ctx context.Context) (names []string, err error) {
	return names, d.Do(ctx, &names, "snapshots")
}

// DeleteSnapshot deletes a snapshot.
func (d *Driver) DeleteSnapshot(ctx context.Context, name string) error {
	return d.Do(ctx, nil, "delete-snapshot", name)
}

// AddPeer adds a replication peer; clusterKey is host:port:/znode of its quorum.
func (d *Driver) AddPeer(ctx context.Context, id, clusterKey string) error {
	return d.Do(ctx, nil, "add-peer", id, clusterKey)
}

// Peers returns the ids of the replication peers.
func (d *Driver) Peers(ctx context.Context) (ids []string, err error) {
	return ids, d.Do(ctx, &ids, "peers")
}

// RemovePeer removes a replication peer.
func (d *Driver) RemovePeer(ctx context.Context, id string) error {
	return d.Do(ctx, nil, "remove-peer", id)
}

// StartLoad begins to put rows into the table one after the other, remembering what was acknowledged.
func (d *Driver) StartLoad(ctx context.Context, table, column string) error {
	return d.Do(ctx, nil, "load", table, column)
}

// Load returns what the load has done so far.
func (d *Driver) Load(ctx context.Context) (load Load, err error) {
	return load, d.Do(ctx, &load, "loaded")
}

// StopLoad ends the load.
func (d *Driver) StopLoad(ctx context.Context) (load Load, err error) {
	return load, d.Do(ctx, &load, "stop-load")
}

// Verify reads every acknowledged row of the load back through a new connection and returns those that are missing
// or wrong.
func (d *Driver) Verify(ctx context.Context, table, column string) (lost []string, err error) {
	return lost, d.Do(ctx, &lost, "verify", table, column)
}

// Shutdown asks the master to shut the whole cluster down.
func (d *Driver) Shutdown(ctx context.Context) error { return d.Do(ctx, nil, "shutdown") }
