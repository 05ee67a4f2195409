package auth

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"
)

// digestOf returns the id of a "user:password": the user, and the base64 of
// the SHA-1 of the whole.
func digestOf(userPassword string) string {
	user, _, _ := strings.Cut(userPassword, ":")
	sum := sha1.Sum([]byte(userPassword))
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}

// validDigest reports whether an ACL may hold the id: two parts around a colon.
// As in Java's split, colons at the end do not count.
func validDigest(id string) bool {
	return strings.Count(strings.TrimRight(id, ":"), ":") == 1
}

// javaString decodes UTF-8 as Java does: what is malformed becomes U+FFFD.
func javaString(b []byte) string { return string([]rune(string(b))) }
