package payload

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// NoStartCode stands where a server's start is not known.
const NoStartCode = -1

// ServerName is one incarnation of a server: HBase.proto's ServerName and the
// class org.apache.hadoop.hbase.ServerName, alike in 1.x to 3.x. It is
// comparable; the zero value is no server.
type ServerName struct {
	// Host is a name or an address (hbase.server.useip.enabled), never empty
	// in a server that was parsed or decoded.
	Host string
	// Port is the port of its RPC.
	Port uint16
	// StartCode is when the process started, in milliseconds since the Unix
	// epoch, or NoStartCode.
	StartCode int64
}

// ParseServerName reads the form that HBase gives znodes as a name:
// host,port,startcode, in decimal without leading zeros. The host is a name of
// letters, digits, '.', '-' and '_', or an IP address. The error matches
// ErrServerName.
func ParseServerName(s string) (ServerName, error) {
	host, rest, ok1 := strings.Cut(s, ",")
	port, start, ok2 := strings.Cut(rest, ",")
	if !ok1 || !ok2 {
		return ServerName{}, fmt.Errorf("%w: %q is not host,port,startcode", ErrServerName, clean(s))
	}
	if !isHost(host) {
		return ServerName{}, fmt.Errorf("%w: host %q", ErrServerName, clean(host))
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil || hasLeadingZero(port) {
		return ServerName{}, fmt.Errorf("%w: port %q", ErrServerName, clean(port))
	}
	c, err := strconv.ParseUint(start, 10, 63)
	if err != nil || hasLeadingZero(start) {
		return ServerName{}, fmt.Errorf("%w: start code %q", ErrServerName, clean(start))
	}
	return ServerName{Host: host, Port: uint16(p), StartCode: int64(c)}, nil
}

// ParseEscapedServerName reads a server name as it stands in the names of WALs:
// host%2Cport%2Cstartcode.
func ParseEscapedServerName(s string) (ServerName, error) {
	plain, err := url.PathUnescape(s)
	if err != nil {
		return ServerName{}, fmt.Errorf("%w: %q is not URL-escaped", ErrServerName, clean(s))
	}
	return ParseServerName(plain)
}

func hasLeadingZero(s string) bool { return len(s) > 1 && s[0] == '0' }

func isHost(s string) bool {
	if strings.Contains(s, ":") {
		if b, ok := strings.CutPrefix(s, "["); ok {
			s, ok = strings.CutSuffix(b, "]")
			if !ok {
				return false
			}
		}
		_, err := netip.ParseAddr(s)
		return err == nil
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// String gives host,port,startcode, "" for the zero value.
func (s ServerName) String() string {
	if s == (ServerName{}) {
		return ""
	}
	return s.Host + "," + strconv.Itoa(int(s.Port)) + "," + strconv.FormatInt(s.StartCode, 10)
}

// MarshalText gives the same as String.
func (s ServerName) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Escaped gives the name as it stands in the names of WALs.
func (s ServerName) Escaped() string { return url.QueryEscape(s.String()) }

// Address gives host:port, with an IPv6 address in brackets.
func (s ServerName) Address() string {
	host := strings.TrimSuffix(strings.TrimPrefix(s.Host, "["), "]")
	return net.JoinHostPort(host, strconv.Itoa(int(s.Port)))
}

// StartTime gives the time of the start code, the zero time where there is none.
func (s ServerName) StartTime() time.Time {
	if s.StartCode < 0 || s == (ServerName{}) {
		return time.Time{}
	}
	return time.UnixMilli(s.StartCode)
}

// SameAddress says that o is another incarnation of the same server, or this
// one (ServerName.isSameAddress).
func (s ServerName) SameAddress(o ServerName) bool {
	return s.Port == o.Port && strings.EqualFold(s.Host, o.Host)
}

// server reads the current field into s.
func (f *fields) server(s *ServerName) {
	if s.Host == "" {
		s.StartCode = NoStartCode
	}
	in := fieldsOf("ServerName", f.bytes())
	for in.next() {
		switch in.tag {
		case 1<<3 | asBytes:
			s.Host = in.string()
		case 2<<3 | asVarint:
			port := uint32(in.varint())
			if port > math.MaxUint16 {
				in.fail(fmt.Errorf("port %d", port))
			}
			s.Port = uint16(port)
		case 3<<3 | asVarint:
			s.StartCode = in.millis()
		default:
			in.keep()
		}
	}
	// An empty host is no server's. The second half of a merge has none.
	if s.Host == "" && in.err == nil {
		in.missing(1, "host_name")
	}
	f.nested(in.err)
	f.keepInside(in.unknown)
}

func appendServer(dst []byte, num protowire.Number, s ServerName) []byte {
	b := make([]byte, 0, 64)
	b = appendString(b, 1, s.Host)
	b = appendVarint(b, 2, uint64(s.Port))
	if s.StartCode >= 0 {
		b = appendVarint(b, 3, uint64(s.StartCode))
	}
	return appendBytes(dst, num, b)
}

// legacyServer reads what HBase wrote before protobuf: a server name, behind
// two zero bytes of a version or not, or host:port without a start code
// (ProtobufUtil.parseServerNameFrom, ServerName.parseVersionedServerName).
func legacyServer(body []byte) (ServerName, error) {
	text := string(body)
	if versioned, ok := strings.CutPrefix(text, "\x00\x00"); ok {
		return ParseServerName(versioned)
	}
	if strings.Contains(text, ",") {
		return ParseServerName(text)
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil || !isHost(host) {
		return ServerName{}, fmt.Errorf("%w: %w: %q", ErrNoMagic, ErrServerName, clean(text))
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return ServerName{}, fmt.Errorf("%w: %w: port %q", ErrNoMagic, ErrServerName, clean(port))
	}
	return ServerName{Host: host, Port: uint16(p), StartCode: NoStartCode}, nil
}
