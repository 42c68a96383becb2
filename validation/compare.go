package validation

import "crypto/subtle"

// makeSameAsRule wants the same value twice, and takes the same time wherever
// secrets differ.
func makeSameAsRule(at place, arguments []string) (rule, error) {
	other, err := at.compared(arguments[0])
	if err != nil {
		return nil, err
	}
	code := Mismatch
	if at.judgedBy(other, "password") {
		code = PasswordMismatch
	}
	differs := say(code, "", Param{paramField, arguments[0]})
	return func(c *check, v *value) {
		if same, comparable := v.equals(c.peer(other)); comparable && !same {
			c.rejectWith(differs)
		}
	}, nil
}

// makeDiffersFromRule wants another value than the other field's.
func makeDiffersFromRule(at place, arguments []string) (rule, error) {
	other, err := at.compared(arguments[0])
	if err != nil {
		return nil, err
	}
	code := Unchanged
	if _, found := at.field.Rule("password"); found {
		code = PasswordUnchanged
	}
	isSame := say(code, "", Param{paramField, arguments[0]})
	return func(c *check, v *value) {
		if same, comparable := v.equals(c.peer(other)); comparable && same {
			c.rejectWith(isSame)
		}
	}, nil
}

// equals compares two texts, both open or both sealed. A secret that could not be
// read, or an absent text, is comparable with nothing.
func (v *value) equals(other *value) (same, comparable bool) {
	if v.opened {
		return subtle.ConstantTimeCompare(v.secret, other.secret) == 1, other.opened
	}
	return v.text == other.text, other.state == present
}
