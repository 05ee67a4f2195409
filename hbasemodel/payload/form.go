package payload

import "bytes"

// Form says how a body was written, and so how it was decoded.
type Form uint8

// The forms.
const (
	// FormUnknown: bytes of no form that belongs here.
	FormUnknown Form = iota
	// FormNull: null data, which is not the same as empty data.
	FormNull
	// FormEmpty: no bytes.
	FormEmpty
	// FormPBUF: "PBUF" and a protobuf, what HBase writes since 0.96.
	FormPBUF
	// FormBare: a protobuf without "PBUF" (namespaces).
	FormBare
	// FormWritable: Hadoop's serialization, never decoded here (token keys).
	FormWritable
	// FormRaw: bytes with a meaning of their own (rpc-throttle).
	FormRaw
	// FormText: text that HBase means to be text (tableCFs).
	FormText
	// FormLegacy: what HBase wrote before protobuf and still reads.
	FormLegacy
)

var formNames = []string{"unknown", "null", "empty", "pbuf", "protobuf", "writable", "raw", "text", "legacy"}

func (f Form) String() string { return enumName(formNames, int32(f)) }

// MarshalText gives the name.
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

const magic = "PBUF"

// protobuf cuts the magic off a body.
func protobuf(body []byte) ([]byte, bool) { return bytes.CutPrefix(body, []byte(magic)) }

// formOf tells what can be told of a body without knowing what it means.
func formOf(body []byte) Form {
	switch {
	case body == nil:
		return FormNull
	case len(body) == 0:
		return FormEmpty
	case bytes.HasPrefix(body, []byte(magic)):
		return FormPBUF
	case isText(body):
		return FormText
	}
	return FormUnknown
}

// decodePBUF reads a message that HBase writes behind "PBUF" only.
func decodePBUF[T any](body []byte, read func(*T, []byte) error) (T, Form, error) {
	var x T
	pb, ok := protobuf(body)
	switch {
	case len(body) == 0:
		return x, formOf(body), ErrNoPayload
	case !ok:
		return x, FormUnknown, ErrNoMagic
	}
	if err := read(&x, pb); err != nil {
		var zero T
		return zero, FormPBUF, err
	}
	return x, FormPBUF, nil
}
