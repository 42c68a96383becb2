package validation

// encryptionRule notes how the client sent its passwords, and whether it may.
// Raw ones that were not allowed are judged all the same, so that the client
// learns everything at once.
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
