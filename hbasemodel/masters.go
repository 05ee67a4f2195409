package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// Masters shows who is in office and who waits.
type Masters struct {
	Observed Observed `json:"observed"`
	// Active is nil where no master is in office.
	Active *Master `json:"active"`
	// Backups wait to be elected, sorted by name.
	Backups []*Master `json:"backups"`
}

// Master is a master: the znode master (MasterAddressTracker), or one of
// backup-masters (ActiveMasterManager).
type Master struct {
	// Server is the zero value where the data and the name do not tell it.
	Server payload.ServerName `json:"server"`
	// InfoPort is the port of the web UI; 0 or -1 where there is none.
	InfoPort int32 `json:"infoPort"`
	// Since is when it took office, or began to wait.
	Since time.Time `json:"since,omitzero"`
	// Epoch is the transaction that made the znode. That of an active master is
	// above those of all before it.
	Epoch   int64     `json:"epoch"`
	Session SessionID `json:"session,omitzero"`
	// AlsoActive: a backup that is in office. It lasts for a moment after an
	// election.
	AlsoActive bool   `json:"alsoActive,omitempty"`
	Origin     Origin `json:"origin"`
}

func (c *cluster) masters(o Observed) *Masters {
	v := &Masters{Observed: o, Backups: c.backups.read()}
	if n := c.nodes["master"]; n != nil {
		v.Active = masterOf(n)
	}
	return v
}

// backup builds a row of backup-masters.
func (c *cluster) backup(rel string) *Master {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	m := masterOf(n)
	m.AlsoActive = m.Server != (payload.ServerName{}) && m.Server == as[payload.Master](c.nodes["master"]).Server
	return m
}

func masterOf(n *node) *Master {
	m := as[payload.Master](n)
	return &Master{
		Server: masterServer(n), InfoPort: m.InfoPort, Since: n.origin.Ctime,
		Epoch: n.origin.Czxid, Session: n.origin.Session, Origin: n.origin,
	}
}

// masterServer gives the server of a master's znode: what the data say, else the
// name.
func masterServer(n *node) payload.ServerName {
	if s := as[payload.Master](n).Server; s != (payload.ServerName{}) {
		return s
	}
	return n.server
}
