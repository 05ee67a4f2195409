package hbasemodel

import (
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// RegionServer is a region server that lives: one of rs
// (HRegionServer.createMyEphemeralNode, RegionServerTracker).
type RegionServer struct {
	// Name is the znode's, host,port,startcode. Server is the same, the zero
	// value where the name is none.
	Name   string             `json:"name"`
	Server payload.ServerName `json:"server"`
	// InfoPort is the port of the web UI; 0 or -1 where there is none.
	InfoPort int32 `json:"infoPort"`
	// Version is HBase's, empty where the server did not say; Build is all that
	// it said, nil for nothing.
	Version string               `json:"version,omitempty"`
	Build   *payload.VersionInfo `json:"-"`
	// Since is when it registered.
	Since   time.Time `json:"since,omitzero"`
	Session SessionID `json:"session,omitzero"`
	// Draining: it takes no more regions.
	Draining bool `json:"draining"`
	// CarriesMeta: a replica of hbase:meta is on it, says its location.
	CarriesMeta bool   `json:"carriesMeta"`
	Origin      Origin `json:"origin"`
}

func (c *cluster) regionServer(rel string) *RegionServer {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	info := as[payload.RegionServerInfo](n)
	r := &RegionServer{
		Name: n.name, Server: n.server, InfoPort: info.InfoPort, Build: info.Version,
		Since: n.origin.Ctime, Session: n.origin.Session,
		Draining: c.nodes["draining/"+n.name] != nil, CarriesMeta: c.metaOn[n.server] > 0,
		Origin: n.origin,
	}
	if info.Version != nil {
		r.Version = info.Version.Version
	}
	return r
}

func (c *cluster) regionServers(o Observed) *View[RegionServer] {
	rows := c.servers.read()
	return &View[RegionServer]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{absent: "no region server is up"})}
}

// lives says whether a server is up.
func (c *cluster) lives(s payload.ServerName) bool {
	return s != (payload.ServerName{}) && c.nodes["rs/"+s.String()] != nil
}

// DrainingServer is a region server that takes no more regions: one of draining
// (1.x: bin/draining_servers.rb; 2.x: HMaster.decommissionRegionServers).
type DrainingServer struct {
	Name   string             `json:"name"`
	Server payload.ServerName `json:"server"`
	// Lives: a region server of that name is up.
	Lives  bool      `json:"lives"`
	Since  time.Time `json:"since,omitzero"`
	Origin Origin    `json:"origin"`
}

func (c *cluster) drainingServer(rel string) *DrainingServer {
	n := c.nodes[rel]
	if n == nil {
		return nil
	}
	return &DrainingServer{
		Name: n.name, Server: n.server, Lives: c.nodes["rs/"+n.name] != nil,
		Since: n.origin.Ctime, Origin: n.origin,
	}
}

func (c *cluster) drainingServers(o Observed) *View[DrainingServer] {
	rows := c.draining.read()
	return &View[DrainingServer]{Observed: o, Rows: rows, Keeping: c.keeping(len(rows), place{absent: "no region server is draining"})}
}
