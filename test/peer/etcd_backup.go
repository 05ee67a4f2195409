package peer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Snapshot saves a backup of the running member to file.
func (e *Etcd) Snapshot(ctx context.Context, file string) error {
	return etcdTool(ctx, "etcdctl", "--endpoints", e.client, "snapshot", "save", file)
}

// Restore replaces the member's data with a backup, as an operator does who keeps the member's name and URLs. It ends
// the member first if it still runs; Restart starts it.
func (e *Etcd) Restore(ctx context.Context, file string) error {
	data := filepath.Join(e.Dir, "data")
	if err := errors.Join(e.Kill(), os.RemoveAll(data)); err != nil {
		return err
	}
	return etcdTool(ctx, "etcdutl", "snapshot", "restore", file, "--data-dir", data,
		"--name", "test", "--initial-cluster", "test="+e.member, "--initial-advertise-peer-urls", e.member)
}

func etcdTool(ctx context.Context, name string, args ...string) error {
	binary, err := EtcdTool(ctx, name, nil)
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, binary, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, lastLines(out, 5))
	}
	return nil
}
