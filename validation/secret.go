package validation

import (
	"unicode"
	"unicode/utf8"
)

// Ciphertexts returns what the client sent encrypted in its sealed fields, for the
// caller to decrypt. Hand the plaintexts to [Submission.Unseal] in the same order.
func (s *Submission) Ciphertexts() [][]byte {
	var texts [][]byte
	for i := range s.values {
		if s.sealed(i) && s.values[i].cipher {
			texts = append(texts, s.values[i].secret)
		}
	}
	return texts
}

// Unseal takes the plaintexts of what [Submission.Ciphertexts] returned, nil
// for each that could not be decrypted. They belong to the submission now.
func (s *Submission) Unseal(plaintexts [][]byte) {
	s.unsealed = true
	for i := range s.values {
		if len(plaintexts) == 0 {
			return
		}
		if s.sealed(i) && s.values[i].cipher {
			s.values[i].secret = plaintexts[0]
			plaintexts = plaintexts[1:]
		}
	}
}

// tellCiphertexts notes which of the sealed values came encrypted. Where nothing is
// said of it and need not be, those of a ciphertext's form did, and any other is raw.
func (s *Submission) tellCiphertexts() {
	flag := s.endpoint.encrypted
	if flag == none || s.values[flag].state == absent && !s.endpoint.rows[flag].required {
		s.encryption = evident
	}
	for i := range s.values {
		if !s.sealed(i) {
			continue
		}
		v := &s.values[i]
		switch s.encryption {
		case encrypted:
			v.cipher = true
		case evident:
			v.cipher = s.facts.IsCiphertext != nil && s.facts.IsCiphertext(v.secret)
			if !v.cipher && !s.facts.PlaintextAllowed {
				s.refuseRaw(i)
			}
		}
	}
}

// refuseRaw reports a raw secret that this client may not send, whose rules have
// their say all the same.
func (s *Submission) refuseRaw(i int) {
	c := check{rules: s.rules, s: s, row: &s.endpoint.rows[i], value: &s.values[i]}
	c.rejectWith(sayRawSecret)
	c.value.broken = false
}

// sealed reports whether field i holds a secret that its rule can judge.
func (s *Submission) sealed(i int) bool {
	return s.endpoint.rows[i].sealed && s.values[i].usable()
}

// CheckSecrets runs the rules of the sealed fields, on the plaintexts, after
// [Submission.Check]. Without a valid payloadEncrypted nobody can tell what they
// are, so none runs.
func (s *Submission) CheckSecrets() {
	s.complete = true
	if s.encryption == unstated {
		return
	}
	c := check{rules: s.rules, s: s}
	for i := range s.values {
		if !s.sealed(i) {
			continue
		}
		c.row, c.value = &s.endpoint.rows[i], &s.values[i]
		if c.value.cipher && !s.unsealed || !Readable(c.value.secret) {
			c.reject(PasswordUndecryptable)
			continue
		}
		c.value.opened = true
		if len(c.value.secret) == 0 {
			c.reject(Required)
			continue
		}
		c.secret()
	}
}

// secret judges a plaintext.
func (c *check) secret() {
	if fault, found := c.row.bounds.lengthFault(utf8.RuneCount(c.value.secret)); found {
		c.rejectWith(fault)
		return
	}
	c.judge()
}

// Readable reports whether bytes can be a password: UTF-8 without control
// characters (contract, section 2). Nil is not. It makes no copy that would
// have to be wiped.
func Readable(password []byte) bool {
	for rest := password; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) {
			return false
		}
		rest = rest[size:]
	}
	return password != nil
}
