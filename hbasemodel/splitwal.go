package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// SplitTask is a WAL of a dead server that is to be split: one of splitWAL
// (ZKSplitLogManagerCoordination).
type SplitTask struct {
	// Name is the znode's. WAL is the path that it stands for, empty for a
	// rescan.
	Name string `json:"name"`
	WAL  string `json:"wal,omitempty"`
	// Rescan: it only wakes the workers.
	Rescan bool               `json:"rescan,omitempty"`
	State  payload.SplitState `json:"state"`
	// Server is the worker, or the master that made the task.
	Server payload.ServerName `json:"server"`
	// Since is when the state was written.
	Since  time.Time `json:"since,omitzero"`
	Origin Origin    `json:"origin"`
}

func (c *cluster) splitTask(rel string) *SplitTask {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	task := as[payload.SplitLogTask](n)
	wal, _ := payload.SplitTaskWAL(n.name)
	return &SplitTask{
		Name: n.name, WAL: wal, Rescan: n.kind == payload.KindSplitRescan,
		State: task.State, Server: task.Server, Since: n.origin.Mtime, Origin: n.origin,
	}
}

func (c *cluster) splitTasks(o Observed) *View[SplitTask] {
	rows := c.splits.read()
	return &View[SplitTask]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{
		until: release{2, 4}, after: "WALs are split by procedures of the master, unless hbase.split.wal.zk.coordinated says otherwise",
		absent: "no WAL is to be split",
	})}
}
