package record

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/znode"
)

var (
	acl   = []znode.ACL{{Perms: znode.Read, ID: znode.ID{Scheme: "digest", ID: "bob:x"}}, {Perms: -1, ID: znode.Anyone}}
	nodes = []Node{
		{},
		{Data: []byte{}, ACL: znode.OpenACL},
		{Data: []byte("data"), ACL: acl, Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Aversion: -1, Owner: 7},
		{Data: []byte{0}, ACL: znode.ReadACL, Czxid: znode.PendingZxid(0), Mzxid: znode.PendingZxid(znode.MaxPosition), Owner: znode.ContainerOwner},
		{Czxid: math.MaxInt64, Mzxid: math.MinInt64, Ctime: math.MinInt64, Mtime: math.MaxInt64, Version: math.MinInt32, Aversion: math.MaxInt32, Owner: -1},
	}
	counters = []Counter{{}, {1, 2, 3}, {math.MinInt32, math.MaxInt32, math.MinInt64}}
	sessions = []Session{{}, {Timeout: 90000, Password: [16]byte{1, 15: 2}, Shim: "shim-1", Epoch: 3}, {Timeout: -1, Epoch: math.MinInt64}}
	metas    = []Meta{{}, {Base: 1 << 50, Cluster: math.MaxUint64, Time: 1700000000000}, {Base: -1, Time: -1}}
	clocks   = []Clock{{}, {Time: 1700000000000, Age: math.MaxUint64}, {Time: -1}}
	journals = []Journal{
		{},
		{{0, znode.EventCreated, "/a", nil}, {znode.MaxPosition, znode.EventDeleted, "/a", acl}, {7, znode.EventDataChanged, "", znode.OpenACL}},
	}
)

// roundTrip checks that x survives, and that size is the length it takes.
func roundTrip[T any](t *testing.T, x T, size int, appendTo func(T, []byte) []byte, decode func([]byte) (T, error)) {
	t.Helper()
	b := appendTo(x, []byte("before"))
	if !bytes.HasPrefix(b, []byte("before")) {
		t.Fatalf("%+v: Append does not append", x)
	}
	b = b[len("before"):]
	if len(b) != size {
		t.Errorf("%+v: size %d, takes %d", x, size, len(b))
	}
	if y, err := decode(b); err != nil || !reflect.DeepEqual(x, y) {
		t.Errorf("%+v became %+v, %v", x, y, err)
	}
	if _, err := decode(append([]byte{version + 1}, b[1:]...)); !errors.Is(err, ErrVersion) {
		t.Errorf("%+v: a new version is %v", x, err)
	}
	if _, err := decode(nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("nothing is %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, x := range nodes {
		roundTrip(t, x, x.Size(), Node.Append, DecodeNode)
	}
	for _, x := range counters {
		roundTrip(t, x, x.Size(), Counter.Append, DecodeCounter)
	}
	for _, x := range sessions {
		roundTrip(t, x, x.Size(), Session.Append, DecodeSession)
	}
	for _, x := range metas {
		roundTrip(t, x, x.Size(), Meta.Append, DecodeMeta)
	}
	for _, x := range clocks {
		roundTrip(t, x, x.Size(), Clock.Append, DecodeClock)
	}
	for _, x := range journals {
		roundTrip(t, x, x.Size(), Journal.Append, DecodeJournal)
	}
}

// TestFormat pins the bytes that are already in stores.
func TestFormat(t *testing.T) {
	for _, test := range []struct {
		name string
		got  []byte
		want string
	}{
		{"node", Node{Data: []byte("hi"), ACL: znode.OpenACL, Czxid: 1, Mzxid: -1, Ctime: 2, Mtime: 3, Version: 4, Aversion: 5, Owner: 6}.Append(nil),
			"\x01\x03\x02\x01\x04\x06\x08\x0a\x0chi"},
		{"node with an ACL and null data", Node{ACL: []znode.ACL{{Perms: 1, ID: znode.ID{Scheme: "ip", ID: "::"}}}}.Append(nil),
			"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x02\x02ip\x02::"},
		{"counter", Counter{3, 2, -1}.Append(nil), "\x01\x06\x04\x01"},
		{"session", Session{Timeout: 1, Password: [16]byte([]byte("0123456789abcdef")), Shim: "s", Epoch: 2}.Append(nil),
			"\x01\x02\x040123456789abcdefs"},
		{"meta", Meta{Base: 1, Cluster: 300, Time: 2}.Append(nil), "\x01\x02\xac\x02\x04"},
		{"clock", Clock{Time: 1, Age: 300}.Append(nil), "\x01\x02\xac\x02"},
		{"journal", Journal{{200, znode.EventDeleted, "/a", nil}}.Append(nil), "\x01\x01\xc8\x01\x02\x02/a\x00"},
	} {
		if string(test.got) != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestCorrupt(t *testing.T) {
	node := func(b []byte) error { _, err := DecodeNode(b); return err }
	counter := func(b []byte) error { _, err := DecodeCounter(b); return err }
	session := func(b []byte) error { _, err := DecodeSession(b); return err }
	meta := func(b []byte) error { _, err := DecodeMeta(b); return err }
	journal := func(b []byte) error { _, err := DecodeJournal(b); return err }
	const zeros = "\x00\x00\x00\x00\x00\x00\x00" // a node's numbers
	const tooLong = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	for _, test := range []struct {
		name   string
		decode func([]byte) error
		b      string
	}{
		{"node without numbers", node, "\x01\x00"},
		{"unknown flag", node, "\x01\x04" + zeros + "\x00"},
		{"data where there is none", node, "\x01\x00" + zeros + "\x00x"},
		{"padded number", node, "\x01\x02\x80\x00" + zeros[1:]},
		{"number beyond 64 bits", node, "\x01\x02" + tooLong + zeros[1:]},
		{"version beyond 32 bits", node, "\x01\x02\x00\x00\x00\x00\x80\x80\x80\x80\x20\x00\x00"},
		{"open ACL spelled out", node, "\x01\x00" + zeros + "\x01\x3e\x05world\x06anyone"},
		{"more ACL entries than bytes", node, "\x01\x00" + zeros + "\x7f\x00\x00\x00"},
		{"ACL id longer than what is left", node, "\x01\x00" + zeros + "\x01\x00\x00\x05ab"},
		{"short counter", counter, "\x01\x00\x00"},
		{"long counter", counter, "\x01\x00\x00\x00\x00"},
		{"short password", session, "\x01\x00\x000123456789abcde"},
		{"short meta", meta, "\x01\x00\x00"},
		{"long meta", meta, "\x01\x00\x00\x00\x00"},
		{"journal without its entry", journal, "\x01\x01"},
		{"journal with more", journal, "\x01\x00\x00"},
		{"event 0", journal, "\x01\x01\x00\x00\x00\x00"},
		{"event of children", journal, "\x01\x01\x00\x04\x00\x00"},
		{"position beyond the last", journal, "\x01\x01\x80\x20\x01\x00\x00"},
		{"huge journal", journal, "\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f"},
	} {
		if err := test.decode([]byte(test.b)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestDataAliasesOnlyItself(t *testing.T) {
	b := Node{Data: []byte("data")}.Append(make([]byte, 0, 64))
	n, err := DecodeNode(b)
	if err != nil || cap(n.Data) != len(n.Data) {
		t.Errorf("capacity %d of %q, %v", cap(n.Data), n.Data, err)
	}
}

func TestKeys(t *testing.T) {
	for _, test := range []struct {
		key  string
		kind Kind
		path znode.Path
		id   znode.SessionID
	}{
		{NodeKey(znode.Root), KindNode, "/", 0},
		{NodeKey("/hbase/master"), KindNode, "/hbase/master", 0},
		{CounterKey(znode.Root), KindCounter, "/", 0},
		{CounterKey("/hbase"), KindCounter, "/hbase", 0},
		{SessionKey(0x1a2b), KindSession, "", 0x1a2b},
		{SessionKey(-1), KindSession, "", -1},
		{"s/000000000000000A", KindOther, "", 0},
		{"s/00", KindOther, "", 0},
		{"s/00000000000000001", KindOther, "", 0},
		{MetaKey, KindMeta, "", 0},
		{ClockKey, KindClock, "", 0},
		{JournalKey, KindJournal, "", 0},
		{FencePrefix + "shim", KindOther, "", 0},
		{"z", KindOther, "", 0},
		{"zebra", KindOther, "", 0},
		{"", KindOther, "", 0},
		{"jj", KindOther, "", 0},
	} {
		kind, path, id := ParseKey(test.key)
		if kind != test.kind || path != test.path || id != test.id {
			t.Errorf("%q: %v %q %x", test.key, kind, path, id)
		}
	}
	for key, want := range map[string]string{
		NodeKey("/hbase"):    "z/hbase",
		NodeKey("/"):         "z/",
		CounterKey("/hbase"): "c/hbase",
		SessionKey(0x1a2b):   "s/0000000000001a2b",
	} {
		if key != want {
			t.Errorf("%q, want %q", key, want)
		}
	}
}

func TestBirth(t *testing.T) {
	born := map[znode.Path]bool{}
	children := map[znode.Path]int32{}
	for _, b := range Birth() {
		if b.Path != znode.Root {
			if !born[b.Path.Parent()] {
				t.Errorf("%s comes before its parent", b.Path)
			}
			children[b.Path.Parent()]++
		}
		born[b.Path] = true
		if !b.Path.Special() || b.Node.Data == nil || len(b.Node.ACL) == 0 {
			t.Errorf("%+v", b)
		}
	}
	for _, b := range Birth() {
		if (b.Counter != nil) != (children[b.Path] > 0) || b.Counter != nil && *b.Counter != (Counter{Children: children[b.Path]}) {
			t.Errorf("%s has %d children and counter %+v", b.Path, children[b.Path], b.Counter)
		}
	}
	if len(born) != 4 {
		t.Errorf("born: %v", born)
	}
}

// fuzz checks that what decodes encodes to the same bytes again, and that what
// does not yields one of the two errors and no value.
func fuzz[T any](f *testing.F, seeds []T, size func(T) int, appendTo func(T, []byte) []byte, decode func([]byte) (T, error)) {
	f.Add([]byte{})
	f.Add([]byte{version})
	f.Add([]byte(strings.Repeat("\x01", 40)))
	for _, x := range seeds {
		f.Add(appendTo(x, nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := decode(b)
		if err != nil {
			var zero T
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) || !reflect.DeepEqual(x, zero) {
				t.Errorf("%+v, %v", x, err)
			}
			return
		}
		again := appendTo(x, nil)
		if !bytes.Equal(again, b) || size(x) != len(b) {
			t.Errorf("%x became %+v and %x, size %d", b, x, again, size(x))
		}
	})
}

func FuzzNode(f *testing.F)    { fuzz(f, nodes, Node.Size, Node.Append, DecodeNode) }
func FuzzCounter(f *testing.F) { fuzz(f, counters, Counter.Size, Counter.Append, DecodeCounter) }
func FuzzSession(f *testing.F) { fuzz(f, sessions, Session.Size, Session.Append, DecodeSession) }
func FuzzMeta(f *testing.F)    { fuzz(f, metas, Meta.Size, Meta.Append, DecodeMeta) }
func FuzzClock(f *testing.F)   { fuzz(f, clocks, Clock.Size, Clock.Append, DecodeClock) }
func FuzzJournal(f *testing.F) { fuzz(f, journals, Journal.Size, Journal.Append, DecodeJournal) }

func FuzzParseKey(f *testing.F) {
	for _, key := range []string{"z/", "c/a", "s/0000000000001a2b", "m/meta", "j", "x"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		kind, path, id := ParseKey(key)
		again := map[Kind]string{
			KindOther: key, KindMeta: MetaKey, KindClock: ClockKey, KindJournal: JournalKey,
			KindNode: NodeKey(path), KindCounter: CounterKey(path), KindSession: SessionKey(id),
		}[kind]
		if again != key {
			t.Errorf("%q is %v of %q", key, kind, again)
		}
	})
}
