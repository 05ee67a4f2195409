package clients

import (
	"context"
	_ "embed"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

//go:embed java/Suite.java
var javaSuite []byte

func TestJava(t *testing.T) {
	addr := quorumAddr(t)
	ctx := context.Background()
	classpath, err := peer.Classpath(ctx, "clients", func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	classes, err := peer.CompileJava(ctx, "Suite.java", javaSuite, classpath)
	if err != nil {
		t.Fatal(err)
	}
	runSuite(t, 3*time.Minute, "java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classes+":"+classpath, "Suite", addr)
}
