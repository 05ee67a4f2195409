package peer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ZooKeeperVersion is the Apache ZooKeeper that hquorum is compared with.
const ZooKeeperVersion = "3.9.5"

// ZooKeeperOptions configure StartZooKeeper. The zero value is a server with ZooKeeper's defaults in a temporary
// directory, with extended types (container and TTL znodes) on, every four-letter word allowed and fsync off.
type ZooKeeperOptions struct {
	Dir                    string            // kept by Stop; "" is a temporary directory that Stop removes
	TickTime               time.Duration     // 0 is 2 s; session expiry is rounded up to it
	MinSessionTimeout      time.Duration     // 0 is 2 ticks
	MaxSessionTimeout      time.Duration     // 0 is 20 ticks
	SuperDigest            string            // user:base64(sha1(user:password)) of the super user; "" is none
	ContainerCheckInterval time.Duration     // how often container and TTL znodes are reaped; 0 is ZooKeeper's 60 s
	Fsync                  bool              // true makes the server force its log to disk before it answers
	HeapMB                 int               // 0 is 256
	Properties             map[string]string // further Java system properties, for example jute.maxbuffer
	Config                 map[string]string // further lines of zoo.cfg
	Progress               Progress
}

// ZooKeeper is a running standalone Apache ZooKeeper.
type ZooKeeper struct {
	*Process
	Dir     string // zoo.cfg, data and log
	addr    string
	keep    bool
	command []string
}

var _ Quorum = (*ZooKeeper)(nil)

// StartZooKeeper fetches ZooKeeper where needed, starts it on a free port of 127.0.0.1 and waits until it serves.
// ctx bounds the start only.
func StartZooKeeper(ctx context.Context, options ZooKeeperOptions) (*ZooKeeper, error) {
	classpath, err := Classpath(ctx, "zookeeper", options.Progress)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	z := &ZooKeeper{Dir: options.Dir, keep: options.Dir != "", addr: loopback(port)}
	if z.Dir == "" {
		if z.Dir, err = os.MkdirTemp("", "hquorum-zookeeper-"); err != nil {
			return nil, err
		}
	}
	config := filepath.Join(z.Dir, "zoo.cfg")
	if err = os.MkdirAll(z.Dir, 0o755); err == nil {
		err = os.WriteFile(config, options.zooCfg(z.Dir, port), 0o644)
	}
	if err != nil {
		return nil, err
	}
	z.command = append([]string{"java"}, javaFlags(cmp.Or(options.HeapMB, 256))...)
	z.command = append(z.command, options.properties()...)
	z.command = append(z.command, "-cp", classpath, "org.apache.zookeeper.server.quorum.QuorumPeerMain", config)
	if err := z.start(ctx); err != nil {
		return nil, err
	}
	return z, nil
}

// Addr implements Quorum.
func (z *ZooKeeper) Addr() string { return z.addr }

// Restart implements Quorum.
func (z *ZooKeeper) Restart() error {
	if err := z.Kill(); err != nil {
		return err
	}
	return z.start(context.Background())
}

// Stop implements Quorum. ZooKeeper has no other orderly way than SIGTERM.
func (z *ZooKeeper) Stop() error {
	if z.Alive() {
		var exit *exec.ExitError // 143 is how a JVM answers SIGTERM
		if err := z.Terminate(10 * time.Second); err != nil && !errors.As(err, &exit) {
			return err
		}
	}
	if z.keep {
		return nil
	}
	return os.RemoveAll(z.Dir)
}

func (z *ZooKeeper) start(ctx context.Context) error {
	process, err := startProcess("ZooKeeper "+ZooKeeperVersion+" on "+z.addr, filepath.Join(z.Dir, "zookeeper.log"), z.Dir, nil, z.command...)
	if err != nil {
		return err
	}
	if err := process.awaitReady(ctx, time.Minute, func() bool { return serves(z.addr) }); err != nil {
		return errors.Join(err, process.Kill())
	}
	z.Process = process
	return nil
}

func (o ZooKeeperOptions) zooCfg(dir string, port int) []byte {
	lines := map[string]string{
		"dataDir":                filepath.Join(dir, "data"),
		"clientPort":             strconv.Itoa(port),
		"clientPortAddress":      "127.0.0.1",
		"tickTime":               milliseconds(cmp.Or(o.TickTime, 2*time.Second)),
		"maxClientCnxns":         "0",
		"admin.enableServer":     "false",
		"extendedTypesEnabled":   "true",
		"4lw.commands.whitelist": "*",
	}
	if o.MinSessionTimeout > 0 {
		lines["minSessionTimeout"] = milliseconds(o.MinSessionTimeout)
	}
	if o.MaxSessionTimeout > 0 {
		lines["maxSessionTimeout"] = milliseconds(o.MaxSessionTimeout)
	}
	maps.Copy(lines, o.Config)
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&text, "%s=%s\n", key, lines[key])
	}
	return []byte(text.String())
}

func (o ZooKeeperOptions) properties() []string {
	properties := map[string]string{
		"zookeeper.extendedTypesEnabled":         "true",
		"zookeeper.forceSync":                    "no",
		"org.slf4j.simpleLogger.showDateTime":    "true",
		"org.slf4j.simpleLogger.dateTimeFormat":  "HH:mm:ss.SSS",
		"org.slf4j.simpleLogger.defaultLogLevel": "warn", // info has a line for each four-letter word
	}
	if o.Fsync {
		properties["zookeeper.forceSync"] = "yes"
	}
	if o.SuperDigest != "" {
		properties["zookeeper.DigestAuthenticationProvider.superDigest"] = o.SuperDigest
	}
	if o.ContainerCheckInterval > 0 {
		properties["znode.container.checkIntervalMs"] = milliseconds(o.ContainerCheckInterval)
	}
	maps.Copy(properties, o.Properties)
	var flags []string
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		flags = append(flags, "-D"+key+"="+properties[key])
	}
	return flags
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
