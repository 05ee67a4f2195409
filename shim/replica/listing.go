package replica

import (
	"slices"
	"sync/atomic"
)

// listing is a sorted set of names that readers may keep. It is changed in
// place until somebody has got the slice, and copied on the next change then,
// so that a listing read a thousand times between two changes costs one copy.
//
// It is changed under the replica's write lock and shared under its read lock.
// What is derived from the names for readers, such as their encoded form,
// belongs here too.
type listing[T ~string] struct {
	names  []T
	shared atomic.Bool
}

// share returns the names for good.
func (l *listing[T]) share() []T {
	if len(l.names) == 0 {
		return nil
	}
	if !l.shared.Load() {
		l.shared.Store(true)
	}
	return slices.Clip(l.names)
}

// insert adds name and reports whether it was missing.
func (l *listing[T]) insert(name T) bool {
	n := len(l.names)
	i, found := slices.BinarySearch(l.names, name)
	switch {
	case found:
		return false
	case i == n: // behind what readers can see
		l.names = append(l.names, name)
	case l.shared.Load():
		names := make([]T, 0, n+n/8+4)
		names = append(append(names, l.names[:i]...), name)
		l.set(append(names, l.names[i:]...))
	default:
		l.names = slices.Insert(l.names, i, name)
	}
	return true
}

// remove drops name and reports whether it was there.
func (l *listing[T]) remove(name T) bool {
	i, found := slices.BinarySearch(l.names, name)
	n := len(l.names)
	switch {
	case !found:
		return false
	case n == 1:
		l.set(nil)
	case l.shared.Load() || cap(l.names) > 4*n+16:
		names := make([]T, 0, n-1+n/8)
		l.set(append(append(names, l.names[:i]...), l.names[i+1:]...))
	default:
		l.names = slices.Delete(l.names, i, i+1)
	}
	return true
}

func (l *listing[T]) set(names []T) {
	l.names = names
	l.shared.Store(false)
}
