package payload

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// samples gives every znode there is to test with.
func samples(t testing.TB) map[string][]byte {
	all := encoded(t)
	for _, version := range recordedVersions {
		for _, n := range recorded(t, version) {
			if rel, ok := n.rel(); ok {
				all[rel] = n.data
			}
		}
	}
	return all
}

// everyPath gives a path for each row of the inventory.
func everyPath() []string {
	paths := []string{"", "unknown", "tokenauth/keys/1/2"}
	for _, rows := range inventory {
		for _, r := range rows {
			paths = append(paths, strings.ReplaceAll(r.pattern, "*", "x"))
		}
	}
	slices.Sort(paths) // the inventory is a map, and the tests repeat
	return paths
}

// check holds what is true of every Value.
func check(t testing.TB, path string, data []byte) {
	v := Decode(path, data)
	if v.Err != nil && v.Message != nil {
		t.Fatalf("%s %q: a message and an error", path, data)
	}
	if s := v.Summary(); s == "" || !isPrintable(s) {
		t.Fatalf("%s %q: summary %q", path, data, s)
	}
	m, ok := v.Message.(Encodable)
	if !ok || v.Form != FormPBUF && v.Form != FormBare {
		return
	}
	again := Decode(path, Encode("w", m))
	if again.Err != nil || !reflect.DeepEqual(again.Message, v.Message) {
		t.Fatalf("%s %q: %+v was written, read as %+v: %v", path, data, v.Message, again.Message, again.Err)
	}
}

func TestTruncated(t *testing.T) {
	for path, data := range samples(t) {
		frame, err := Open(data)
		if err != nil {
			t.Fatal(err)
		}
		for n := range data {
			check(t, path, data[:n])
		}
		for n := range frame.Body {
			check(t, path, frame.Body[:n])
		}
	}
}

func TestGarbled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	paths, all := everyPath(), samples(t)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		data := all[path]
		frame, _ := Open(data)
		if len(frame.Body) == 0 {
			continue
		}
		for range 50 {
			b := append([]byte{}, frame.Body...)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
			check(t, path, b)
			check(t, paths[r.IntN(len(paths))], b)
		}
	}
	for range 5000 {
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		path := paths[r.IntN(len(paths))]
		check(t, path, b)
		check(t, path, append([]byte("PBUF"), b...))
	}
}

// What the smallest elements make HBase's repeated fields allocate stays a
// small multiple of their bytes, and lengths that lie allocate nothing.
func TestAllocationIsBounded(t *testing.T) {
	const size = 1 << 20
	fill := func(head, element string) []byte {
		return []byte("PBUF" + head + strings.Repeat(element, size/len(element)))
	}
	for _, c := range []struct {
		path string
		data []byte
	}{
		{"online-snapshot/abort/s", fill("\x12\x80\x80\x40", "\x22\x00")},
		{"replication/peers/1", fill("", "\x2a\x00")},
		{"replication/peers/1", fill("", "\x32\x00")},
		{"acl/t", fill("", "\x0a\x02\x0a\x00")},
		{"acl/t", fill("\x0a\x85\x80\x40\x0a\x00\x12\x80\x80\x40", "\x08\x01")},
		{"visibility/user_auths", fill("\x0a\x86\x80\x40\x0a\x00\x12\x80\x80\x40", "\x01")},
		{"rsgroup/g", fill("\x0a\x00", "\x22\x03\x0a\x01a")},
		{"table/t", fill("\x08\x00", "\xf8\x01\x00")},
		{"master", fill("", "\x0a\xff\xff\xff\xff\x07")},
		{"master", []byte("\xff\x7f\xff\xff\xffPBUF")},
		{"unknown", []byte(strings.Repeat("\x00", size))},
		{"region-in-transition/x", fill("\x12\x80\x80\x40", "\x00")},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v := Decode(c.path, c.data)
		_ = v.Summary()
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 256*size {
			t.Errorf("%s: %d bytes of data allocated %d: %v", c.path, len(c.data), got, v.Err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for path, data := range samples(f) {
		f.Add(path, data)
	}
	for _, path := range everyPath() {
		f.Add(path, []byte("PBUF"))
	}
	f.Fuzz(func(t *testing.T, path string, data []byte) { check(t, path, data) })
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"", "a,1,2", "1-a,1,2-b,3,4", "a%2C1%2C2.meta.3.meta", "[::1],1,2", "RESCAN1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name, err := ParseServerName(s); err == nil {
			if name.String() != s {
				t.Fatalf("%q came back as %q", s, name)
			}
			if back, err := ParseEscapedServerName(name.Escaped()); err != nil || back != name {
				t.Fatalf("%q escaped came back as %q: %v", s, back, err)
			}
		}
		_, _ = ParseQueue(s)
		_, _ = ParseWAL(s)
		_, _ = SplitTaskWAL(s)
	})
}
