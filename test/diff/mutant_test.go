package diff

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/hquorum/hquorum/test/peer"
	"github.com/hquorum/hquorum/test/wire"
)

// mutants are single mistakes that a server could make. Each gets the payloads that ZooKeeper sends after the handshake
// and gives what to send instead; done says that the mistake has been made.
var mutants = map[string]func(payload []byte, held *[]byte) (out [][]byte, done bool){
	"another error code": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if !isReply(b) || errOf(b) != wire.NoNode {
			return [][]byte{b}, false
		}
		return [][]byte{withInt(b, 12, int32(wire.NoAuth))}, true
	},
	"a wrong version":      inStat(32, func(v int64) int64 { return v + 1<<32 }),
	"a wrong cversion":     inStat(32, func(v int64) int64 { return v + 1 }),
	"a pzxid that is off":  inStat(60, func(v int64) int64 { return v + 1 }),
	"an mzxid that is off": inStat(8, func(v int64) int64 { return v + 1 }),
	"mtime before ctime":   inStat(24, func(v int64) int64 { return v - 10000 }),
	"null data that became empty": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if !isReply(b) || errOf(b) != wire.OK || len(b) != 16+4+68 || binary.BigEndian.Uint32(b[16:]) != 1<<32-1 {
			return [][]byte{b}, false
		}
		return [][]byte{withInt(b, 16, 0)}, true
	},
	"a zxid that falls": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if !isReply(b) || errOf(b) != wire.OK || len(b) == 16 {
			return [][]byte{b}, false
		}
		return [][]byte{withInt(withInt(b, 4, 0), 8, 1)}, true
	},
	"a byte behind a reply": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if !isReply(b) || len(b) == 16 {
			return [][]byte{b}, false
		}
		return [][]byte{append(append([]byte{}, b...), 0)}, true
	},
	"a lost reply": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if !isReply(b) {
			return [][]byte{b}, false
		}
		return nil, true
	},
	"swapped replies": func(b []byte, held *[]byte) ([][]byte, bool) {
		if *held != nil && isReply(b) {
			return [][]byte{b, *held}, true
		}
		if *held != nil {
			was := *held
			*held = nil
			return [][]byte{was, b}, false
		}
		if isReply(b) {
			*held = b
			return nil, false
		}
		return [][]byte{b}, false
	},
	"a lost event": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if isEvent(b) {
			return nil, true
		}
		return [][]byte{b}, false
	},
	"an event that comes twice": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if isEvent(b) {
			return [][]byte{b, b}, true
		}
		return [][]byte{b}, false
	},
	"an event behind the next frame": func(b []byte, held *[]byte) ([][]byte, bool) {
		switch {
		case *held != nil:
			return [][]byte{b, *held}, isReply(b)
		case isEvent(b):
			*held = b
			return nil, false
		}
		return [][]byte{b}, false
	},
	"an event of another type": func(b []byte, _ *[]byte) ([][]byte, bool) {
		if isEvent(b) && b[19] == 1 {
			return [][]byte{withInt(b, 16, 3)}, true
		}
		return [][]byte{b}, false
	},
}

func isEvent(b []byte) bool { return len(b) > 16 && int32(binary.BigEndian.Uint32(b)) == wire.XidEvent }
func isReply(b []byte) bool {
	return len(b) >= 16 && int32(binary.BigEndian.Uint32(b)) > 0
}
func errOf(b []byte) wire.Err { return wire.Err(binary.BigEndian.Uint32(b[12:])) }

func withInt(b []byte, at int, v int32) []byte {
	b = append([]byte{}, b...)
	binary.BigEndian.PutUint32(b[at:], uint32(v))
	return b
}

// inStat changes eight bytes at an offset into the Stat of a reply that holds nothing else.
func inStat(at int, change func(int64) int64) func(b []byte, _ *[]byte) ([][]byte, bool) {
	return func(b []byte, _ *[]byte) ([][]byte, bool) {
		if !isReply(b) || errOf(b) != wire.OK || len(b) != 16+68 {
			return [][]byte{b}, false
		}
		b = append([]byte{}, b...)
		field := b[16+at:]
		binary.BigEndian.PutUint64(field, uint64(change(int64(binary.BigEndian.Uint64(field)))))
		return [][]byte{b}, true
	}
}

// mutator is a proxy in front of ZooKeeper that makes one mistake.
type mutator struct {
	listener net.Listener
	target   string
	mutate   func([]byte, *[]byte) ([][]byte, bool)
	mu       sync.Mutex
	wait     int // matching payloads to let pass before the mistake, so that it is made late in a program
	done     bool
	closing  sync.WaitGroup
}

func (m *mutator) serve() {
	defer m.closing.Done()
	for {
		client, err := m.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", m.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		m.closing.Go(func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		})
		m.closing.Go(func() {
			m.answers(client, server)
			_ = client.Close()
		})
	}
}

// answers copies frames from the server to the client; the handshake's goes through as it is.
func (m *mutator) answers(client io.Writer, server io.Reader) {
	var held []byte
	for first := true; ; first = false {
		var head [4]byte
		if _, err := io.ReadFull(server, head[:]); err != nil {
			return
		}
		payload := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(server, payload); err != nil {
			return
		}
		out := [][]byte{payload}
		if !first {
			out = m.step(payload, &held)
		}
		for _, b := range out {
			if _, err := client.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)); err != nil {
				return
			}
		}
	}
}

func (m *mutator) step(payload []byte, held *[]byte) [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done {
		if *held != nil {
			was := *held
			*held = nil
			return [][]byte{was, payload}
		}
		return [][]byte{payload}
	}
	if m.wait > 0 {
		m.wait--
		return [][]byte{payload}
	}
	out, done := m.mutate(payload, held)
	if done {
		m.done, *held = true, nil
	}
	return out
}

// TestMistakesAreFound puts a proxy before ZooKeeper that makes one mistake in a random program, and wants it found.
// So a run without a difference means something.
func TestMistakesAreFound(t *testing.T) {
	oracle := start(t, string(peer.KindZooKeeper), calm)
	defer func() {
		if err := oracle.Stop(); err != nil {
			t.Error(err)
		}
	}()
	for name, mutate := range mutants {
		t.Run(name, func(t *testing.T) {
			made := 0
			for seed := int64(1); seed <= 5; seed++ {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				m := &mutator{listener: listener, target: oracle.Addr(), mutate: mutate, wait: 100}
				m.closing.Add(1)
				go m.serve()
				program := Generate(seed, 300, false)
				d, err := compareRuns(program, func() (Transcript, error) { return Run(oracle.Addr(), freshPlace(program), program) },
					func() (Transcript, error) { return Run(listener.Addr().String(), freshPlace(program), program) })
				if closeErr := listener.Close(); err != nil || closeErr != nil {
					t.Fatal(errors.Join(err, closeErr))
				}
				m.closing.Wait()
				if m.done {
					made++
				}
				if m.done != (d != nil) {
					t.Errorf("seed %d: mistake made: %v, difference found: %v", seed, m.done, d != nil)
				}
			}
			if made == 0 {
				t.Error("the mistake was never made")
			}
		})
	}
}
