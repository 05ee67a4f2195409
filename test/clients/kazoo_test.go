package clients

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

//go:embed kazoo/suite.py
var kazooSuite []byte

func TestKazoo(t *testing.T) {
	addr := quorumAddr(t)
	python, err := peer.KazooPython(context.Background(), func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "suite.py")
	if err := os.WriteFile(script, kazooSuite, 0o644); err != nil {
		t.Fatal(err)
	}
	runSuite(t, 3*time.Minute, python, "-u", script, addr)
}
