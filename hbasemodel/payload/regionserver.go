package payload

// RegionServerInfo is HBase.proto's RegionServerInfo: the data of rs/*, 1.x to
// 3.x (HRegionServer.createMyEphemeralNode).
type RegionServerInfo struct {
	// InfoPort is the port of the web UI; 0 or -1 where there is none.
	InfoPort int32
	// Version is nil where the server did not say.
	Version *VersionInfo
	Unknown []byte
}

// VersionInfo is HBase.proto's VersionInfo: the build that a server runs. Dates
// are as the build machine printed them, in its own language.
type VersionInfo struct {
	Version, URL, Revision, User, Date, Checksum string
	// Major and Minor are 0 where the server did not say.
	Major, Minor uint32
	Unknown      []byte
}

// DecodeRegionServerInfo reads a body.
func DecodeRegionServerInfo(body []byte) (RegionServerInfo, Form, error) {
	return decodePBUF(body, (*RegionServerInfo).read)
}

func (r *RegionServerInfo) read(b []byte) error {
	f := fieldsOf("RegionServerInfo", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asVarint:
			r.InfoPort = int32(f.varint())
		case 2<<3 | asBytes:
			r.Version = new(VersionInfo)
			f.nested(r.Version.read(f.bytes()))
		default:
			f.keep()
		}
	}
	r.Unknown = f.unknown
	return f.err
}

func (v *VersionInfo) read(b []byte) error {
	f := fieldsOf("VersionInfo", b)
	for f.next() {
		switch f.tag {
		case 1<<3 | asBytes:
			v.Version = f.string()
		case 2<<3 | asBytes:
			v.URL = f.string()
		case 3<<3 | asBytes:
			v.Revision = f.string()
		case 4<<3 | asBytes:
			v.User = f.string()
		case 5<<3 | asBytes:
			v.Date = f.string()
		case 6<<3 | asBytes:
			v.Checksum = f.string()
		case 7<<3 | asVarint:
			v.Major = uint32(f.varint())
		case 8<<3 | asVarint:
			v.Minor = uint32(f.varint())
		default:
			f.keep()
		}
	}
	f.need(1, "version")
	f.need(2, "url")
	f.need(3, "revision")
	f.need(4, "user")
	f.need(5, "date")
	f.need(6, "src_checksum")
	v.Unknown = f.unknown
	return f.err
}

// AppendBody implements Encodable.
func (r RegionServerInfo) AppendBody(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = appendVarint(dst, 1, uint64(int64(r.InfoPort)))
	if r.Version != nil {
		dst = appendBytes(dst, 2, r.Version.append(nil))
	}
	return append(dst, r.Unknown...)
}

func (v *VersionInfo) append(dst []byte) []byte {
	dst = appendString(dst, 1, v.Version)
	dst = appendString(dst, 2, v.URL)
	dst = appendString(dst, 3, v.Revision)
	dst = appendString(dst, 4, v.User)
	dst = appendString(dst, 5, v.Date)
	dst = appendString(dst, 6, v.Checksum)
	if v.Major != 0 || v.Minor != 0 {
		dst = appendVarint(dst, 7, uint64(v.Major))
		dst = appendVarint(dst, 8, uint64(v.Minor))
	}
	return append(dst, v.Unknown...)
}

// Summary implements Message.
func (r RegionServerInfo) Summary() string {
	if r.Version == nil {
		return infoPort(r.InfoPort)
	}
	return infoPort(r.InfoPort) + ", HBase " + clean(r.Version.Version)
}
