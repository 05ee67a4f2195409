package config

import (
	"time"

	"github.com/spf13/pflag"
)

// Options is the configuration of a server. Durations are given as Go
// durations (90s) or, as in ZooKeeper, as a number of milliseconds (90000).
type Options struct {
	Listen      []string
	AdminListen string
	Pprof       bool
	DataDir     string

	EtcdEndpoints []string
	Prefix        string
	EtcdCACert    string
	EtcdCert      string
	EtcdKey       string
	EtcdUser      string
	EtcdPassword  string

	TickTime               time.Duration
	MinSessionTimeout      time.Duration
	MaxSessionTimeout      time.Duration
	MaxClientCnxns         int
	Whitelist              []string
	ExtendedTypes          bool
	SuperDigest            string
	ContainerCheckInterval time.Duration
	JuteMaxBuffer          int

	DrainTimeout time.Duration
	Restored     bool
	LogLevel     string
	LogFormat    string
}

// secrets are the options whose values are never printed.
var secrets = map[string]bool{"super-digest": true, "etcd-password": true}

// Register declares every option as a flag of fs, with its default.
func (o *Options) Register(fs *pflag.FlagSet) {
	fs.StringSliceVar(&o.Listen, "listen", []string{":2181"}, "addresses that ZooKeeper clients connect to")
	fs.StringVar(&o.AdminListen, "admin-listen", "", "address of the admin HTTP server (health, metrics, commands), such as 127.0.0.1:8080; empty: off")
	fs.BoolVar(&o.Pprof, "pprof", false, "serve Go's profiles under /debug/pprof/ of --admin-listen")
	fs.StringVar(&o.DataDir, "data-dir", "./hquorum-data", "directory of the embedded etcd")

	fs.StringSliceVar(&o.EtcdEndpoints, "etcd-endpoints", nil, "keep the data in this etcd (host:port,…) instead of the embedded one")
	fs.StringVar(&o.Prefix, "prefix", "/hquorum/", "prefix of every key in etcd")
	fs.StringVar(&o.EtcdCACert, "etcd-cacert", "", "file with the certificates that etcd's is checked against (turns TLS on)")
	fs.StringVar(&o.EtcdCert, "etcd-cert", "", "file with the client certificate for etcd")
	fs.StringVar(&o.EtcdKey, "etcd-key", "", "file with the key of --etcd-cert")
	fs.StringVar(&o.EtcdUser, "etcd-user", "", "user name for etcd")
	fs.StringVar(&o.EtcdPassword, "etcd-password", "", "password for etcd (better in the environment: HQUORUM_ETCD_PASSWORD)")

	millisVar(fs, &o.TickTime, "tick-time", 2*time.Second, "ZooKeeper's tickTime: the default lower bound of session timeouts is two ticks")
	millisVar(fs, &o.MinSessionTimeout, "min-session-timeout", 0, "shortest session timeout granted; 0: two ticks")
	millisVar(fs, &o.MaxSessionTimeout, "max-session-timeout", 3*time.Minute, "longest session timeout granted (HBase asks for 90s)")
	fs.IntVar(&o.MaxClientCnxns, "max-client-cnxns", 60, "connections allowed from one address; 0: no limit")
	fs.StringSliceVar(&o.Whitelist, "4lw-whitelist", []string{"srvr", "stat", "ruok"}, "four-letter words that are answered; *: all of them")
	fs.BoolVar(&o.ExtendedTypes, "extended-types", true, "allow TTL znodes (ZooKeeper's extendedTypesEnabled)")
	fs.StringVar(&o.SuperDigest, "super-digest", "", "digest of a super user, as ZooKeeper writes it: super:<base64 of SHA-1>")
	millisVar(fs, &o.ContainerCheckInterval, "container-check-interval", time.Minute, "time between two looks for empty containers and expired TTL znodes")
	fs.IntVar(&o.JuteMaxBuffer, "jute-maxbuffer", 0xfffff, "largest request in bytes (ZooKeeper's jute.maxbuffer)")

	millisVar(fs, &o.DrainTimeout, "drain-timeout", 10*time.Second, "how long SIGTERM waits for requests under way")
	fs.BoolVar(&o.Restored, "restored", false, "the data was restored from a backup: raise zxids beyond any that was handed out before")
	fs.StringVar(&o.LogLevel, "log-level", "info", "debug, info, warn or error")
	fs.StringVar(&o.LogFormat, "log-format", "console", "console or json")
}

// Embedded reports whether the data is kept in the embedded etcd.
func (o *Options) Embedded() bool { return len(o.EtcdEndpoints) == 0 }
