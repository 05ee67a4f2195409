package replica

import (
	"encoding/binary"
	"iter"
	"slices"
)

// listing is a sorted set of names, held as a reply to getChildren carries them
// (jute's strings: four bytes of length, the highest first, and the bytes). They
// lie in chunks, so that a change moves no more than one chunk and a reply is a
// copy of all. nil is an empty one.
//
// It is changed under the replica's write lock and read under its read lock.
// What it returns are copies.
type listing struct {
	len    int
	chunks [][]byte // none is empty
}

const (
	// chunkSize is what a chunk holds at most, unless it is a single name: so
	// much is searched through and moved by a change.
	chunkSize = 1 << 10
	lenSize   = 4 // bytes before a name
)

// count returns the number of names.
func (l *listing) count() int {
	if l == nil {
		return 0
	}
	return l.len
}

// with returns the listing with name, without that without name: nil if that was
// the last one. They change l.
func (l *listing) with(name string) *listing {
	if l == nil {
		l = &listing{}
	}
	l.insert(name)
	return l
}

func (l *listing) without(name string) *listing {
	if l == nil || l.remove(name) && l.len == 0 {
		return nil
	}
	return l
}

// insert adds name and reports whether it was missing.
func (l *listing) insert(name string) bool {
	if len(l.chunks) == 0 {
		l.add(0, name)
		return true
	}
	i := l.find(name)
	chunk := l.chunks[i]
	at, found := seek(chunk, name)
	switch {
	case found:
		return false
	case fits(chunk, name):
		l.put(i, at, name)
	case at == len(chunk) && i+1 < len(l.chunks) && fits(l.chunks[i+1], name):
		l.put(i+1, 0, name)
	case at == len(chunk): // rising names fill one chunk after the other
		l.add(i+1, name)
	case at == 0: // and so do falling ones
		l.add(i, name)
	default:
		l.split(i)
		return l.insert(name)
	}
	return true
}

func fits(chunk []byte, name string) bool { return len(chunk)+lenSize+len(name) <= chunkSize }

// find returns the number of the chunk where name is or belongs, 0 at least.
func (l *listing) find(name string) int {
	low, high := 0, len(l.chunks)
	for low < high {
		middle := (low + high) / 2
		if string(first(l.chunks[middle])) <= name {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return max(low-1, 0)
}

// first returns the first name of a chunk, or of what is left of one.
func first(chunk []byte) []byte {
	return chunk[lenSize : lenSize+binary.BigEndian.Uint32(chunk)]
}

// seek returns where name is, or belongs, in chunk.
func seek(chunk []byte, name string) (at int, found bool) {
	for at < len(chunk) {
		other := first(chunk[at:])
		if string(other) >= name {
			return at, string(other) == name
		}
		at += lenSize + len(other)
	}
	return at, false
}

// put writes name into a chunk.
func (l *listing) put(i, at int, name string) {
	size := lenSize + len(name)
	chunk := slices.Grow(l.chunks[i], size)
	chunk = chunk[:len(chunk)+size]
	copy(chunk[at+size:], chunk[at:])
	binary.BigEndian.PutUint32(chunk[at:], uint32(len(name)))
	copy(chunk[at+lenSize:], name)
	l.chunks[i] = chunk
	l.len++
}

// add makes a chunk of name alone.
func (l *listing) add(i int, name string) {
	var chunk []byte
	if len(l.chunks) > 0 { // where one is full, more names will come
		chunk = make([]byte, 0, chunkSize)
	}
	l.chunks = slices.Insert(l.chunks, i, chunk)
	l.put(i, 0, name)
}

// split makes two chunks of one that holds several names.
func (l *listing) split(i int) {
	chunk := l.chunks[i]
	at := 0
	for next := 0; next < len(chunk) && at < len(chunk)/2; next += lenSize + len(first(chunk[next:])) {
		at = next
	}
	right := append(make([]byte, 0, max(chunkSize, len(chunk)-at)), chunk[at:]...)
	l.chunks[i] = chunk[:at]
	l.chunks = slices.Insert(l.chunks, i+1, right)
}

// remove drops name and reports whether it was there.
func (l *listing) remove(name string) bool {
	if len(l.chunks) == 0 {
		return false
	}
	i := l.find(name)
	chunk := l.chunks[i]
	at, found := seek(chunk, name)
	if !found {
		return false
	}
	l.len--
	chunk = slices.Delete(chunk, at, at+lenSize+len(name))
	if roomy(chunk, chunkSize/16) {
		chunk = slices.Clone(chunk)
	}
	l.chunks[i] = chunk
	if len(chunk) == 0 {
		l.drop(i)
		return true
	}
	l.merge(i)
	l.merge(i - 1)
	return true
}

// merge makes one chunk of two small neighbours, i and the next.
func (l *listing) merge(i int) {
	if i < 0 || i+1 >= len(l.chunks) || len(l.chunks[i])+len(l.chunks[i+1]) > chunkSize/2 {
		return
	}
	l.chunks[i] = append(l.chunks[i], l.chunks[i+1]...)
	l.drop(i + 1)
}

func (l *listing) drop(i int) {
	l.chunks = slices.Delete(l.chunks, i, i+1)
	if roomy(l.chunks, 4) {
		l.chunks = slices.Clone(l.chunks)
	}
}

// roomy reports whether s takes much more room than it needs.
func roomy[T any](s []T, spare int) bool { return cap(s) > 4*len(s)+spare }

// append writes the names behind dst, as a vector of jute.
func (l *listing) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(l.count()))
	if l == nil {
		return dst
	}
	size := 0
	for _, chunk := range l.chunks {
		size += len(chunk)
	}
	dst = slices.Grow(dst, size)
	for _, chunk := range l.chunks {
		dst = append(dst, chunk...)
	}
	return dst
}

// each goes through the names, which are valid until the listing changes.
func (l *listing) each() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if l == nil {
			return
		}
		for _, chunk := range l.chunks {
			for len(chunk) > 0 {
				name := first(chunk)
				if !yield(name) {
					return
				}
				chunk = chunk[lenSize+len(name):]
			}
		}
	}
}

// listed returns a copy of the names, nil if there are none. The names of a
// chunk share memory.
func listed[T ~string](l *listing) []T {
	if l.count() == 0 {
		return nil
	}
	names := make([]T, 0, l.len)
	for _, chunk := range l.chunks {
		all := T(chunk)
		for at := 0; at < len(chunk); {
			from := at + lenSize
			at = from + len(first(chunk[at:]))
			names = append(names, all[from:at])
		}
	}
	return names
}
