package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hquorum/hquorum/config"
	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/znode"
)

// highWater keeps the last zxid in a file beside the embedded etcd's directory,
// so that an older copy of that directory is recognised for what it is. With an
// external etcd there is no such file.
type highWater struct {
	path string
	zxid znode.Zxid
}

func openHighWater(o config.Options) (*highWater, error) {
	if !o.Embedded() {
		return &highWater{}, nil
	}
	h := &highWater{path: filepath.Join(o.DataDir, "ZXID")}
	text, err := os.ReadFile(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, err
	}
	zxid, err := strconv.ParseInt(strings.TrimSpace(string(text)), 0, 64)
	if err != nil || zxid < 0 {
		return nil, fmt.Errorf("%s does not hold a zxid: remove it and start once with --restored", h.path)
	}
	h.zxid = znode.Zxid(zxid)
	return h, nil
}

// keep notes the server's zxid every second until ctx ends, and once more then.
// A file that cannot be written only weakens the check, so that is no reason to
// stop.
func (h *highWater) keep(ctx context.Context, server *shim.Server) error {
	if h.path == "" {
		return nil
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		h.note(server.Zxid())
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.note(server.Zxid())
			return nil
		}
	}
}

func (h *highWater) note(zxid znode.Zxid) {
	if zxid <= h.zxid {
		return
	}
	next := h.path + ".next"
	if os.WriteFile(next, fmt.Appendf(nil, "0x%x\n", int64(zxid)), 0o600) == nil && os.Rename(next, h.path) == nil {
		h.zxid = zxid
	}
}
