package record

// Writer names the committer that has the store for itself. While it does, it
// trusts its own replica: whoever else wants to write has to take the name out
// first, in the same transaction.
type Writer struct {
	// ID is unique to the life of one committer; empty: several may write, and
	// each compares every key that it relies on.
	ID string
}

// Size returns the length of the encoding of w.
func (w Writer) Size() int { return 1 + len(w.ID) }

// Append encodes w behind dst.
func (w Writer) Append(dst []byte) []byte { return append(append(dst, version), w.ID...) }

// DecodeWriter decodes what Append made.
func DecodeWriter(b []byte) (Writer, error) {
	c := open(b)
	w := Writer{ID: string(c.rest())}
	return w, c.done()
}
