package peer

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// EtcdVersion is the etcd that etcd/go.mod pins.
const EtcdVersion = "3.6.16"

// EtcdOptions configure StartEtcd. The zero value is one member with etcd's defaults in a temporary directory.
type EtcdOptions struct {
	Dir      string   // holds data and log, kept by Stop; "" is temporary, removed by Stop
	Args     []string // further arguments, for example --max-txn-ops=1024
	Progress Progress
}

// Etcd is a running single-member etcd.
type Etcd struct {
	*Process
	Dir     string
	client  string
	member  string // peer URL
	keep    bool
	command []string
}

// StartEtcd builds etcd on first use (about a minute), starts it on free ports of 127.0.0.1 and waits until it is
// healthy. ctx bounds the build and the start only.
func StartEtcd(ctx context.Context, options EtcdOptions) (*Etcd, error) {
	binary, err := EtcdTool(ctx, "etcd", options.Progress)
	if err != nil {
		return nil, err
	}
	clientPort, err := freePort()
	if err != nil {
		return nil, err
	}
	peerPort, err := freePort()
	if err != nil {
		return nil, err
	}
	e := &Etcd{Dir: options.Dir, keep: options.Dir != "", client: loopback(clientPort)}
	if e.Dir == "" {
		if e.Dir, err = os.MkdirTemp("", "hquorum-etcd-"); err != nil {
			return nil, err
		}
	}
	client, member := "http://"+e.client, "http://"+loopback(peerPort)
	e.member = member
	e.command = append([]string{
		binary, "--name", "test", "--data-dir", filepath.Join(e.Dir, "data"),
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", member, "--initial-advertise-peer-urls", member, "--initial-cluster", "test=" + member,
	}, options.Args...)
	if err := e.start(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// EtcdTool returns the path of the pinned etcd, etcdctl or etcdutl, building it on first use.
func EtcdTool(ctx context.Context, name string, progress Progress) (string, error) {
	packages := map[string]string{"etcd": "go.etcd.io/etcd/server/v3", "etcdctl": "go.etcd.io/etcd/etcdctl/v3", "etcdutl": "go.etcd.io/etcd/etcdutl/v3"}
	dir, err := sourceDir(ctx, "github.com/hquorum/hquorum/test/peer")
	if err != nil {
		return "", err
	}
	module := filepath.Join(dir, "etcd")
	pins, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", err
	}
	built, err := cached(ctx, name, pins, func(dir string) error {
		progress.say("building %s %s (first time only)", name, EtcdVersion)
		return buildTool(ctx, module, packages[name], filepath.Join(dir, name))
	})
	return filepath.Join(built, name), err
}

// Endpoint is host:port of the client port; it stays the same over restarts.
func (e *Etcd) Endpoint() string { return e.client }

// Restart starts the member again with the same data and ports, ending it with Kill first if it still runs.
func (e *Etcd) Restart() error {
	if err := e.Kill(); err != nil {
		return err
	}
	return e.start(context.Background())
}

// Stop ends the member in order and removes its temporary data.
func (e *Etcd) Stop() error {
	if e.Alive() {
		if err := e.Terminate(20 * time.Second); err != nil && !strings.Contains(err.Error(), "signal: terminated") {
			return err
		}
	}
	if e.keep {
		return nil
	}
	return os.RemoveAll(e.Dir)
}

func (e *Etcd) start(ctx context.Context) error {
	process, err := startProcess("etcd on "+e.client, filepath.Join(e.Dir, "etcd.log"), e.Dir, nil, e.command...)
	if err != nil {
		return err
	}
	if err := process.awaitReady(ctx, time.Minute, e.healthy); err != nil {
		return errors.Join(err, process.Kill())
	}
	e.Process = process
	return nil
}

func (e *Etcd) healthy() bool {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://" + e.client + "/health")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	return err == nil && strings.Contains(string(body), `"true"`)
}
