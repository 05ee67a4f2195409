package peer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// buildTool builds the Go package pkg, as seen from module directory dir, into the cache and links the binary to
// target, so that a later build does not change what a running peer restarts with. Go's own cache makes the second
// build a matter of a second.
func buildTool(ctx context.Context, dir, pkg, target string, flags ...string) error {
	root, err := CacheDir()
	if err != nil {
		return err
	}
	binary := filepath.Join(root, "bin", filepath.Base(target))
	unlock, err := lockFile(ctx, binary+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	build := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", binary}, flags...), pkg)...)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, lastLines(out, 30))
	}
	return linkOrCopy(binary, target)
}

// linkOrCopy makes target the same file as source, or a copy of it where they are on different file systems.
func linkOrCopy(source, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if os.Link(source, target) == nil {
		return nil
	}
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	return os.WriteFile(target, content, 0o755)
}

// sourceDir is the directory of one of this module's packages.
func sourceDir(ctx context.Context, pkg string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-e", "-f", "{{.Dir}}", pkg).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return "", fmt.Errorf("find the sources of %s (run inside the hquorum checkout): %w", pkg, err)
	}
	return dir, nil
}
