package peer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// CacheDir is where downloads, class paths and built binaries are kept: os.UserCacheDir()/hquorum, or the
// directory named by the environment variable HQUORUM_CACHE.
func CacheDir() (string, error) {
	dir := os.Getenv("HQUORUM_CACHE")
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache directory (set HQUORUM_CACHE): %w", err)
		}
		dir = filepath.Join(base, "hquorum")
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// cached returns the cache directory called name for content, filling it first where it does not exist. One
// process fills at a time, the others wait; what a failed or interrupted fill wrote is never taken for the content.
func cached(ctx context.Context, name string, content []byte, fill func(dir string) error) (string, error) {
	root, err := CacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	dir := filepath.Join(root, name+"-"+hex.EncodeToString(sum[:6]))
	if exists(dir) {
		return dir, nil
	}
	unlock, err := lockFile(ctx, filepath.Join(root, name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(dir) {
		return dir, nil
	}
	work, err := os.MkdirTemp(root, name+".filling-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }() // renamed by then, if all went well
	if err := fill(work); err != nil {
		return "", err
	}
	return dir, os.Rename(work, dir)
}

// lockFile takes an exclusive lock on path, waiting for other processes and goroutines, and returns its release.
// The lock goes with the process, so a killed one leaves none.
func lockFile(ctx context.Context, path string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("wait for lock %s: %w", path, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return func() { file.Close() }, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
