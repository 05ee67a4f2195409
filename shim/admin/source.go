package admin

import (
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/conn"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// Source is the server that is told about.
type Source interface {
	// Serving is nil while clients are served, else why not.
	Serving() error
	Figures() Figures
	Settings() Settings
	Connections() []conn.Info
	Sessions() []session.Info
	// Ephemerals returns the sessions that have ephemeral znodes, sorted.
	Ephemerals() []Owner
	Watches() *watch.Manager
	ResetConnections()
	ResetFigures()
}

// Figures are a server's counters and gauges.
type Figures struct {
	Traffic     conn.Stats
	Commits     commit.Stats
	Connections int
	Outstanding int // requests that wait for the store
	Zxid        znode.Zxid
	Nodes       int
	Ephemerals  int
	DataSize    int64 // bytes
	Sessions    int
	Uptime      time.Duration
}

// Settings are what conf prints.
type Settings struct {
	Version           string // of hquorum
	ClientPort        int
	DataDir           string // "" if the data is elsewhere
	TickTime          time.Duration
	MaxClientCnxns    int
	MinSessionTimeout time.Duration
	MaxSessionTimeout time.Duration
	HandshakeTimeout  time.Duration
}

// Owner is a session with its ephemeral znodes.
type Owner struct {
	Session znode.SessionID
	Paths   []znode.Path
}
