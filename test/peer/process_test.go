package peer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func shell(t *testing.T, script string) *Process {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	p, err := startProcess("shell", log, "", nil, "sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestTerminateWaitsForTheOrderlyEnd(t *testing.T) {
	t.Parallel()
	p := shell(t, `trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.01; done`)
	if err := p.awaitReady(context.Background(), 10*time.Second, func() bool { return p.LogTail(1) == "up" }); err != nil {
		t.Fatal(err)
	}
	if err := p.Terminate(10 * time.Second); err != nil {
		t.Errorf("Terminate = %v, want nil for exit code 0", err)
	}
	if got := p.LogTail(1); got != "bye" {
		t.Errorf("log ends with %q, want the output of the handler", got)
	}
}

func TestTerminateKillsWhoDoesNotListen(t *testing.T) {
	t.Parallel()
	p := shell(t, `trap "" TERM; echo up; while :; do sleep 0.01; done`)
	if err := p.awaitReady(context.Background(), 10*time.Second, func() bool { return p.LogTail(1) == "up" }); err != nil {
		t.Fatal(err)
	}
	if err := p.Terminate(50 * time.Millisecond); !errors.Is(err, ErrStillRunning) {
		t.Errorf("Terminate = %v, want %v", err, ErrStillRunning)
	}
	if p.Alive() {
		t.Error("the process is still alive")
	}
}

func TestDeathShowsTheAbort(t *testing.T) {
	t.Parallel()
	p := shell(t, `echo before; echo ABORTING: a reason; seq 100; exit 3`)
	if err := p.Wait(10 * time.Second); err == nil {
		t.Error("Wait = nil, want exit code 3")
	}
	death := p.Death()
	if !strings.Contains(death, "exit status 3") || !strings.Contains(death, "ABORTING: a reason") || strings.Contains(death, "before") {
		t.Errorf("Death = %q", death)
	}
}

func TestAwaitReadyReportsAnEarlyEnd(t *testing.T) {
	t.Parallel()
	p := shell(t, `echo cannot bind; exit 1`)
	err := p.awaitReady(context.Background(), 10*time.Second, func() bool { return false })
	if err == nil || !strings.Contains(err.Error(), "cannot bind") {
		t.Errorf("awaitReady = %v, want the end of the log", err)
	}
}

func TestCachedFillsOnce(t *testing.T) {
	t.Setenv("HQUORUM_CACHE", t.TempDir())
	fills := make(chan string, 8)
	dirs := make(chan string, 8)
	for range 8 {
		go func() {
			dir, err := cached(context.Background(), "thing", []byte("v1"), func(dir string) error {
				fills <- dir
				return os.WriteFile(filepath.Join(dir, "file"), []byte("content"), 0o644)
			})
			if err != nil {
				t.Error(err)
			}
			dirs <- dir
		}()
	}
	for range 8 {
		if content, err := os.ReadFile(filepath.Join(<-dirs, "file")); err != nil || string(content) != "content" {
			t.Errorf("cached content = %q, %v", content, err)
		}
	}
	if len(fills) != 1 {
		t.Errorf("filled %d times, want once", len(fills))
	}
}

func TestCachedForgetsAFailedFill(t *testing.T) {
	t.Setenv("HQUORUM_CACHE", t.TempDir())
	failure := errors.New("no network")
	fill := func(string) error { return failure }
	if _, err := cached(context.Background(), "thing", nil, fill); !errors.Is(err, failure) {
		t.Errorf("cached = %v, want %v", err, failure)
	}
	fill = func(string) error { return nil }
	if _, err := cached(context.Background(), "thing", nil, fill); err != nil {
		t.Errorf("the second try = %v", err)
	}
}
