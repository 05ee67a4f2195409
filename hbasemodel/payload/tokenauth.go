package payload

// Secret stands for the data of tokenauth/keys/*: an AuthenticationKey as a
// Hadoop Writable, which signs tokens (ZKSecretWatcher). It is never decoded.
type Secret struct {
	// Length is the size of the body in bytes.
	Length int
}

// Redact gives a Secret for a body.
func Redact(body []byte) (Secret, Form, error) {
	if len(body) == 0 {
		return Secret{}, formOf(body), nil
	}
	return Secret{Length: len(body)}, FormWritable, nil
}

// Summary implements Message.
func (s Secret) Summary() string { return countOf(s.Length, "byte", "bytes") + ", a secret" }

// KeyMaster is the data of tokenauth/keymaster, the raw identifier of the
// server that rolls the token keys (ZKLeaderManager).
type KeyMaster struct {
	// ID is a server name wherever HBase made it.
	ID string
}

// DecodeKeyMaster reads a body.
func DecodeKeyMaster(body []byte) (KeyMaster, Form, error) {
	switch {
	case len(body) == 0:
		return KeyMaster{}, formOf(body), ErrNoPayload
	case !isText(body):
		return KeyMaster{}, FormUnknown, ErrMalformed
	}
	return KeyMaster{ID: string(body)}, FormRaw, nil
}

// Summary implements Message.
func (k KeyMaster) Summary() string { return clean(k.ID) }
