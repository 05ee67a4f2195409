package backend

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
)

func embedded(t *testing.T, c EmbeddedConfig) *Backend {
	t.Helper()
	b, err := Embedded(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(ctx context.Context, b *Backend, key, value string) error {
	_, err := b.KV.Put(ctx, &pb.PutRequest{Key: []byte(key), Value: []byte(value)})
	return err
}

func count(t *testing.T, b *Backend, prefix string) int64 {
	t.Helper()
	resp, err := b.KV.Range(t.Context(), &pb.RangeRequest{Key: []byte(prefix), RangeEnd: []byte(prefix + "\xff"), CountOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Count
}

func TestEmbeddedKeeps(t *testing.T) {
	dir := t.TempDir()
	var log strings.Builder
	config := EmbeddedConfig{Dir: filepath.Join(dir, "made", "for us"), Log: zerolog.New(&log)}
	b := embedded(t, config)
	if err := put(t.Context(), b, "k", "v"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.Done():
		t.Error("done while it runs")
	default:
	}
	id := b.ClusterID
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	<-b.Done()

	b = embedded(t, config)
	if n := count(t, b, "k"); n != 1 || b.ClusterID != id {
		t.Errorf("after reopening: %d keys, cluster %x instead of %x", n, b.ClusterID, id)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	other := embedded(t, EmbeddedConfig{Dir: t.TempDir(), UnsafeNoSync: true, Log: config.Log})
	if other.ClusterID == id {
		t.Errorf("another directory is the same cluster %x", id)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if log.Len() > 0 {
		t.Errorf("it warned about a normal life:\n%s", log.String())
	}
}

func TestEmbeddedInUse(t *testing.T) {
	config := EmbeddedConfig{Dir: t.TempDir(), UnsafeNoSync: true, Log: zerolog.Nop()}
	b := embedded(t, config)
	_, err := Embedded(t.Context(), config)
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), fmt.Sprintf("process %d;", os.Getpid())) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := embedded(t, config).Close(); err != nil {
		t.Error(err)
	}
}

func TestEmbeddedDir(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := t.TempDir() // etcd's own directory cannot be made
	if err := os.WriteFile(filepath.Join(taken, "etcd"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), taken} {
		if _, err := Embedded(t.Context(), EmbeddedConfig{Dir: dir, Log: zerolog.Nop()}); !errors.Is(err, ErrDir) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	// A failed start lets go of the directory.
	if err := os.Remove(filepath.Join(taken, "etcd")); err != nil {
		t.Fatal(err)
	}
	if err := embedded(t, EmbeddedConfig{Dir: taken, UnsafeNoSync: true, Log: zerolog.Nop()}).Close(); err != nil {
		t.Error(err)
	}
}

// TestEmbeddedListens: on nothing.
func TestEmbeddedListens(t *testing.T) {
	if _, err := os.Stat("/proc/self/net/tcp"); err != nil {
		t.Skip("no /proc")
	}
	before := listening(t)
	b := embedded(t, EmbeddedConfig{Dir: t.TempDir(), UnsafeNoSync: true, Log: zerolog.Nop()})
	defer b.Close()
	if now := listening(t); now != before {
		t.Errorf("it listens on %d sockets, before on %d", now, before)
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer control.Close()
	if now := listening(t); now != before+1 {
		t.Errorf("a listener of our own is not seen: %d sockets", now)
	}
}

// listening counts this process's listening TCP sockets.
func listening(t *testing.T) int {
	t.Helper()
	listen := map[string]bool{}
	const state, inode = 3, 9
	for _, file := range []string{"tcp", "tcp6"} {
		content, err := os.ReadFile("/proc/self/net/" + file)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(content), "\n") {
			if f := strings.Fields(line); len(f) > inode && f[state] == "0A" {
				listen["socket:["+f[inode]+"]"] = true
			}
		}
	}
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range descriptors {
		if target, err := os.Readlink("/proc/self/fd/" + d.Name()); err == nil && listen[target] {
			n++
		}
	}
	return n
}

const killMe = "HQUORUM_TEST_KILL_DIR"

// TestMain lets TestEmbeddedKilled run this binary as the one to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killMe); dir != "" {
		b, err := Embedded(context.Background(), EmbeddedConfig{Dir: dir, Log: zerolog.Nop()})
		for n := 0; err == nil; n++ {
			err = put(context.Background(), b, fmt.Sprintf("killed/%d", n), "")
			fmt.Println(n)
		}
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestEmbeddedKilled: kill -9 loses nothing that was acknowledged, and the
// directory can be used at once.
func TestEmbeddedKilled(t *testing.T) {
	dir := t.TempDir()
	for round := range 2 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), killMe+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged := bufio.NewScanner(out)
		for range 50 {
			if !acknowledged.Scan() {
				break
			}
		}
		last := acknowledged.Text()
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		if last != "49" {
			t.Fatalf("round %d: the child said %q", round, last)
		}
		b := embedded(t, EmbeddedConfig{Dir: dir, Log: zerolog.Nop()})
		if n := count(t, b, "killed/"); n < 50 {
			t.Errorf("round %d: %d keys of 50", round, n)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestEmbeddedFull: a database that reached its quota by its history works again
// after a restart.
func TestEmbeddedFull(t *testing.T) {
	config := EmbeddedConfig{Dir: t.TempDir(), Quota: 16 << 20, UnsafeNoSync: true, Log: zerolog.Nop()}
	b := embedded(t, config)
	var err error
	for n := 0; err == nil && n < 64; n++ {
		err = put(t.Context(), b, "k", strings.Repeat("x", 1<<20))
	}
	if !errors.Is(rpctypes.Error(err), rpctypes.ErrNoSpace) {
		t.Fatalf("%v, want no space", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	b = embedded(t, config)
	defer b.Close()
	for range 3 {
		if err := put(t.Context(), b, "k", strings.Repeat("x", 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEmbeddedSizes: requests as large as jute.maxbuffer allows are taken.
func TestEmbeddedSizes(t *testing.T) {
	b := embedded(t, EmbeddedConfig{Dir: t.TempDir(), MaxBuffer: 12 << 20, UnsafeNoSync: true, Log: zerolog.Nop()})
	defer b.Close()
	if err := put(t.Context(), b, "k", strings.Repeat("x", 20<<20)); err != nil {
		t.Error(err)
	}
	var ops []*pb.RequestOp
	for i := range embeddedTxnOps {
		ops = append(ops, &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{Key: fmt.Appendf(nil, "%d", i)}}})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := b.KV.Txn(ctx, &pb.TxnRequest{Success: ops}); err != nil {
		t.Error(err)
	}
}
