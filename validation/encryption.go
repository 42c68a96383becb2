package validation

import "errors"

// makeEncryptionRule notes how the client sent its secrets, and whether it may.
// Raw ones that were not allowed are judged all the same, so that the client
// learns everything at once.
func makeEncryptionRule(at place, _ []string) (rule, error) {
	if !at.endpoint.HasSealed() {
		return nil, errors.New("nothing in this table is sealed, so there is nothing that could be encrypted")
	}
	return encryptionRule, nil
}

func encryptionRule(c *check, v *value) {
	if v.flag {
		c.s.encryption = encrypted
		v.flag = false // for the upstream, they no longer are
		return
	}
	c.s.encryption = plaintext
	if !c.s.facts.PlaintextAllowed {
		c.reject(PlaintextNotAllowed)
	}
}
