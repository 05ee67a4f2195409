package admin

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/conn"
	"github.com/hquorum/hquorum/shim/session"
	"github.com/hquorum/hquorum/shim/watch"
	"github.com/hquorum/hquorum/shim/znode"
)

// fake is a server with two clients, one of them in the middle of its handshake.
type fake struct {
	down    error
	dir     string
	watches *watch.Manager
	resets  []string
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newFake() *fake {
	f := &fake{watches: watch.New(conn.Frame)}
	for i, paths := range [][]znode.Path{{"/e", "/nope"}, {"/e"}} {
		w := &watcher{id: znode.SessionID(0x100 + i)}
		for _, p := range paths {
			f.watches.AddData(p, w)
		}
		f.watches.AddChild("/", w)
	}
	return f
}

type watcher struct{ id znode.SessionID }

func (w *watcher) Notify(*watch.Event)        {}
func (w *watcher) Allowed([]znode.ACL) bool   { return true }
func (w *watcher) SessionID() znode.SessionID { return w.id }
func (f *fake) Serving() error                { return f.down }
func (f *fake) Watches() *watch.Manager       { return f.watches }
func (f *fake) ResetConnections()             { f.resets = append(f.resets, "connections") }
func (f *fake) ResetFigures()                 { f.resets = append(f.resets, "figures") }
func (f *fake) Ephemerals() []Owner           { return []Owner{{0x100, []znode.Path{"/e", "/f"}}} }
func latency(n int64, ms ...int) (l conn.Latency) {
	l = conn.Latency{Count: n, Min: time.Duration(ms[0]) * time.Millisecond, Max: time.Duration(ms[2]) * time.Millisecond}
	l.Sum = time.Duration(ms[1]) * time.Millisecond
	return l
}

func (f *fake) Figures() Figures {
	return Figures{
		Traffic: conn.Stats{
			Received: 10, Sent: 9, Reads: latency(4, 0, 13, 9), Writes: latency(3, 1, 12, 12), AuthFailed: 2, Rejected: 1,
		},
		Commits:     commit.Stats{Batches: 3, Writes: 5},
		Connections: 2, Outstanding: 1, Zxid: 0x5003, Nodes: 6, Ephemerals: 2, DataSize: 46, Sessions: 2, Uptime: 491 * time.Millisecond,
	}
}

func (f *fake) Settings() Settings {
	return Settings{
		Version: "0.1.0+dirty", ClientPort: 2181, DataDir: f.dir, TickTime: 2 * time.Second, MaxClientCnxns: 60,
		MinSessionTimeout: 4 * time.Second, MaxSessionTimeout: 3 * time.Minute, HandshakeTimeout: 10 * time.Second,
	}
}

func (f *fake) Connections() []conn.Info {
	return []conn.Info{
		{
			Remote: "/127.0.0.1:44996", Session: 0x100, Timeout: 30 * time.Second, Established: start, Queued: 1, Received: 5, Sent: 4,
			LastOp: "EXIS", LastXid: 4, LastZxid: 0x5003, LastResponse: start.Add(time.Second), LastLatency: time.Millisecond,
			Latency: latency(3, 0, 12, 12),
		},
		{Remote: "/127.0.0.1:45036", Established: start, Received: 1, LastOp: "NA", LastXid: -1, LastZxid: -1},
	}
}

func (f *fake) Sessions() []session.Info {
	return []session.Info{
		{Session: session.Session{ID: 0x100, Timeout: 30 * time.Second}, Heard: time.Second, Connected: true},
		{Session: session.Session{ID: 0x101, Timeout: 4 * time.Second}, Heard: time.Second},
	}
}

func words(f *fake, whitelist ...string) *Words {
	w := NewWords(f, whitelist)
	w.now = func() time.Time { return start }
	return w
}

// The texts are ZooKeeper 3.9's, byte for byte, with our figures.
func TestFormats(t *testing.T) {
	time.Local = time.UTC // what dump prints
	f := newFake()
	w := words(f, "*")
	version := w.version()
	for word, want := range map[string]string{
		"ruok": "imok",
		"isro": "rw",
		"crst": "Connection stats reset.\n",
		"srst": "Server stats reset.\n",
		"srvr": "Zookeeper version: " + version + "\n" + `Latency min/avg/max: 0/3.5714/12
Received: 10
Sent: 9
Connections: 2
Outstanding: 1
Zxid: 0x5003
Mode: standalone
Node count: 6
`,
		"stat": "Zookeeper version: " + version + "\n" + `Clients:
 /127.0.0.1:44996[1](queued=1,recved=5,sent=4)
 /127.0.0.1:45036[0](queued=0,recved=1,sent=0)

Latency min/avg/max: 0/3.5714/12
Received: 10
Sent: 9
Connections: 2
Outstanding: 1
Zxid: 0x5003
Mode: standalone
Node count: 6
`,
		"cons": ` /127.0.0.1:44996[1](queued=1,recved=5,sent=4,sid=0x100,lop=EXIS,est=1772366400000,to=30000,lcxid=0x4,lzxid=0x5003,lresp=1772366401000,llat=1,minlat=0,avglat=4,maxlat=12)
 /127.0.0.1:45036[0](queued=0,recved=1,sent=0)

`,
		"conf": `clientPort=2181
secureClientPort=-1
dataDir=
dataDirSize=0
dataLogDir=
dataLogSize=0
tickTime=2000
maxClientCnxns=60
minSessionTimeout=4000
maxSessionTimeout=180000
clientPortListenBacklog=-1
serverId=0
`,
		"dirs": "datadir_size: 0\nlogdir_size: 0\n",
		"dump": `SessionTracker dump:
Session Sets (2)/(2):
1 expire at Sun Mar 01 12:00:04 UTC 2026:
	0x101
1 expire at Sun Mar 01 12:00:30 UTC 2026:
	0x100
ephemeral nodes dump:
Sessions with Ephemerals (1):
0x100:
	/e
	/f
Connections dump:
Connections Sets (2)/(2):
1 expire at Sun Mar 01 12:00:12 UTC 2026:
	ip: /127.0.0.1:45036 sessionId: 0x0
1 expire at Sun Mar 01 12:00:30 UTC 2026:
	ip: /127.0.0.1:44996 sessionId: 0x100
`,
		"wchs": "2 connections watching 2 paths\nTotal watches:3\n",
		"wchc": "0x100\n\t/e\n\t/nope\n0x101\n\t/e\n\n",
		"wchp": "/e\n\t0x100\n\t0x101\n/nope\n\t0x100\n\n",
	} {
		got, known := w.Answer(word)
		if !known || got != want {
			t.Errorf("%s, %v:\n%s\nwant:\n%s", word, known, got, want)
		}
	}
	if len(f.resets) != 2 {
		t.Errorf("resets: %q", f.resets)
	}
}

func TestMonitor(t *testing.T) {
	got, _ := words(newFake(), "mntr").Answer("mntr")
	for _, want := range []string{
		"zk_server_state\tstandalone", "zk_avg_latency\t3.5714", "zk_min_latency\t0", "zk_max_latency\t12", "zk_packets_received\t10",
		"zk_packets_sent\t9", "zk_num_alive_connections\t2", "zk_outstanding_requests\t1", "zk_uptime\t491", "zk_znode_count\t6",
		"zk_watch_count\t5", "zk_ephemerals_count\t2", "zk_approximate_data_size\t46", "zk_global_sessions\t2", "zk_local_sessions\t0",
		"zk_connection_rejected\t1", "zk_auth_failed_count\t2", "zk_avg_readlatency\t3.25", "zk_cnt_updatelatency\t3", "zk_hquorum_serving\t1",
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
		if !regexp.MustCompile(`^zk_[a-z_]+\t\S.*$`).MatchString(line) {
			t.Errorf("line %q", line)
		}
	}
	if runs := strings.Count(got, "e+"); runs > 0 {
		t.Errorf("exponents in\n%s", got)
	}
}

// What the parsers of go-zookeeper and kazoo ask for.
func TestVersion(t *testing.T) {
	w := words(newFake())
	pattern := `^3\.9\.5-hquorum-0\.1\.0-dirty, built on \d\d/\d\d/\d\d\d\d \d\d:\d\d UTC$`
	if v := w.version(); !regexp.MustCompile(pattern).MatchString(v) {
		t.Errorf("version %q", v)
	}
	if envi := w.envi(); !strings.HasPrefix(envi, "Environment:\nzookeeper.version=3.9.5-hquorum-") || !strings.Contains(envi, "\ngo.version=go") {
		t.Errorf("envi:\n%s", envi)
	}
}

func TestWhitelist(t *testing.T) {
	w := words(newFake(), " ruok ", "")
	for word, want := range map[string]string{
		"ruok": "imok", "mntr": "mntr is not executed because it is not in the whitelist.\n",
	} {
		if got, known := w.Answer(word); !known || got != want {
			t.Errorf("%s: %q, %v", word, got, known)
		}
	}
	if got, _ := w.Answer("srvr"); !strings.HasPrefix(got, "Zookeeper version: ") {
		t.Errorf("srvr is always answered: %q", got)
	}
	for _, word := range []string{"gtmk", "stmk", "hash", "none", ""} {
		if got, known := w.Answer(word); known || got != "" {
			t.Errorf("%q is known: %q", word, got)
		}
	}
}

func TestWhileNotServing(t *testing.T) {
	f := newFake()
	f.down = errors.New("no store")
	w := words(f, "*")
	for _, word := range w.All() {
		want := notServing
		switch word {
		case "isro":
			want = "null"
		case "envi":
			continue
		}
		if got, _ := w.Answer(word); got != want {
			t.Errorf("%s: %q", word, got)
		}
	}
	if len(f.resets) != 0 {
		t.Errorf("resets: %q", f.resets)
	}
}

func TestSizes(t *testing.T) {
	f := newFake()
	f.dir = t.TempDir()
	for name, size := range map[string]int{"etcd/member/snap/db": 100, "etcd/member/wal/0.wal": 30, "etcd/member/wal/1.wal": 20, "LOCK": 1} {
		file := filepath.Join(f.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := words(f).dirs(); got != "datadir_size: 101\nlogdir_size: 50\n" {
		t.Errorf("dirs: %q", got)
	}
}

func TestHTTP(t *testing.T) {
	f := newFake()
	handler := Handler(words(f))
	ask := func(method, path string) (int, string) {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest(method, path, nil))
		return rec.Code, rec.Body.String()
	}
	for _, test := range []struct {
		method, path string
		code         int
		text         string
	}{
		{"GET", "/healthz", 200, "ok\n"},
		{"GET", "/readyz", 200, "ok\n"},
		{"GET", "/commands/", 200, "mntr\nruok\n"},
		{"GET", "/commands/ruok", 200, "imok"},
		{"GET", "/commands/mntr", 200, "zk_znode_count\t6\n"},
		{"GET", "/commands/none", 404, ""},
		{"GET", "/commands/srst", 405, ""},
		{"POST", "/commands/srst", 200, "Server stats reset.\n"},
		{"POST", "/commands/ruok", 405, ""},
		{"DELETE", "/healthz", 405, ""},
		{"GET", "/", 404, ""},
		{"GET", "/metrics", 200, "\nznode_count 6\n"},
		{"GET", "/metrics", 200, "\nreadlatency_sum 13\nreadlatency_count 4\n"},
		{"GET", "/metrics", 200, "\n# TYPE packets_received counter\npackets_received 10\n"},
		{"GET", "/metrics", 200, "\nhquorum_serving 1\n"},
		{"GET", "/metrics", 200, "\ngo_goroutines "},
	} {
		if code, text := ask(test.method, test.path); code != test.code || !strings.Contains(text, test.text) {
			t.Errorf("%s %s: %d\n%s", test.method, test.path, code, text)
		}
	}
	if len(f.resets) != 1 {
		t.Errorf("resets: %q", f.resets)
	}
	f.down = errors.New("no store")
	if code, text := ask("GET", "/readyz"); code != http.StatusServiceUnavailable || text != "not serving: no store\n" {
		t.Errorf("readyz: %d %q", code, text)
	}
	if code, _ := ask("GET", "/healthz"); code != 200 {
		t.Errorf("healthz: %d", code)
	}
	if _, text := ask("GET", "/metrics"); !strings.Contains(text, "\nhquorum_serving 0\n") {
		t.Error("metrics do not tell that clients are not served")
	}
}
