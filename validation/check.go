package validation

import (
	"slices"
	"unicode/utf8"
)

// check is one rule at work: what it may look at and where it reports.
type check struct {
	rules *Rules
	s     *Submission
	row   *row
	value *value
	// element is where the value stands when it is one of a list.
	element *spot
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
		wrong := sayType(record)
		s.add(Violation{Code: wrong.code, Params: wrong.params, Message: wrong.message})
		return
	}
	s.placeAbsent()
	c := check{rules: rules, s: s} // one for all fields, as rules let it escape to the heap
	for i := range s.values {
		c.row, c.value = &s.endpoint.rows[i], &s.values[i]
		c.run()
	}
	s.tellCiphertexts()
	s.checkExtras(rules)
}

// placeAbsent gives every missing value a place for the order of the
// violations: inside the name of the field before it, where nothing else can
// stand.
func (s *Submission) placeAbsent() {
	var last [maxFieldsDepth + 1]int // where the last member stands that is there, by depth
	last[0] = -1
	for i := range s.values {
		v, r := &s.values[i], &s.endpoint.rows[i]
		if r.first && r.depth > 0 {
			last[r.depth] = last[r.depth-1] // the record, which has just been placed
		}
		if v.offset == 0 {
			v.offset = last[r.depth] + 1
		} else {
			last[r.depth] = v.offset
		}
	}
}

func (c *check) run() {
	switch c.value.state {
	case absent:
		c.absent()
	case wrongType:
		c.rejectWith(sayType(c.row.kind))
	case present:
		c.present()
	}
}

// absent reports what is not there and has to be. Within an object, that is only
// where the object is there.
func (c *check) absent() {
	if c.row.parent != none && c.peer(c.row.parent).state != present {
		return
	}
	if c.row.required || c.row.requiredWith != none && c.peer(c.row.requiredWith).state != absent {
		c.reject(Required)
	}
}

func (c *check) present() {
	switch c.row.kind {
	case text:
		c.text()
	case flag, barred:
		c.judge()
	case number:
		c.number(c.value.raw)
	case list:
		c.list()
	case freeform:
		c.s.checkFreeform(c.rules, c.value.raw, spot{c.row.pointer, string(c.row.pointer), c.value.offset})
	}
}

// judge runs the rules of a value.
func (c *check) judge() {
	for _, rule := range c.row.rules {
		rule(c, c.value)
	}
}

func (c *check) text() {
	if c.row.sealed {
		if len(c.value.secret) == 0 {
			c.reject(Required)
		}
		return // its rules wait for the plaintext
	}
	v := c.value
	if hasControl(v.text) {
		c.reject(Characters)
	}
	if v.text == "" && c.row.required {
		c.reject(Required)
		return
	}
	if fault, found := c.row.bounds.lengthFault(utf8.RuneCountInString(v.text)); found {
		c.rejectWith(fault)
		return
	}
	if v.text != "" && len(c.row.oneOf) > 0 && !slices.Contains(c.row.oneOf, v.text) {
		c.rejectWith(sayListed(c.row.oneOf))
		return
	}
	sent := v.text
	c.judge()
	if v.asSent {
		v.text = sent
	}
}

// reject reports a violation that says what it usually does.
func (c *check) reject(code Code) { c.rejectWith(c.rules.usual[code]) }

func (c *check) rejectWith(what saying) {
	c.value.broken = true
	switch {
	case c.relaxed(what):
	case c.element != nil: // of which a list may have thousands
		c.s.refuse(*c.element, what)
	default:
		c.s.add(c.violation(what))
	}
}

func (c *check) violation(what saying) Violation {
	at := spot{c.row.pointer, string(c.row.pointer), c.value.offset}
	if c.element != nil {
		at = *c.element
	}
	return what.at(at)
}

func (s *Submission) add(v Violation) {
	s.violations = append(s.violations, v)
}

// peer returns a neighbour that a rule looks at.
func (c *check) peer(row int) *value { return &c.s.values[row] }

// usable reports whether a value is there and has passed its own rules so far.
func (v *value) usable() bool { return v.state == present && !v.broken }
