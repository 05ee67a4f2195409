package payload

import "strings"

// Permissions is AccessControl.proto's UsersAndPermissions: the data of
// acl/TABLE, acl/@NAMESPACE and acl/hbase:acl (global), 1.x to 3.x with the
// AccessController (ZKPermissionWatcher, PermissionStorage).
type Permissions struct {
	Users   []UserPermissions
	Unknown []byte
}

// UserPermissions are one user's, or a group's, whose name starts with '@'.
type UserPermissions struct {
	User    string
	Grants  []Grant
	Unknown []byte
}

// Grant is Permission with the one of GlobalPermission, NamespacePermission and
// TablePermission that its scope names.
type Grant struct {
	Scope     GrantScope
	Namespace string
	// Table is the zero value, Family and Qualifier are empty, where the
	// grant does not name them.
	Table             TableName
	Family, Qualifier string
	Actions           []Action
	Unknown           []byte
}

// DecodePermissions reads a body. HBase makes the znode empty, then fills it.
func DecodePermissions(body []byte) (Permissions, Form, error) {
	if len(body) == 0 {
		return Permissions{}, formOf(body), nil
	}
	return decodePBUF(body, (*Permissions).read)
}

func (p *Permissions) read(b []byte) error {
	f := fieldsOf("UsersAndPermissions", b)
	for f.next() {
		if f.tag == 1<<3|asBytes {
			var u UserPermissions
			f.nested(u.read(f.bytes()))
			p.Users = append(p.Users, u)
		} else {
			f.keep()
		}
	}
	p.Unknown = f.unknown
	return f.err
}

func (u *UserPermissions) read(b []byte) error {
	f := fieldsOf("UserPermissions", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			u.User = f.string()
		case 2<<3 | asBytes:
			var g Grant
			f.nested(g.read(f.bytes()))
			u.Grants = append(u.Grants, g)
		default:
			f.keep()
		}
	}
	f.need(1, "user")
	u.Unknown = f.unknown
	return f.err
}

func (g *Grant) read(b []byte) error {
	f := fieldsOf("Permission", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asVarint:
			g.Scope = GrantScope(f.varint())
		case 2<<3 | asBytes:
			f.global(g)
		case 3<<3 | asBytes:
			f.onNamespace(g)
		case 4<<3 | asBytes:
			f.onTable(g)
		default:
			f.keep()
		}
	}
	f.need(1, "type")
	g.Unknown = f.unknown
	return f.err
}

func (f *fields) global(g *Grant) {
	in := fieldsOf("GlobalPermission", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asVarint, 1<<3 | asBytes:
			g.Actions = appendInts(&in, g.Actions)
		default:
			in.keep()
		}
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
}

func (f *fields) onNamespace(g *Grant) {
	in := fieldsOf("NamespacePermission", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			g.Namespace = in.string()
		case 2<<3 | asVarint, 2<<3 | asBytes:
			g.Actions = appendInts(&in, g.Actions)
		default:
			in.keep()
		}
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
}

func (f *fields) onTable(g *Grant) {
	in := fieldsOf("TablePermission", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			in.table(&g.Table)
		case 2<<3 | asBytes:
			g.Family = in.string()
		case 3<<3 | asBytes:
			g.Qualifier = in.string()
		case 4<<3 | asVarint, 4<<3 | asBytes:
			g.Actions = appendInts(&in, g.Actions)
		default:
			in.keep()
		}
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
}

// Summary implements Message.
func (p Permissions) Summary() string {
	if len(p.Users) == 0 {
		return "nobody"
	}
	return list(p.Users, func(u UserPermissions) string {
		return u.User + " " + list(u.Grants, Grant.letters)
	})
}

// letters gives the actions as HBase's shell does: RWXCA.
func (g Grant) letters() string {
	const letters = "RWXCA"
	var s strings.Builder
	for _, a := range g.Actions {
		if a >= 0 && int(a) < len(letters) {
			s.WriteByte(letters[a])
		} else {
			s.WriteString("(" + a.String() + ")")
		}
	}
	return s.String()
}

// GrantScope is Permission.Type; unlisted numbers stay as they are.
type GrantScope int32

// The scopes.
const (
	GrantGlobal GrantScope = 1 + iota
	GrantNamespace
	GrantTable
)

var grantScopeNames = []string{1: "Global", 2: "Namespace", 3: "Table"}

func (s GrantScope) String() string { return enumName(grantScopeNames, int32(s)) }

// MarshalText gives the name.
func (s GrantScope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Action is Permission.Action; unlisted numbers stay as they are.
type Action int32

// The actions.
const (
	ActionRead Action = iota
	ActionWrite
	ActionExec
	ActionCreate
	ActionAdmin
)

var actionNames = []string{"READ", "WRITE", "EXEC", "CREATE", "ADMIN"}

func (a Action) String() string { return enumName(actionNames, int32(a)) }

// MarshalText gives the name.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
