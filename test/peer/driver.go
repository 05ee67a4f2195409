package peer

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed java/Driver.java
var driverSource []byte

// ErrDriver is wrapped by every error that HBase's client reported; the message has the Java exception.
var ErrDriver = errors.New("HBase client")

// Driver is HBase's own Java client in a process of its own, with one connection for all its life, as an application
// has. java/Driver.java lists its commands. A Driver may be used by several goroutines.
type Driver struct {
	*Process
	input io.WriteCloser

	mu      sync.Mutex
	last    int
	waiting map[int]chan reply // each of size 1 and answered at most once
}

type reply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  string          `json:"error"`
}

// Driver returns the cluster's client, compiling and starting it on first use. KillAll ends it.
func (h *HBase) Driver(ctx context.Context) (*Driver, error) {
	if h.driver != nil {
		return h.driver, nil
	}
	command, err := h.DriverCommand(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(command[0], command[1:]...)
	d := &Driver{waiting: map[int]chan reply{}}
	if d.input, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	reader, writer := io.Pipe()
	cmd.Stdout = writer
	if d.Process, err = launch("HBase client "+string(h.options.Version), filepath.Join(h.Dir, "client.log"), cmd); err != nil {
		return nil, err
	}
	go d.dispatch(reader)
	go func() { // ends with the process, and ends dispatch
		<-d.Done()
		_ = writer.Close() // never fails
	}()
	h.driver = d
	return d, nil
}

// DriverCommand is the command that runs the client by hand; with further arguments it runs that one command.
func (h *HBase) DriverCommand(ctx context.Context) ([]string, error) {
	classes, err := CompileJava(ctx, "Driver.java", driverSource, h.classpath)
	if err != nil {
		return nil, err
	}
	command := h.Java(256, "Driver")
	command[len(command)-2] += ":" + classes
	return command, nil
}

// dispatch hands every answer to the call that waits for it, until the process ends.
func (d *Driver) dispatch(output io.Reader) {
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var answer reply
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			continue // a library printed to stdout
		}
		d.mu.Lock()
		if waiting, ok := d.waiting[answer.ID]; ok {
			delete(d.waiting, answer.ID)
			waiting <- answer
		}
		d.mu.Unlock()
	}
}

// Do runs one command and decodes its result into result, which may be nil.
func (d *Driver) Do(ctx context.Context, result any, command ...string) error {
	answered := make(chan reply, 1)
	d.mu.Lock()
	d.last++
	id := d.last
	d.waiting[id] = answered
	_, err := io.WriteString(d.input, strconv.Itoa(id)+"\t"+strings.Join(command, "\t")+"\n")
	d.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%w: %s: %w; the client %s", ErrDriver, command[0], err, d.Death())
	}
	select {
	case answer := <-answered:
		if answer.Error != "" {
			return fmt.Errorf("%w: %s: %s", ErrDriver, strings.Join(command, " "), answer.Error)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(answer.Result, result)
	case <-d.Done():
		return fmt.Errorf("%w: %s: the client %s", ErrDriver, command[0], d.Death())
	case <-ctx.Done():
		d.mu.Lock()
		delete(d.waiting, id)
		d.mu.Unlock()
		return fmt.Errorf("%w: %s: no answer: %w", ErrDriver, strings.Join(command, " "), ctx.Err())
	}
}

// Close ends the client.
func (d *Driver) Close() error {
	d.input.Close() // the client ends by itself when its input does; a hanging one is killed
	if err := d.Wait(3 * time.Second); err != nil {
		return d.Kill()
	}
	return nil
}
