package store

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
)

// Size returns how many bytes the Txn's keys and values take, as Limits.Bytes
// counts them.
func (t Txn) Size() int {
	size := 0
	for i := range t.Compares {
		size += len(t.Compares[i].Key)
	}
	for i := range t.Ops {
		size += len(t.Ops[i].Key) + len(t.Ops[i].Value)
	}
	return size
}

// Check returns what keeps the Txn from being sent at all: ErrTooLarge or
// ErrInvalid. Every implementation of Store starts its Commit with it.
func (t Txn) Check(limits Limits) error {
	if len(t.Ops) > limits.Ops {
		return fmt.Errorf("%w: %d ops, at most %d", ErrTooLarge, len(t.Ops), limits.Ops)
	}
	if len(t.Compares) > limits.Compares {
		return fmt.Errorf("%w: %d compares, at most %d", ErrTooLarge, len(t.Compares), limits.Compares)
	}
	if size := t.Size(); size > limits.Bytes {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, size, limits.Bytes)
	}
	if len(t.Ops) < 2 {
		return nil
	}
	seen := sets.Get().(map[Key]struct{})
	defer func() { clear(seen); sets.Put(seen) }()
	for i := range t.Ops {
		if seen[t.Ops[i].Key] = struct{}{}; len(seen) <= i {
			return fmt.Errorf("%w: two ops on key %q", ErrInvalid, t.Ops[i].Key)
		}
	}
	return nil
}

// sets holds empty sets of keys for Check, which runs with every Commit.
var sets = sync.Pool{New: func() any { return map[Key]struct{}{} }}

// Clone returns a copy that shares no memory with t.
func (t Txn) Clone() Txn {
	out := Txn{Compares: slices.Clone(t.Compares), Ops: slices.Clone(t.Ops)}
	for i := range out.Ops {
		out.Ops[i].Value = bytes.Clone(out.Ops[i].Value)
	}
	return out
}
