package payload

import "strings"

// Message is what a body means: one of the structs of this package, by value.
type Message interface {
	// Summary says it in one line for people. It holds no control characters,
	// whatever the znode held.
	Summary() string
}

// Value is a znode's data, decoded as far as they can be.
type Value struct {
	// Kind and Name are the znode's place; Name is the last element of its
	// path, empty for the cluster's parent.
	Kind Kind
	Name string
	// Form says how the body was written.
	Form Form
	// Framed and Writer are those of the Frame.
	Framed bool
	Writer string
	// Length is that of the data in bytes, frame and all.
	Length int
	// Message is nil for a znode without a payload, for one that did not
	// decode and for one that this package does not know.
	Message Message
	// Body is what stands behind the frame, in the memory of the data. It is
	// nil where the data are null, the frame is broken or the body is secret.
	Body []byte
	// Err is why the data did not decode. It matches one of this package's
	// errors; a znode that HBase leaves without a payload has none.
	Err error

	note string
}

// Decode reads the data of the znode at rel, a path below a cluster's parent:
// "rs/a,16020,1700000000000", or "" for the parent itself. The names are
// HBase's default ones. Nil data are null data. It never fails: what cannot be
// decoded is told in the Value.
func Decode(rel string, data []byte) Value {
	rel = strings.TrimPrefix(rel, "/")
	v := Value{Kind: KindUnknown, Name: rel[strings.LastIndexByte(rel, '/')+1:], Length: len(data)}
	r, known := lookup(rel)
	switch {
	case known:
		v.Kind, v.note = r.kind, r.note
	case rel == "":
		v.Kind, v.note = KindBase, "an HBase cluster"
	case strings.HasPrefix(rel, "tokenauth/"): // whatever it is, it may be a key
		v.Kind, v.note, r.decode = KindTokenKey, "{}, ", as(Redact)
	}
	frame, err := Open(data)
	if err != nil {
		v.Err = err
		return v
	}
	v.Framed, v.Writer, v.Form = frame.Framed, frame.Writer, formOf(frame.Body)
	if v.Kind != KindTokenKey {
		v.Body = frame.Body
	}
	if r.decode != nil {
		v.Message, v.Form, v.Err = r.decode(frame.Body)
	}
	return v
}

// Summary says in one line for people what the znode means.
func (v Value) Summary() string {
	switch {
	case v.Err != nil && v.Body != nil:
		return v.Err.Error() + " (" + describe(v.Body) + ")"
	case v.Err != nil:
		return v.Err.Error() + " (" + countOf(v.Length, "byte", "bytes") + ")"
	case v.Kind == KindUnknown:
		return describe(v.Body)
	}
	s := strings.ReplaceAll(v.note, "{}", clean(v.Name))
	switch {
	case v.Message != nil:
		s += v.Message.Summary()
	case len(v.Body) > 0 && string(v.Body) != magic:
		s += ", with " + describe(v.Body)
	}
	return s
}
