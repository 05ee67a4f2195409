package payload

import "testing"

func benchmarkDecode(b *testing.B, path string) {
	n := find(b, "2.6.4", "/hbase/"+path)
	b.SetBytes(int64(len(n.data)))
	b.ReportAllocs()
	for b.Loop() {
		if v := Decode(path, n.data); v.Err != nil {
			b.Fatal(v.Err)
		}
	}
}

func BenchmarkDecodeMaster(b *testing.B) { benchmarkDecode(b, "master") }
func BenchmarkDecodeRegionServer(b *testing.B) {
	benchmarkDecode(b, "rs/localhost,31183,1795257560091")
}
func BenchmarkDecodeTable(b *testing.B) { benchmarkDecode(b, "table/t2") }
func BenchmarkDecodeQueueWAL(b *testing.B) {
	benchmarkDecode(b, "replication/rs/localhost,31183,1795257560091/peer1/localhost%2C31183%2C1795257560091.1795257565597")
}

func BenchmarkEncodeMaster(b *testing.B) {
	m := Master{Server: ServerName{"a.example", 16000, 1700000000123}, InfoPort: 16010}
	b.ReportAllocs()
	for b.Loop() {
		if len(Encode("master:16000", m)) == 0 {
			b.Fatal("nothing")
		}
	}
}
