package tree

// slab gives slots, a chunk of memory at a time.
type slab struct {
	chunks [][]slot
	used   int
}

const slabChunk = 64

func (s *slab) next() *slot {
	chunk, at := s.used/slabChunk, s.used%slabChunk
	if chunk == len(s.chunks) {
		s.chunks = append(s.chunks, make([]slot, slabChunk))
	}
	s.used++
	return &s.chunks[chunk][at]
}

// reset takes all slots back, empty.
func (s *slab) reset() {
	for i := 0; i < s.used; i += slabChunk {
		clear(s.chunks[i/slabChunk][:min(slabChunk, s.used-i)])
	}
	s.used = 0
}
