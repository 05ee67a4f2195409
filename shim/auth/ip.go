package auth

import (
	"net/netip"
	"strconv"
	"strings"
)

// javaAddr writes an address as Java's getHostAddress does: IPv6 in full,
// IPv4 also where it came as IPv6.
func javaAddr(a netip.Addr) string {
	if a = a.Unmap(); !a.Is6() {
		return a.String()
	}
	raw := a.As16()
	s := make([]byte, 0, 48)
	for i := 0; i < len(raw); i += 2 {
		if i > 0 {
			s = append(s, ':')
		}
		s = strconv.AppendUint(s, uint64(raw[i])<<8|uint64(raw[i+1]), 16)
	}
	if zone := a.Zone(); zone != "" {
		s = append(append(s, '%'), zone...)
	}
	return string(s)
}

// ipAddr is an address of size bytes, 4 or 16.
type ipAddr struct {
	bytes [16]byte
	size  int
}

// mask clears all but the first bits.
func (a *ipAddr) mask(bits int) {
	for i := bits / 8; i < a.size; i++ {
		if keep := bits - 8*i; keep > 0 {
			a.bytes[i] &= ^byte(0xff >> keep)
		} else {
			a.bytes[i] = 0
		}
	}
}

// validIP reports whether an ACL may hold the expression: an address, or one
// with a slash and the number of its bits that count.
func validIP(expr string) bool {
	_, _, ok := parseIPExpr(expr)
	return ok
}

// matchIP reports whether the client's address matches an ACL's expression.
func matchIP(client, expr string) bool {
	want, bits, ok := parseIPExpr(expr)
	if !ok {
		return false
	}
	have, ok := parseIP(client)
	if !ok {
		return false
	}
	want.mask(bits)
	have.mask(bits)
	return have == want
}

func parseIPExpr(expr string) (a ipAddr, bits int, ok bool) {
	addr, prefix, hasPrefix := strings.Cut(expr, "/")
	a, ok = parseIP(addr)
	if !ok || !hasPrefix {
		return a, 8 * a.size, ok
	}
	bits, err := strconv.Atoi(prefix)
	return a, bits, err == nil && bits >= 0 && bits <= 8*a.size
}

// parseIP reads what Java's Integer.parseInt does: a sign and leading zeros are
// fine. An IPv6 address cannot end with an IPv4 one.
func parseIP(s string) (ipAddr, bool) {
	if strings.Contains(s, ":") {
		return parseV6(s)
	}
	return parseV4(s)
}

func parseV4(s string) (a ipAddr, ok bool) {
	parts := strings.Split(s, ".")
	a.size = 4
	if len(parts) != a.size {
		return a, false
	}
	for i, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || v < 0 || v > 255 {
			return a, false
		}
		a.bytes[i] = byte(v)
	}
	return a, true
}

func parseV6(s string) (a ipAddr, ok bool) {
	const segments = 8
	a.size = 16
	parts := strings.Split(s, "::")
	if len(parts) > 2 {
		return a, false
	}
	var head, tail []string
	if parts[0] != "" {
		head = strings.Split(parts[0], ":")
	}
	if len(parts) == 2 && parts[1] != "" {
		tail = strings.Split(parts[1], ":")
	}
	if n := len(head) + len(tail); len(parts) == 1 && n != segments || len(parts) == 2 && n >= segments {
		return a, false
	}
	ok = a.put(0, head) && a.put(a.size-2*len(tail), tail)
	return a, ok
}

// put writes hexadecimal segments from byte i on.
func (a *ipAddr) put(i int, segments []string) bool {
	for _, segment := range segments {
		v, err := strconv.ParseInt(segment, 16, 32)
		if err != nil || len(segment) > 4 {
			return false
		}
		a.bytes[i], a.bytes[i+1] = byte(v>>8), byte(v)
		i += 2
	}
	return true
}
