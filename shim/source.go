package shim

import (
	"cmp"
	"slices"
	"time"

	"github.com/hquorum/hquorum/shim/admin"
	"github.com/hquorum/hquorum/shim/conn"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/watch"
)

// source is the server as admin sees it.
type source struct{ s *Server }

var _ admin.Source = source{}

func (x source) Serving() error { return x.s.Health() }

func (x source) Figures() admin.Figures {
	s := x.s
	f := admin.Figures{
		Traffic: s.hub.Stats(), Commits: s.committer.Stats(), Connections: s.hub.Len(),
		Uptime: time.Since(s.started),
	}
	s.hub.Conns(func(c *conn.Conn) { f.Outstanding += c.Info().Queued })
	s.replica.View(func(v *replica.View) {
		f.Zxid, f.Nodes, f.Ephemerals, f.DataSize, f.Sessions = v.Zxid(), v.NodeCount(), v.EphemeralCount(), v.DataSize(), v.SessionCount()
	})
	return f
}

func (x source) Settings() admin.Settings {
	c := x.s.cfg
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return admin.Settings{
		Version: c.Version, ClientPort: x.s.port, DataDir: c.DataDir, TickTime: c.TickTime,
		MaxClientCnxns:    max(c.MaxClientCnxns, 0),
		MinSessionTimeout: c.MinSessionTimeout, MaxSessionTimeout: c.MaxSessionTimeout, HandshakeTimeout: handshakeTimeout,
	}
}

func (x source) Connections() []conn.Info {
	var infos []conn.Info
	x.s.hub.Conns(func(c *conn.Conn) { infos = append(infos, c.Info()) })
	slices.SortFunc(infos, func(a, b conn.Info) int { return cmp.Compare(a.Remote, b.Remote) })
	return infos
}

func (x source) Sessions() []session.Info {
	var infos []session.Info
	x.s.sessions.Each(func(i session.Info) { infos = append(infos, i) })
	return infos
}

func (x source) Ephemerals() []admin.Owner {
	var owners []admin.Owner
	x.s.replica.View(func(v *replica.View) {
		for _, id := range v.EphemeralOwners() {
			owners = append(owners, admin.Owner{Session: id, Paths: v.Ephemerals(id)})
		}
	})
	return owners
}

func (x source) Watches() *watch.Manager { return x.s.watches }

func (x source) ResetConnections() { x.s.hub.Conns((*conn.Conn).Reset) }

func (x source) ResetFigures() { x.s.hub.Reset() }
