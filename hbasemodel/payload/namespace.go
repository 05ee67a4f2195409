package payload

// Namespace is HBase.proto's NamespaceDescriptor: the data of namespace/*, 1.x
// and 2.x, a protobuf without "PBUF" (ZKNamespaceManager).
type Namespace struct {
	Name          string
	Configuration []Pair
	Unknown       []byte
}

// DecodeNamespace reads a body.
func DecodeNamespace(body []byte) (Namespace, Form, error) {
	if len(body) == 0 {
		return Namespace{}, formOf(body), ErrNoPayload
	}
	var n Namespace
	if err := n.read(body); err != nil {
		return Namespace{}, FormUnknown, err
	}
	return n, FormBare, nil
}

func (n *Namespace) read(b []byte) error {
	f := fieldsOf("NamespaceDescriptor", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			n.Name = f.string()
		case 2<<3 | asBytes:
			n.Configuration = f.pair(n.Configuration)
		default:
			f.keep()
		}
	}
	f.need(1, "name")
	n.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (n Namespace) AppendBody(dst []byte) []byte {
	dst = appendString(dst, 1, n.Name)
	for _, p := range n.Configuration {
		dst = appendBytes(dst, 2, appendPair(nil, p))
	}
	return append(dst, n.Unknown...)
}

// Summary implements Message.
func (n Namespace) Summary() string {
	if len(n.Configuration) == 0 {
		return clean(n.Name)
	}
	return clean(n.Name) + ", " + list(n.Configuration, func(p Pair) string { return p.Name + "=" + p.Value })
}
