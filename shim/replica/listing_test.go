package replica

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/znode"
)

// sound fails unless l keeps its own rules and holds exactly names.
func (l *listing) sound(t *testing.T, names []string) {
	t.Helper()
	if !slices.Equal(listed[string](l), names) {
		t.Fatalf("%d names of %d, or others, or not sorted", l.count(), len(names))
	}
	i := 0
	for name := range l.each() {
		if string(name) != names[i] {
			t.Fatalf("name %d is %q, want %q", i, name, names[i])
		}
		i++
	}
	if i != len(names) || i != l.count() {
		t.Fatalf("%d names, %d counted, want %d", i, l.count(), len(names))
	}
	want := binary.BigEndian.AppendUint32([]byte("before"), uint32(len(names)))
	for _, name := range names {
		want = append(binary.BigEndian.AppendUint32(want, uint32(len(name))), name...)
	}
	if got := l.append([]byte("before")); !bytes.Equal(got, want) {
		t.Fatalf("written %q, want %q", got, want)
	}
	if l == nil {
		return
	}
	for i, chunk := range l.chunks {
		if len(chunk) == 0 || len(chunk) > chunkSize && len(chunk) != lenSize+len(first(chunk)) {
			t.Fatalf("chunk %d has %d bytes", i, len(chunk))
		}
	}
}

func TestListingAgainstModel(t *testing.T) {
	for seed := range uint64(30) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		var l *listing
		var model []string
		pad := strings.Repeat("p", []int{0, 40, 600}[seed%3])
		for step := range 3000 {
			name := fmt.Sprintf("%03d", rnd.IntN(400))
			if rnd.IntN(3) > 0 {
				name = pad + name
			}
			if rnd.IntN(100) == 0 {
				name += strings.Repeat("long", chunkSize/3)
			}
			if step < 20 {
				name = name[:rnd.IntN(2)] // the empty name too
			}
			i, there := slices.BinarySearch(model, name)
			// It grows for a while, then shrinks, often to nothing.
			if grow := step%1000 < 500; grow == (rnd.IntN(5) > 0) {
				if l = l.with(name); !there {
					model = slices.Insert(model, i, name)
				}
			} else {
				if !grow && len(model) > 0 {
					i, there = rnd.IntN(len(model)), true
					name = model[i]
				}
				if l = l.without(name); there {
					model = slices.Delete(model, i, i+1)
				}
			}
			if (l == nil) != (len(model) == 0) {
				t.Fatalf("seed %d step %d: %d names, %v", seed, step, len(model), l)
			}
			if step < 50 || step%20 == 0 {
				l.sound(t, model)
			}
		}
	}
}

func TestListingSaysWhatChanged(t *testing.T) {
	l := &listing{}
	for _, c := range []struct {
		name           string
		insert, remove bool
	}{{"b", true, true}, {"a", true, true}, {"", true, true}} {
		if l.remove(c.name) || l.insert(c.name) != c.insert || l.insert(c.name) || l.remove(c.name) != c.remove || !l.insert(c.name) {
			t.Errorf("%q", c.name)
		}
	}
	l.sound(t, []string{"", "a", "b"})
}

// TestListingIsDense: names that come in order fill the chunks.
func TestListingIsDense(t *testing.T) {
	const n = 10_000
	for what, number := range map[string]func(i int) int{
		"rising":            func(i int) int { return i },
		"falling":           func(i int) int { return n - i },
		"rising in between": func(i int) int { return i%2*n + i/2 },
	} {
		l := &listing{}
		for i := range n {
			l.insert(fmt.Sprintf("%010d", number(i)))
		}
		if least := n / (chunkSize / (lenSize + 10)); len(l.chunks) > least+2 {
			t.Errorf("%s: %d chunks, %d would do", what, len(l.chunks), least)
		}
	}
}

func TestListingGivesRoomBack(t *testing.T) {
	room := func(l *listing) (bytes int) {
		for _, chunk := range l.chunks {
			bytes += cap(chunk)
		}
		return bytes + 24*cap(l.chunks)
	}
	l := &listing{}
	rnd := rand.New(rand.NewPCG(1, 1))
	order := rnd.Perm(10_000)
	for _, i := range order {
		l.insert(fmt.Sprintf("%05d", i))
	}
	for _, i := range order[:9_900] {
		l.remove(fmt.Sprintf("%05d", i))
	}
	if got := room(l); got > 100*64 {
		t.Errorf("%d bytes are kept for 100 names", got)
	}
	for _, i := range order[9_900:9_999] {
		l.remove(fmt.Sprintf("%05d", i))
	}
	if got := room(l); got > 500 {
		t.Errorf("%d bytes are kept for one name", got)
	}
	if l = l.without(fmt.Sprintf("%05d", order[9_999])); l != nil {
		t.Error("an empty listing holds something")
	}
}

func TestListingCopiesAtMostOnce(t *testing.T) {
	l := &listing{}
	for i := range 10_000 {
		l.insert(fmt.Sprintf("%05d", i))
	}
	dst := l.append(nil)
	if n := testing.AllocsPerRun(10, func() { dst = l.append(dst[:0]) }); n != 0 {
		t.Errorf("%v allocations although the slice has room", n)
	}
	if n := testing.AllocsPerRun(10, func() { l.append(make([]byte, 0, 9)) }); n > 2 {
		t.Errorf("%v allocations for a slice that grows", n)
	}
	if n := testing.AllocsPerRun(100, func() { l.insert("05000x"); l.remove("05000x") }); n > 1 {
		t.Errorf("%v allocations for a name that comes and goes", n)
	}
}

func TestACLsAreGivenBack(t *testing.T) {
	a := acls{known: map[string]*sharedACL{}}
	list := func(who string) []znode.ACL {
		return []znode.ACL{{Perms: 1, ID: znode.ID{Scheme: "ip", ID: who}}}
	}
	x, y, z := a.acquire(list("x")), a.acquire(list("x")), a.acquire(list("z"))
	if x != y || x == z || len(a.known) != 2 {
		t.Fatalf("%d ACLs known", len(a.known))
	}
	if a.acquire(nil) != nil || a.acquire(znode.OpenACL) != nil {
		t.Error("an ACL that needs no copy got one")
	}
	for _, s := range []*sharedACL{x, nil, y, z} {
		a.release(s)
	}
	if len(a.known) != 0 {
		t.Errorf("%d ACLs are left", len(a.known))
	}
}

func listingOf(n int) (*listing, []string) {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%010d", i)
	}
	l := &listing{}
	for _, i := range rand.New(rand.NewPCG(1, uint64(n))).Perm(n) {
		l.insert(names[i])
	}
	return l, names
}

// BenchmarkListing: an op of "change" removes a name and inserts it again.
func BenchmarkListing(b *testing.B) {
	for _, n := range []int{1, 100, 10_000, 1_000_000} {
		l, names := listingOf(n)
		b.Run(fmt.Sprint("change ", n), func(b *testing.B) {
			b.ReportAllocs()
			rnd := rand.New(rand.NewPCG(2, 2))
			for b.Loop() {
				name := names[rnd.IntN(n)]
				if !l.remove(name) || !l.insert(name) {
					b.Fatal(name)
				}
			}
		})
		b.Run(fmt.Sprint("append ", n), func(b *testing.B) {
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst = l.append(dst[:0])
			}
		})
	}
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint("fill ", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l, _ := listingOf(n)
				bytes := 0
				for _, chunk := range l.chunks {
					bytes += cap(chunk)
				}
				b.ReportMetric(float64(bytes)/float64(n), "bytes/name")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/name")
		})
	}
}
