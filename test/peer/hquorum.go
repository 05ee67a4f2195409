package peer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// HquorumOptions configure StartHquorum. The zero value is embedded etcd in a temporary directory.
type HquorumOptions struct {
	Dir           string   // holds the data directory and the log, kept by Stop; "" is temporary, removed by Stop
	EtcdEndpoints []string // host:port of an etcd to use instead of the embedded one
	Admin         bool     // also serve the admin address on a free port
	ZooCfg        string   // text of a zoo.cfg to hand over with --zoo-cfg; "" is none
	Args          []string // further arguments of "hquorum serve"
	Env           []string // further environment, KEY=value
	Race          bool     // build with the race detector
	Progress      Progress
}

// Hquorum is a running "hquorum serve", built from this checkout or taken from the environment variable HQUORUM_BIN.
type Hquorum struct {
	*Process
	Dir     string // data directory (Dir/data), log and the binary that runs
	admin   string
	addr    string
	keep    bool
	env     []string
	command []string
}

var _ Quorum = (*Hquorum)(nil)

// StartHquorum builds the server, starts it on a free port of 127.0.0.1 and waits until it serves. ctx bounds the
// build and the start only.
func StartHquorum(ctx context.Context, options HquorumOptions) (*Hquorum, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	h := &Hquorum{Dir: options.Dir, keep: options.Dir != "", addr: loopback(port), env: options.Env}
	if h.Dir == "" {
		if h.Dir, err = os.MkdirTemp("", "hquorum-server-"); err != nil {
			return nil, err
		}
	}
	binary := os.Getenv("HQUORUM_BIN")
	if binary == "" {
		binary = filepath.Join(h.Dir, "bin", "hquorum")
		if err := buildHquorum(ctx, binary, options); err != nil {
			return nil, err
		}
	}
	h.command = []string{binary, "serve", "--listen", h.addr, "--data-dir", h.DataDir()}
	if len(options.EtcdEndpoints) > 0 {
		h.command = append(h.command, "--etcd-endpoints", strings.Join(options.EtcdEndpoints, ","))
	}
	if options.Admin {
		adminPort, err := freePort()
		if err != nil {
			return nil, err
		}
		h.admin = loopback(adminPort)
		h.command = append(h.command, "--admin-listen", h.admin)
	}
	if options.ZooCfg != "" {
		file := filepath.Join(h.Dir, "zoo.cfg")
		if err := os.WriteFile(file, []byte(options.ZooCfg), 0o644); err != nil {
			return nil, err
		}
		h.command = append(h.command, "--zoo-cfg", file)
	}
	h.command = append(h.command, options.Args...)
	if err := h.start(ctx); err != nil {
		return nil, err
	}
	return h, nil
}

func buildHquorum(ctx context.Context, target string, options HquorumOptions) error {
	if err := os.Remove(target); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	options.Progress.say("building hquorum")
	if options.Race {
		return buildTool(ctx, "", "github.com/hquorum/hquorum/cmd/hquorum", target, "-race")
	}
	return buildTool(ctx, "", "github.com/hquorum/hquorum/cmd/hquorum", target)
}

// Addr implements Quorum.
func (h *Hquorum) Addr() string { return h.addr }

// AdminAddr is host:port of the admin address, "" where it was not asked for.
func (h *Hquorum) AdminAddr() string { return h.admin }

// DataDir is the directory that the server was given for its data.
func (h *Hquorum) DataDir() string { return filepath.Join(h.Dir, "data") }

// Restart implements Quorum.
func (h *Hquorum) Restart() error {
	if err := h.Kill(); err != nil {
		return err
	}
	return h.start(context.Background())
}

// Stop implements Quorum. A server that does not answer SIGTERM with exit code 0 within 20 s is an error.
func (h *Hquorum) Stop() error {
	if h.Alive() {
		if err := h.Terminate(20 * time.Second); err != nil {
			return err
		}
	}
	if h.keep {
		return nil
	}
	return os.RemoveAll(h.Dir)
}

func (h *Hquorum) start(ctx context.Context) error {
	process, err := startProcess("hquorum on "+h.addr, filepath.Join(h.Dir, "hquorum.log"), h.Dir, h.env, h.command...)
	if err != nil {
		return err
	}
	if err := process.awaitReady(ctx, time.Minute, func() bool { return serves(h.addr) }); err != nil {
		return errors.Join(err, process.Kill())
	}
	h.Process = process
	return nil
}
