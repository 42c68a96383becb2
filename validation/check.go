package validation

import (
	"slices"
	"unicode/utf8"
)

// check is one rule at work: what it may look at and where it reports.
type check struct {
	rules *Rules
	s     *Submission
	field *field
	value *value
}

// Check runs every rule that needs no secret: types, presence, lengths,
// listed values and the rules of all fields that are not sealed. It panics when
// the rules are those of another endpoint: their AllowFields may name members of
// this one.
func (s *Submission) Check(rules *Rules, facts Facts) {
	if rules.policy.Endpoint != s.endpoint {
		panic("validation: the rules of another endpoint")
	}
	s.rules, s.facts = rules, facts
	if s.notObject {
		s.add(Violation{Code: WrongType, Message: typeMessage(record)})
		return
	}
	s.placeAbsent()
	c := check{rules: rules, s: s} // one for all fields, as rules let it escape to the heap
	for i := range s.values {
		c.field, c.value = &s.endpoint.fields[i], &s.values[i]
		c.run()
	}
	s.checkExtras(rules)
}

// placeAbsent gives every missing value a place for the order of the
// violations: inside the name of the field before it, where nothing else can
// stand.
func (s *Submission) placeAbsent() {
	last := -1
	for i := range s.values {
		if v := &s.values[i]; v.offset == 0 {
			v.offset = last + 1
		} else if s.endpoint.fields[i].parent < 0 {
			last = v.offset
		}
	}
}

func (c *check) run() {
	switch c.value.state {
	case absent:
		if c.field.required || c.field.requiredWith != "" && c.peer(c.field.requiredWith).state != absent {
			c.reject(Required)
		}
		return
	case wrongType:
		c.rejectWith(WrongType, typeMessage(c.field.kind))
		return
	}
	switch c.field.kind {
	case text:
		c.text()
	case flag, barred:
		c.field.rule(c, c.value)
	case freeform:
		c.s.checkFreeform(c.rules, c.value.raw, spot{c.field.pointer, string(c.field.pointer), c.value.offset})
	}
}

func (c *check) text() {
	if c.field.sealed {
		if len(c.value.secret) == 0 {
			c.reject(Required)
		}
		return // its rule waits for the plaintext
	}
	v := c.value
	if hasControl(v.text) {
		c.reject(Characters)
	}
	switch {
	case v.text == "":
		if c.field.required {
			c.reject(Required)
			return
		}
	case c.field.maxLength > 0 && utf8.RuneCountInString(v.text) > c.field.maxLength:
		c.rejectWith(TooLong, lengthMessage(c.field.maxLength))
		return
	case len(c.field.oneOf) > 0 && !slices.Contains(c.field.oneOf, v.text):
		c.rejectWith(NotListed, listMessage(c.field.oneOf))
		return
	}
	if c.field.rule != nil {
		c.field.rule(c, v)
	}
}

// reject reports a violation with its usual message.
func (c *check) reject(code Code) {
	c.rejectWith(code, c.rules.messages[code])
}

func (c *check) rejectWith(code Code, message string) {
	c.value.broken = true
	c.s.add(Violation{
		Pointer: c.field.pointer,
		Code:    code,
		Message: message,
		place:   string(c.field.pointer),
		offset:  c.value.offset,
	})
}

func (s *Submission) add(v Violation) {
	s.violations = append(s.violations, v)
}

// peer returns a top-level neighbour that a rule looks at.
func (c *check) peer(name string) *value { return c.s.member(name) }

// usable reports whether a value is there and has passed its own rules so far.
func (v *value) usable() bool { return v.state == present && !v.broken }
