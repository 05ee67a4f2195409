package record

import (
	"testing"

	"github.com/hquorum/hquorum/shim/znode"
)

var (
	plainNode = Node{
		Data: make([]byte, 100), ACL: znode.OpenACL, Czxid: 1 << 40, Mzxid: znode.PendingZxid(3),
		Ctime: 1_700_000_000_000, Mtime: 1_700_000_000_000, Version: 7,
	}
	plainJournal = func() (j Journal) {
		for i := range 256 {
			j = append(j, Entry{Pos: i, Type: znode.EventDataChanged, Path: "/hbase/rs/one"})
		}
		return j
	}()
)

func BenchmarkNode(b *testing.B) {
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]byte, 0, plainNode.Size())
		for b.Loop() {
			dst = plainNode.Append(dst[:0])
		}
	})
	b.Run("size", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if plainNode.Size() == 0 {
				b.Fatal("no size")
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		encoded := plainNode.Append(nil)
		for b.Loop() {
			if _, err := DecodeNode(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCounter(b *testing.B) {
	counter := Counter{Creates: 70_000, Children: 50_000, Pzxid: znode.PendingZxid(9)}
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]byte, 0, counter.Size())
		for b.Loop() {
			dst = counter.Append(dst[:0])
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		encoded := counter.Append(nil)
		for b.Loop() {
			if _, err := DecodeCounter(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkJournal codes the journal of 256 requests.
func BenchmarkJournal(b *testing.B) {
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]byte, 0, plainJournal.Size())
		for b.Loop() {
			dst = plainJournal.Append(dst[:0])
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		encoded := plainJournal.Append(nil)
		for b.Loop() {
			if _, err := DecodeJournal(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestPlainNodesAllocateNothing: the ACL that nearly every znode has, and its
// data, are not copied.
func TestPlainNodesAllocateNothing(t *testing.T) {
	encoded, room := plainNode.Append(nil), make([]byte, 0, 1000)
	if n := testing.AllocsPerRun(100, func() {
		if node, err := DecodeNode(encoded); err != nil || len(node.Append(room)) != len(encoded) {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
