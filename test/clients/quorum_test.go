package clients

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

// reapEvery is how often containers and TTL znodes are reaped; ZooKeeper's default of 60 s is too long for a test.
const reapEvery = time.Second

// started is the one quorum of this test process, started by the first test that needs it.
var started = sync.OnceValues(func() (peer.Quorum, error) {
	inUse.Store(true)
	kind := peer.KindFromEnv(peer.KindHquorum)
	return peer.StartQuorum(context.Background(), kind, peer.QuorumOptions{
		TickTime: 500 * time.Millisecond, ContainerCheckInterval: reapEvery,
		Progress: func(line string) { fmt.Println(line) },
	})
})

var inUse atomic.Bool // whether started was called

// given is a server that somebody else runs, which is neither stopped nor killed here.
var given = os.Getenv("HQUORUM_TEST_ADDR")

func TestMain(m *testing.M) {
	code := m.Run()
	if inUse.Load() {
		if quorum, err := started(); err == nil {
			if err := quorum.Stop(); err != nil {
				fmt.Println("stop the quorum:", err)
				code = max(code, 1)
			}
		}
	}
	os.Exit(code)
}

func quorumAddr(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED in -short: real clients need a server, a JVM and downloads")
	}
	if given != "" {
		return given
	}
	return ownQuorum(t).Addr()
}

// ownQuorum is the quorum of this process, which the test may kill and restart.
func ownQuorum(t *testing.T) peer.Quorum {
	t.Helper()
	quorum, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return quorum
}

// runSuite runs a foreign suite and makes each of its cases a subtest. The suite prints "OK <case> <ms>" or
// "FAIL <case> <reason>" for each case and "DONE <cases>" at its end, and exits with 0 only if all were OK.
func runSuite(t *testing.T, limit time.Duration, command ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	suite := exec.CommandContext(ctx, command[0], command[1:]...)
	output, err := suite.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	suite.Stderr = suite.Stdout
	if err := suite.Start(); err != nil {
		t.Fatal(err)
	}
	cases, announced, rest := 0, -1, []string{}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		verdict, detail, _ := strings.Cut(lines.Text(), " ")
		name, detail, _ := strings.Cut(detail, " ")
		switch verdict {
		case "OK", "FAIL":
			cases++
			t.Run(name, func(t *testing.T) {
				if verdict == "FAIL" {
					t.Errorf("%s\n%s", detail, strings.Join(rest, "\n"))
				}
				t.Log(detail)
			})
			rest = rest[:0]
		case "DONE":
			if announced, err = strconv.Atoi(name); err != nil {
				t.Errorf("unreadable line %q", lines.Text())
			}
		default:
			rest = append(rest, lines.Text())
		}
	}
	if err := suite.Wait(); err != nil && !t.Failed() {
		t.Errorf("the suite ended with %v\n%s", err, strings.Join(rest, "\n"))
	}
	if cases == 0 || cases != announced {
		t.Errorf("%d cases reported, %d announced\n%s", cases, announced, strings.Join(rest, "\n"))
	}
}
