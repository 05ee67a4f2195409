package peer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// HBaseVersion is an HBase whose jars maven/hbase-<version>/pom.xml names.
type HBaseVersion string

// The versions that are tested.
const (
	HBase22 HBaseVersion = "2.2.3"
	HBase26 HBaseVersion = "2.6.4"
	HBase30 HBaseVersion = "3.0.0-alpha-4"
)

// HBaseOptions configure StartHBase.
type HBaseOptions struct {
	Version        HBaseVersion
	Quorum         string            // host:port[,host:port], given to HBase as hbase.zookeeper.quorum
	Masters        int               // 0 is 1; the first to start becomes active, the others are backups
	RegionServers  int               // 0 is 1
	SessionTimeout time.Duration     // 0 is 10 s; HBase's own default is 90 s
	Dir            string            // root directory, configuration and logs, kept; "" is temporary
	Properties     map[string]string // further properties of hbase-site.xml
	Progress       Progress
}

// Role is what an HBase process is.
type Role string

// The two roles.
const (
	Master       Role = "master"
	RegionServer Role = "regionserver"
)

// HBaseServer is one master or region server.
type HBaseServer struct {
	*Process
	Role Role
	Port int // of its RPC, by which the cluster's status names it
}

// HBase is a cluster: its processes, dead ones included, in the order of their start.
type HBase struct {
	Dir       string
	Servers   []*HBaseServer
	options   HBaseOptions
	classpath string
	driver    *Driver
}

// StartHBase fetches HBase where needed, starts its masters and region servers, and waits until the master is
// initialised and every server has reported. ctx bounds the start only.
func StartHBase(ctx context.Context, options HBaseOptions) (*HBase, error) {
	options.Masters, options.RegionServers = cmp.Or(options.Masters, 1), cmp.Or(options.RegionServers, 1)
	options.SessionTimeout = cmp.Or(options.SessionTimeout, 10*time.Second)
	classpath, err := Classpath(ctx, "hbase-"+string(options.Version), options.Progress)
	if err != nil {
		return nil, err
	}
	h := &HBase{Dir: options.Dir, options: options, classpath: classpath}
	if h.Dir == "" {
		if h.Dir, err = os.MkdirTemp("", "hquorum-hbase-"); err != nil {
			return nil, err
		}
	}
	if err := options.writeConfig(h.Dir); err != nil {
		return nil, err
	}
	if err := h.startAll(ctx); err != nil {
		return nil, errors.Join(err, h.KillAll())
	}
	return h, nil
}

func (h *HBase) startAll(ctx context.Context) error {
	for range h.options.Masters {
		if _, err := h.Start(Master); err != nil {
			return err
		}
	}
	for range h.options.RegionServers {
		if _, err := h.Start(RegionServer); err != nil {
			return err
		}
	}
	err := h.AwaitStatus(ctx, 4*time.Minute, "all servers", func(s Status) bool {
		return s.Active != "" && len(s.Backups) == h.options.Masters-1 && len(s.RegionServers) == h.options.RegionServers
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return h.driver.AwaitInitialised(ctx)
}

// Start starts one more server on a free port and does not wait for it to join.
func (h *HBase) Start(role Role) (*HBaseServer, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	class := "org.apache.hadoop.hbase.master.HMaster"
	if role == RegionServer {
		class = "org.apache.hadoop.hbase.regionserver.HRegionServer"
	}
	command := h.Java(384, class, fmt.Sprintf("-Dhbase.%s.port=%d", role, port), "start")
	name := fmt.Sprintf("%s-%d", role, port)
	process, err := startProcess("HBase "+string(h.options.Version)+" "+name, filepath.Join(h.Dir, name+".log"), h.Dir, nil, command...)
	if err != nil {
		return nil, err
	}
	server := &HBaseServer{Process: process, Role: role, Port: port}
	h.Servers = append(h.Servers, server)
	return server, nil
}

// Java is the command that runs a main class with the cluster's configuration and jars.
func (h *HBase) Java(heapMB int, class string, args ...string) []string {
	classpath := filepath.Join(h.Dir, "conf") + ":" + h.classpath
	command := append([]string{"java"}, javaFlags(heapMB)...)
	return append(append(command, "-cp", classpath, class), args...)
}

// Alive returns the servers whose processes have not ended.
func (h *HBase) Alive() []*HBaseServer {
	return slices.DeleteFunc(slices.Clone(h.Servers), func(s *HBaseServer) bool { return !s.Alive() })
}

// AwaitStatus polls the cluster's status every 200 ms until reached is true, a server or the client has died, or
// limit has passed.
func (h *HBase) AwaitStatus(ctx context.Context, limit time.Duration, what string, reached func(Status) bool) error {
	driver, err := h.Driver(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	watched := []*Process{driver.Process}
	for _, server := range h.Alive() {
		watched = append(watched, server.Process)
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var last Status
	for {
		asked, cancelAsk := context.WithTimeout(ctx, 5*time.Second) // a client that waits for a master answers late
		if last, err = driver.Status(asked); err == nil && reached(last) {
			cancelAsk()
			return nil
		}
		cancelAsk()
		for _, process := range watched {
			if !process.Alive() {
				return fmt.Errorf("%s ended while waiting for %s: %s", process.Name, what, process.Death())
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s: %w: last status %+v, %w (logs in %s)", what, ctx.Err(), last, err, h.Dir)
		case <-tick.C:
		}
	}
}

// ByName returns the server that a status names, which is "localhost,<port>,<start code>".
func (h *HBase) ByName(name string) (*HBaseServer, error) {
	for _, server := range h.Servers {
		if server.Alive() && strings.HasPrefix(name, fmt.Sprintf("localhost,%d,", server.Port)) {
			return server, nil
		}
	}
	return nil, fmt.Errorf("no live server is called %q", name)
}

// Shutdown asks the master to shut the cluster down, as an operator does, and waits at most limit until every process
// has ended by itself. Processes that have not are named in the error and stay for a look; KillAll ends them.
func (h *HBase) Shutdown(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	driver, err := h.Driver(ctx)
	if err != nil {
		return err
	}
	if err := driver.Shutdown(ctx); err != nil {
		return err
	}
	deadline, _ := ctx.Deadline()
	var problems []error
	for _, server := range h.Alive() {
		if err := server.Wait(time.Until(deadline)); err != nil {
			problems = append(problems, fmt.Errorf("orderly shutdown: %w; %s", err, server.Death()))
		}
	}
	return errors.Join(problems...)
}

// KillAll ends every process with kill -9 and removes a temporary directory. It may follow Shutdown.
func (h *HBase) KillAll() error {
	var problems []error
	if h.driver != nil {
		problems = append(problems, h.driver.Close())
	}
	for _, server := range h.Servers {
		problems = append(problems, server.Kill())
	}
	if h.options.Dir == "" {
		problems = append(problems, os.RemoveAll(h.Dir))
	}
	return errors.Join(problems...)
}
