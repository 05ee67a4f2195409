package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hquorum": main})
}

// TestScripts runs testdata/script/*.txtar: the command as its users run it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"PORT", "PORT2", "PORT3"} {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return err
				}
				defer l.Close()
				_, port, err := net.SplitHostPort(l.Addr().String())
				if err != nil {
					return err
				}
				env.Setenv(name, port)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await, "4lw": fourLetterWord, "oneline": oneLine, "seed": seedZxid, "term": term},
	})
}

// await PORT waits until the server there answers ruok.
func await(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(time.Minute)
	for {
		reply, err := ask(args[0], "ruok")
		if err == nil && reply == "imok" {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("nothing serves port %s: %q, %v", args[0], reply, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// 4lw PORT WORD TEXT… checks that the answer to a four-letter word has each of
// the texts.
func fourLetterWord(ts *testscript.TestScript, neg bool, args []string) {
	reply, err := ask(args[0], args[1])
	ts.Check(err)
	for _, want := range args[2:] {
		if strings.Contains(reply, want) == neg {
			ts.Fatalf("%s answered %q (with %q: %v)", args[1], reply, want, !neg)
		}
	}
}

func ask(port, word string) (string, error) {
	c, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(c, word); err != nil {
		return "", err
	}
	reply, err := io.ReadAll(c)
	return string(reply), err
}

// oneline checks that stderr's last command said hquorum's error in one line.
func oneLine(ts *testscript.TestScript, _ bool, _ []string) {
	var said []string
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if strings.HasPrefix(line, "hquorum: ") {
			said = append(said, line)
		}
	}
	if len(said) != 1 || !strings.HasSuffix(ts.ReadFile("stderr"), said[0]) {
		ts.Fatalf("want one line of error at the end, got %q", said)
	}
}

// seed FILE ZXID writes a note of the last zxid.
func seedZxid(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[1]+"\n"), 0o600))
}

// term DIR sends SIGTERM to the server that holds the data directory.
func term(ts *testscript.TestScript, _ bool, args []string) {
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(filepath.Join(args[0], "LOCK"))))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, syscall.SIGTERM))
}
