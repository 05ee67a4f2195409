package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/hquorum/hquorum/test/bench/limit"
)

// LimitCommand is the first argument of this program that makes it the limit's
// server; the second is its directory. See ServeLimit.
const LimitCommand = "serve-limit"

// ServeLimit is what a program does that was started with LimitCommand: it
// prints its address and serves until its input ends.
func ServeLimit(dir string) error {
	s, err := limit.Serve(dir)
	if err != nil {
		return err
	}
	fmt.Println(s.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

// startLimit starts this program again as the limit's server.
func startLimit(ctx context.Context) (*Server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "hquorum-limit-")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, LimitCommand, dir)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	kill := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }) // ends the read below
	defer kill.Stop()
	defer context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })()
	address, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the limit's server did not start: %w", err), cmd.Process.Kill(), cmd.Wait(), os.RemoveAll(dir))
	}
	return &Server{
		Name: Limit, Addr: strings.TrimSpace(address), pid: cmd.Process.Pid,
		signal: func(s syscall.Signal) error { return cmd.Process.Signal(s) },
		alive:  func() bool { return cmd.ProcessState == nil },
		death:  func() string { return "see above" },
		stop:   func() error { return errors.Join(input.Close(), cmd.Wait(), os.RemoveAll(dir)) },
	}, nil
}
