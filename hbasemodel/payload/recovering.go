package payload

import "fmt"

// RegionSequences is RegionStoreSequenceIds: the data of
// recovering-regions/REGION/SN, 1.x's distributed log replay.
type RegionSequences struct {
	// LastFlushed is the last sequence id of which everything is on disk.
	LastFlushed uint64
	Stores      []StoreSequence
	Unknown     []byte
}

// StoreSequence is StoreSequenceId, one column family's.
type StoreSequence struct {
	Family   string
	Sequence uint64
}

// DecodeRegionSequences reads a body.
func DecodeRegionSequences(body []byte) (RegionSequences, Form, error) {
	return decodePBUF(body, (*RegionSequences).read)
}

func (r *RegionSequences) read(b []byte) error {
	f := fieldsOf("RegionStoreSequenceIds", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asVarint:
			r.LastFlushed = f.varint()
		case 2<<3 | asBytes:
			r.Stores = append(r.Stores, f.storeSequence())
		default:
			f.keep()
		}
	}
	f.need(1, "last_flushed_sequence_id")
	r.Unknown = f.unknown
	return f.err
}

func (f *fields) storeSequence() (s StoreSequence) {
	in := fieldsOf("StoreSequenceId", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			s.Family = in.string()
		case 2<<3 | asVarint:
			s.Sequence = in.varint()
		default:
			in.keep()
		}
	}
	in.need(1, "family_name")
	in.need(2, "sequence_id")
	f.nested(in.err)
	f.keepInside(in.unknown)
	return s
}

// Summary implements Message.
func (r RegionSequences) Summary() string {
	return fmt.Sprintf("flushed up to %d", int64(r.LastFlushed))
}
