package diff

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

const goldenDir = "testdata/golden"

// TestGolden replays what was recorded from real ZooKeeper and wants the same bytes back, but for those that are marked
// as volatile. With -record it records anew.
func TestGolden(t *testing.T) {
	p := servers(t, calm)
	if *flagRecord {
		for _, g := range goldenExchanges() {
			if err := clearGolden(p.oracle.Addr()); err != nil {
				t.Fatal(err)
			}
			if err := g.record(p.oracle.Addr()); err != nil {
				t.Fatalf("%s: %v", g.name, err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(goldenDir, "*.txt"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d golden files, %v; want at least 40", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			if err := clearGolden(p.test.Addr()); err != nil {
				t.Fatal(err)
			}
			if err := replay(p.test.Addr(), file); err != nil {
				t.Error(err)
			}
		})
	}
}

// clearGolden deletes /golden, under which the captured znodes live.
func clearGolden(addr string) error {
	k, err := newKeeper(addr)
	if err != nil {
		return err
	}
	if f, err := k.ask(exists("/golden")); err != nil || f.Err == wire.NoNode {
		return errors.Join(err, k.close())
	}
	if err := k.deleteBelow("/golden"); err != nil {
		return errors.Join(err, k.close())
	}
	_, err = k.ask(del("/golden", -1))
	return errors.Join(err, k.close())
}

// exchange is one capture: a session that sends some requests, one after the other.
type exchange struct {
	name    string
	about   string
	connect wire.ConnectRequest
	ops     []wire.Op
	ends    bool // the server closes the connection after the last reply
}

// record runs the exchange on real ZooKeeper and writes the capture.
func (g exchange) record(addr string) error {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s\n", g.about)
	conn, err := wire.Dial(addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	sent := func(b []byte) error {
		fmt.Fprintf(&text, "> %x\n", b)
		_, err := conn.Write(b)
		return err
	}
	received := func(payload []byte, volatile []wire.Span) {
		line := "< " + hex.EncodeToString(append([]byte{0, byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload))}, payload...))
		mask := []byte("~ " + strings.Repeat("..", len(payload)+4))
		for _, s := range volatile {
			copy(mask[2+2*(s.From+4):], strings.Repeat("xx", s.To-s.From))
		}
		fmt.Fprintf(&text, "%s\n%s\n", line, mask)
	}
	if err := sent(g.connect.Frame()); err != nil {
		return err
	}
	payload, err := conn.Payload(replyWait)
	if err != nil {
		return err
	}
	received(payload, wire.VolatileConnect(payload))
	for i, op := range append([]wire.Op{}, g.ops...) {
		xid := int32(i + 1)
		if special := op.Xid(); special != 0 {
			xid = special
		}
		fmt.Fprintf(&text, "# %s\n", strings.ReplaceAll(describe(op), "\n", " "))
		if err := sent(op.Frame(xid)); err != nil {
			return err
		}
		for {
			f, err := conn.Read(replyWait)
			if err != nil {
				return fmt.Errorf("%s: %w", describe(op), err)
			}
			code := op.Code
			if f.Xid == wire.XidEvent {
				code = wire.Notification
			}
			received(f.Raw, wire.Volatile(code, f.Raw))
			if f.Xid == xid {
				break
			}
		}
	}
	if g.ends {
		text.WriteString("< end\n")
		if _, err := conn.Payload(replyWait); err == nil || isTimeout(err) {
			return errors.New("the server did not close the connection")
		}
	}
	return os.WriteFile(filepath.Join(goldenDir, g.name+".txt"), []byte(text.String()), 0o644)
}

// replay sends a capture's requests and compares what comes back.
func replay(addr, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	conn, err := wire.Dial(addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	var about, got, want string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		kind, rest, _ := strings.Cut(lines.Text(), " ")
		switch {
		case kind == "#":
			about = rest
		case kind == ">":
			b, err := hex.DecodeString(rest)
			if err != nil {
				return err
			}
			if _, err := conn.Write(b); err != nil {
				return fmt.Errorf("%s: %w", about, err)
			}
		case kind == "<" && rest == "end":
			if _, err := conn.Payload(5 * time.Second); err == nil || isTimeout(err) {
				return fmt.Errorf("%s: the connection was not closed", about)
			}
		case kind == "<":
			want = rest
			payload, err := conn.Payload(replyWait)
			if err != nil {
				return fmt.Errorf("%s: %w", about, err)
			}
			got = hex.EncodeToString(append([]byte{0, byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload))}, payload...))
		case kind == "~":
			if !agree(want, got, rest) {
				return fmt.Errorf("%s:\n  ZooKeeper %s\n  tested    %s\n  volatile  %s", about, want, got, rest)
			}
		default:
			return fmt.Errorf("%s: a line that begins with %q", file, kind)
		}
	}
	return errors.Join(lines.Err(), nothingMore(conn))
}

// nothingMore wants only the reply to a ping to be on its way.
func nothingMore(conn *wire.Conn) error {
	if _, err := conn.Write(ping); err != nil {
		return nil // the exchange has ended
	}
	f, err := conn.Read(replyWait)
	if err == nil && f.Xid != wire.XidPing {
		return fmt.Errorf("a frame that ZooKeeper does not send: %x", f.Raw)
	}
	if isTimeout(err) {
		return errors.New("a ping was not answered")
	}
	return nil
}

// agree compares two hex strings where mask has dots.
func agree(want, got, mask string) bool {
	if len(want) != len(got) || len(mask) != len(want) {
		return false
	}
	for i := range want {
		if mask[i] == '.' && want[i] != got[i] {
			return false
		}
	}
	return true
}
