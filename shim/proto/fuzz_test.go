package proto

import (
	"reflect"
	"runtime/metrics"
	"testing"

	"github.com/hquorum/hquorum/shim/jute"
)

// FuzzRecord decodes any bytes as the record of any sample. Whatever decodes,
// decodes as the same after encoding; and decoding never allocates much more
// than there is input, whatever the lengths in it say.
func FuzzRecord(f *testing.F) {
	for i, s := range samples {
		f.Add(uint8(i), s.encoded(f))
	}
	huge := []byte{0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	for i := range samples {
		f.Add(uint8(i), huge)
	}
	f.Fuzz(func(t *testing.T, kind uint8, input []byte) {
		s := samples[int(kind)%len(samples)]
		before := allocated()
		c := jute.NewCursor(input)
		first := s.fresh()
		first.Decode(&c)
		// The worst ratio is a MultiResult of 9 bytes, in a slice that grows.
		if grown := allocated() - before; grown > 1<<20+uint64(len(input))*128 {
			t.Fatalf("%s: %d bytes made it allocate %d", s.name, len(input), grown)
		}
		if c.Err() != nil {
			if len(c.Rest()) != 0 {
				t.Fatalf("%s: there is something to read after an error", s.name)
			}
			return
		}
		encoded := first.Append(nil)
		c = jute.NewCursor(encoded)
		second := s.fresh()
		second.Decode(&c)
		if !c.Done() {
			t.Fatalf("%s: %+v encodes as %x, which fails with %v", s.name, first, encoded, c.Err())
		}
		if again := second.Append(nil); string(again) != string(encoded) {
			t.Fatalf("%s: %x became %x", s.name, encoded, again)
		}
		if !holdsNullList(first) && !reflect.DeepEqual(first, second) {
			t.Fatalf("%s:\n%+v became\n%+v", s.name, first, second)
		}
	})
}

// holdsNullList reports whether r is a response with a null vector, which is
// written as an empty one.
func holdsNullList(r record) bool {
	switch r := r.(type) {
	case *GetChildrenResponse:
		return r.Children == nil
	case *GetChildren2Response:
		return r.Children == nil
	case *GetEphemeralsResponse:
		return r.Ephemerals == nil
	case *GetACLResponse:
		return r.ACL == nil
	case *WhoAmIResponse:
		return r.Clients == nil
	case *MultiResponse:
		for _, result := range r.Results {
			if result.Type == OpGetChildren && result.Children == nil {
				return true
			}
		}
	}
	return false
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
