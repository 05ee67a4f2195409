package store

import (
	"bytes"
	"fmt"
	"slices"
)

// Size returns how many bytes the Txn's keys and values take, as Limits.Bytes
// counts them.
func (t Txn) Size() int {
	size := 0
	for _, c := range t.Compares {
		size += len(c.Key)
	}
	for _, op := range t.Ops {
		size += len(op.Key) + len(op.Value)
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
	seen := make(map[Key]struct{}, len(t.Ops))
	for _, op := range t.Ops {
		if _, twice := seen[op.Key]; twice {
			return fmt.Errorf("%w: two ops on key %q", ErrInvalid, op.Key)
		}
		seen[op.Key] = struct{}{}
	}
	return nil
}

// Clone returns a copy that shares no memory with t.
func (t Txn) Clone() Txn {
	out := Txn{Compares: slices.Clone(t.Compares), Ops: slices.Clone(t.Ops)}
	for i := range out.Ops {
		out.Ops[i].Value = bytes.Clone(out.Ops[i].Value)
	}
	return out
}
