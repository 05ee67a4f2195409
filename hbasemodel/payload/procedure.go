package payload

import "fmt"

// ProcedureBytes is what a procedure's coordinator hands its members in
// flush-table-proc/acquired/* and rolllog-proc/acquired/*, and what a member
// answers in */reached/PROC/*: bytes behind "PBUF" that only that procedure
// knows, for a flush the column families (ZKProcedureCoordinator,
// ZKProcedureMemberRpcs).
type ProcedureBytes struct{ Data []byte }

// DecodeProcedureBytes reads a body.
func DecodeProcedureBytes(body []byte) (ProcedureBytes, Form, error) {
	data, ok := protobuf(body)
	switch {
	case len(body) == 0:
		return ProcedureBytes{}, formOf(body), nil
	case !ok:
		return ProcedureBytes{}, FormUnknown, ErrNoMagic
	}
	return ProcedureBytes{Data: append([]byte{}, data...)}, FormPBUF, nil
}

// Summary implements Message.
func (p ProcedureBytes) Summary() string {
	switch {
	case len(p.Data) == 0:
		return "nothing more to say"
	case isText(p.Data):
		return `"` + clean(string(p.Data)) + `"`
	}
	return countOf(len(p.Data), "byte", "bytes")
}

// ForeignException is ErrorHandling.proto's ForeignExceptionMessage with its
// GenericExceptionMessage: the data of */abort/*, why a procedure was aborted.
type ForeignException struct {
	// Source is the server that failed.
	Source         string
	Class, Message string
	Info           []byte
	Trace          []StackElement
	Unknown        []byte
}

// StackElement is StackTraceElementMessage.
type StackElement struct {
	Class, Method, File string
	Line                int32
}

func (s StackElement) String() string {
	return fmt.Sprintf("%s.%s(%s:%d)", s.Class, s.Method, s.File, s.Line)
}

// DecodeForeignException reads a body. An abort without bytes gives no reason.
func DecodeForeignException(body []byte) (ForeignException, Form, error) {
	if len(body) == 0 {
		return ForeignException{}, formOf(body), nil
	}
	return decodePBUF(body, (*ForeignException).read)
}

func (e *ForeignException) read(b []byte) error {
	f := fieldsOf("ForeignExceptionMessage", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			e.Source = f.string()
		case 2<<3 | asBytes:
			f.exception(e)
		default:
			f.keep()
		}
	}
	e.Unknown = f.unknown
	return f.err
}

func (f *fields) exception(e *ForeignException) {
	in := fieldsOf("GenericExceptionMessage", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			e.Class = in.string()
		case 2<<3 | asBytes:
			e.Message = in.string()
		case 3<<3 | asBytes:
			e.Info = in.copied()
		case 4<<3 | asBytes:
			e.Trace = append(e.Trace, in.stackElement())
		default:
			in.keep()
		}
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
}

func (f *fields) stackElement() (s StackElement) {
	in := fieldsOf("StackTraceElementMessage", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			s.Class = in.string()
		case 2<<3 | asBytes:
			s.Method = in.string()
		case 3<<3 | asBytes:
			s.File = in.string()
		case 4<<3 | asVarint:
			s.Line = int32(in.varint())
		default:
			in.keep()
		}
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
	return s
}

// Summary implements Message.
func (e ForeignException) Summary() string {
	if e.Source == "" && e.Class == "" && e.Message == "" {
		return "no reason given"
	}
	return fmt.Sprintf("by %s: %s: %s", clean(e.Source), clean(e.Class), clean(e.Message))
}
