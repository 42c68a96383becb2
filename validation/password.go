package validation

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// passwordRule judges the plaintext: its length, the kinds of characters it
// must have, and how much of it is not common, patterned or personal.
func passwordRule(c *check, v *value) {
	password := v.secret
	short := utf8.RuneCount(password) < c.rules.policy.PasswordMin
	if short {
		c.reject(PasswordTooShort)
	}
	if len(password) > passwordMaxBytes {
		c.reject(PasswordTooLong)
	}
	for _, class := range passwordClasses {
		if !bytes.ContainsFunc(password, class.has) {
			c.reject(class.code)
		}
	}
	c.guessable(password, short)
}

// passwordSpecials are the special characters (contract, section 3).
const passwordSpecials = "!@#$%^&*"

// passwordClasses are the kinds of characters of which a password has at least
// one each.
var passwordClasses = []struct {
	code Code
	has  func(rune) bool
}{
	{PasswordUppercase, func(r rune) bool { return 'A' <= r && r <= 'Z' }},
	{PasswordLowercase, func(r rune) bool { return 'a' <= r && r <= 'z' }},
	{PasswordDigit, func(r rune) bool { return '0' <= r && r <= '9' }},
	{PasswordSpecial, func(r rune) bool { return r < utf8.RuneSelf && strings.IndexByte(passwordSpecials, byte(r)) >= 0 }},
}

// guessable reports a password that is not worth enough points. One that is
// merely short, without any pattern, has been told so already.
func (c *check) guessable(password []byte, short bool) {
	verdict := c.rules.scorer.Judge(password, c.s.personal())
	if verdict.Enough || short && len(verdict.Kinds) == 0 {
		return
	}
	code := PasswordCommon
	if verdict.Personal {
		code = PasswordPersonal
	}
	c.rejectWith(sayGuessable(code, verdict.Kinds))
}
