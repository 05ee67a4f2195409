package hbasemodel

import (
	"bufio"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

var start = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// quorum is a small ZooKeeper: it keeps Stats as one does and tells a model.
type quorum struct {
	m     *Model
	zxid  int64
	now   time.Time
	nodes map[string]Znode
	away  bool // nothing is told
}

func newQuorum(o Options) *quorum {
	q := &quorum{now: start, nodes: map[string]Znode{}}
	o.Now = func() time.Time { return q.now }
	q.m = New(o)
	return q
}

func (q *quorum) tick() int64 {
	q.zxid++
	q.now = q.now.Add(time.Second)
	return q.zxid
}

// put creates or writes a znode, with its parents.
func (q *quorum) put(path string, data []byte) { q.putBy(path, data, 0) }

func (q *quorum) putBy(path string, data []byte, owner int64) {
	if parent := above(path); parent != "" {
		if _, ok := q.nodes[parent]; !ok {
			q.put(parent, []byte{})
		}
	}
	zxid := q.tick()
	z, ok := q.nodes[path]
	if ok {
		z.Stat.Version++
	} else {
		z = Znode{Path: path, Stat: Stat{Czxid: zxid, Ctime: q.now, EphemeralOwner: owner}}
	}
	z.Data, z.Stat.Mzxid, z.Stat.Mtime = data, zxid, q.now
	q.nodes[path] = z
	if !q.away {
		q.m.Put(z)
	}
}

func (q *quorum) write(path string, m payload.Encodable, owner int64) {
	q.putBy(path, payload.Encode("test:1", m), owner)
}

func (q *quorum) delete(path string) {
	if _, ok := q.nodes[path]; !ok {
		panic("no such znode: " + path)
	}
	zxid := q.tick()
	delete(q.nodes, path)
	if !q.away {
		q.m.Delete(path, zxid)
	}
}

// deleteAll deletes a znode and all below it.
func (q *quorum) deleteAll(path string) {
	paths := slices.Sorted(maps.Keys(q.nodes))
	for _, p := range slices.Backward(paths) {
		if p == path || strings.HasPrefix(p, path+"/") {
			q.delete(p)
		}
	}
}

// snapshot tells the whole tree to a model.
func (q *quorum) snapshot(m *Model) {
	m.Reset()
	for _, path := range slices.Sorted(maps.Keys(q.nodes)) {
		m.Put(q.nodes[path])
	}
	m.Ready(q.zxid, q.now)
}

// ready makes the quorum's model know it all.
func (q *quorum) ready() *quorum {
	q.away = false
	q.snapshot(q.m)
	return q
}

// news gives the events since the last call, as texts.
func (q *quorum) news(t testing.TB, s *Subscription) []string {
	t.Helper()
	batch, _ := s.take()
	if batch.Missed {
		t.Fatal("events were missed")
	}
	texts := []string{}
	for _, e := range batch.Events {
		texts = append(texts, eventText(e))
	}
	return texts
}

// eventText is what matters of an event: kind cluster who old>new.
func eventText(e Event) string {
	words := []string{string(e.Kind), e.Cluster}
	if e.Server != (payload.ServerName{}) {
		words = append(words, e.Server.String())
	}
	if e.Name != "" && e.Name != e.Server.String() {
		words = append(words, e.Name)
	}
	if e.Old != "" || e.New != "" {
		words = append(words, e.Old+">"+e.New)
	}
	if e.Late {
		words = append(words, "late")
	}
	return strings.Join(words, " ")
}

// recorded loads the znodes of a real HBase.
func recorded(t testing.TB, version string) *quorum {
	t.Helper()
	file, err := os.Open("payload/testdata/" + version + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	q := newQuorum(Options{})
	q.away = true
	for lines := bufio.NewScanner(file); lines.Scan(); {
		col := strings.SplitN(lines.Text(), " | ", 5)
		if col[0] == "/" {
			continue
		}
		var owner int64
		if id, ok := strings.CutPrefix(col[1], "EPH 0x"); ok {
			if owner, err = strconv.ParseInt(id, 16, 64); err != nil {
				t.Fatal(err)
			}
		}
		q.putBy(col[0], restore(t, col[3], col[4]), owner)
	}
	return q
}

// restore puts a znode's data together again.
func restore(t testing.TB, frame, text string) []byte {
	t.Helper()
	body := []byte{}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			body = append(body, text[i])
			continue
		}
		b, err := strconv.ParseUint(text[i+2:i+4], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		body = append(body, byte(b))
		i += 3
	}
	frame, pbuf := strings.CutSuffix(frame, "+PBUF")
	if pbuf {
		body = append([]byte("PBUF"), body...)
	}
	if id, ok := strings.CutPrefix(frame, "FF[id="); ok {
		return payload.SealSalted(strings.TrimSuffix(id, "+8]"), body, [payload.SaltSize]byte{1})
	}
	return body
}
