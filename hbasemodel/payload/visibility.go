package payload

import "fmt"

// VisibilityLabels is VisibilityLabels.proto's VisibilityLabelsRequest: the
// data of visibility/labels, 1.x to 3.x with the VisibilityController.
type VisibilityLabels struct {
	Labels  []Label
	Unknown []byte
}

// Label is VisibilityLabel. Users' authorizations name it by its ordinal.
type Label struct {
	Label   string
	Ordinal uint32
}

// DecodeVisibilityLabels reads a body. HBase makes the znode empty.
func DecodeVisibilityLabels(body []byte) (VisibilityLabels, Form, error) {
	if len(body) == 0 {
		return VisibilityLabels{}, formOf(body), nil
	}
	return decodePBUF(body, (*VisibilityLabels).read)
}

func (v *VisibilityLabels) read(b []byte) error {
	f := fieldsOf("VisibilityLabelsRequest", b)
	for f.next() {
		if f.tag == 1<<3|asBytes {
			v.Labels = append(v.Labels, f.label())
		} else {
			f.keep()
		}
	}
	v.Unknown = f.unknown
	return f.err
}

func (f *fields) label() (l Label) {
	in := fieldsOf("VisibilityLabel", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			l.Label = in.string()
		case 2<<3 | asVarint:
			l.Ordinal = uint32(in.varint())
		default:
			in.keep()
		}
	}
	in.need(1, "label")
	f.nested(in.err)
	f.keepInside(in.unknown)
	return l
}

// Summary implements Message.
func (v VisibilityLabels) Summary() string {
	if len(v.Labels) == 0 {
		return "none"
	}
	return list(v.Labels, func(l Label) string { return l.Label })
}

// Authorizations is MultiUserAuthorizations: the data of visibility/user_auths.
type Authorizations struct {
	Users   []UserAuthorizations
	Unknown []byte
}

// UserAuthorizations are the ordinals of the labels that one user may see.
type UserAuthorizations struct {
	User   string
	Labels []uint32
}

// DecodeAuthorizations reads a body. HBase makes the znode empty.
func DecodeAuthorizations(body []byte) (Authorizations, Form, error) {
	if len(body) == 0 {
		return Authorizations{}, formOf(body), nil
	}
	return decodePBUF(body, (*Authorizations).read)
}

func (a *Authorizations) read(b []byte) error {
	f := fieldsOf("MultiUserAuthorizations", b)
	for f.next() {
		if f.tag == 1<<3|asBytes {
			a.Users = append(a.Users, f.userAuthorizations())
		} else {
			f.keep()
		}
	}
	a.Unknown = f.unknown
	return f.err
}

func (f *fields) userAuthorizations() (u UserAuthorizations) {
	in := fieldsOf("UserAuthorizations", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			u.User = in.string()
		case 2<<3 | asVarint, 2<<3 | asBytes:
			u.Labels = appendInts(&in, u.Labels)
		default:
			in.keep()
		}
	}
	in.need(1, "user")
	f.nested(in.err)
	f.keepInside(in.unknown)
	return u
}

// Summary implements Message.
func (a Authorizations) Summary() string {
	if len(a.Users) == 0 {
		return "none"
	}
	return list(a.Users, func(u UserAuthorizations) string { return fmt.Sprintf("%s %d", u.User, u.Labels) })
}
