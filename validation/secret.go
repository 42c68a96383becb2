package validation

import (
	"unicode"
	"unicode/utf8"
)

// Ciphertexts returns what the client sent in its sealed fields, for the
// caller to decrypt: nothing when they are not said to be encrypted. Hand the
// plaintexts to [Submission.Unseal] in the same order.
func (s *Submission) Ciphertexts() [][]byte {
	if s.encryption != encrypted {
		return nil
	}
	var texts [][]byte
	for i := range s.values {
		if s.sealed(i) {
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
		if s.sealed(i) {
			s.values[i].secret = plaintexts[0]
			plaintexts = plaintexts[1:]
		}
	}
}

// sealed reports whether field i holds a secret that its rule can judge.
func (s *Submission) sealed(i int) bool {
	return s.endpoint.fields[i].sealed && s.values[i].usable()
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
		c.field, c.value = &s.endpoint.fields[i], &s.values[i]
		if s.encryption == encrypted && !s.unsealed || !Readable(c.value.secret) {
			c.reject(PasswordUndecryptable)
			continue
		}
		c.value.opened = true
		if len(c.value.secret) == 0 {
			c.reject(Required)
			continue
		}
		c.field.rule(&c, c.value)
	}
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
