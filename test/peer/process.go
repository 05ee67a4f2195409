package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// ErrStillRunning is returned when a process has not ended within the time it was given.
var ErrStillRunning = errors.New("process is still running")

// Process is one running program with its output in a log file.
type Process struct {
	Name    string // what messages call it
	LogFile string // stdout and stderr, appended over restarts

	cmd  *exec.Cmd
	done chan struct{}
	err  error // set before done closes
}

// startProcess runs command in dir with its output appended to logFile.
func startProcess(name, logFile, dir string, env []string, command ...string) (*Process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	return launch(name, logFile, cmd)
}

// launch starts cmd with stderr, and stdout unless cmd has one, appended to logFile. On Linux the process dies with
// this one; that signal is tied to the thread that started it, which is why the thread is held until the end.
func launch(name, logFile string, cmd *exec.Cmd) (*Process, error) {
	if err := os.MkdirAll(filepath.Dir(logFile), 0o755); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	p := &Process{Name: name, LogFile: logFile, cmd: cmd, done: make(chan struct{})}
	cmd.Stderr, cmd.SysProcAttr = out, detached()
	if cmd.Stdout == nil {
		cmd.Stdout = out
	}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer out.Close()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// Pid is the process id; it stays known after the process has ended.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Alive reports whether the process has not ended yet.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Kill ends the process as kill -9 does and waits until it is gone. Killing an ended process is not an error.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.Name, err)
	}
	<-p.done
	return nil
}

// Signal sends sig to the process, for example SIGSTOP and SIGCONT.
func (p *Process) Signal(sig syscall.Signal) error { return p.cmd.Process.Signal(sig) }

// Terminate sends SIGTERM and waits at most limit for the process to end by itself. It returns how it ended: nil
// for exit code 0. A process that outlives limit is killed and the error is ErrStillRunning.
func (p *Process) Terminate(limit time.Duration) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("terminate %s: %w", p.Name, err)
	}
	err := p.Wait(limit)
	if errors.Is(err, ErrStillRunning) {
		return errors.Join(err, p.Kill())
	}
	return err
}

// Wait waits at most limit for the process to end and returns how it ended, as exec.Cmd.Wait does.
func (p *Process) Wait(limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
		if p.err != nil {
			return fmt.Errorf("%s: %w", p.Name, p.err)
		}
		return nil
	case <-timer.C:
		return fmt.Errorf("%s (pid %d) after %s: %w", p.Name, p.Pid(), limit, ErrStillRunning)
	}
}

// Death describes a process for an error message: how it ended, and the part of its log that says why, which is
// where HBase announces an abort, and the end of the log otherwise.
func (p *Process) Death() string {
	state := "still running"
	if !p.Alive() {
		state = "ended: " + p.cmd.ProcessState.String()
	}
	content, err := os.ReadFile(p.LogFile)
	if err != nil {
		return fmt.Sprintf("%s (%v)", state, err)
	}
	part, where := lastLines(content, 15), "ends with"
	if at := bytes.Index(content, []byte("ABORTING")); at >= 0 {
		part, where = firstLines(content[at:], 15), "says"
	}
	return fmt.Sprintf("%s; its log %s %s:\n%s", state, p.LogFile, where, part)
}

// LogTail returns the last lines of the process's log.
func (p *Process) LogTail(lines int) string {
	content, err := os.ReadFile(p.LogFile)
	if err != nil {
		return err.Error()
	}
	return lastLines(content, lines)
}

func lastLines(text []byte, n int) string {
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}

func firstLines(text []byte, n int) string {
	all := strings.SplitN(string(text), "\n", n+1)
	return strings.Join(all[:min(n, len(all))], "\n")
}

// awaitReady polls ready every 50 ms until it is true, the process ends, ctx is done, or limit has passed.
func (p *Process) awaitReady(ctx context.Context, limit time.Duration, ready func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-p.done:
			return fmt.Errorf("%s did not start, it %s", p.Name, p.Death())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w; %s", p.Name, ctx.Err(), p.Death())
		case <-tick.C:
		}
	}
	return nil
}
