package validation

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// What one answer lists of unknown members and free-form values is bounded: a
// body has room for thousands of faults, each under a pointer nearly as long as
// the body, and a client that sends so many needs no complete list.
const (
	maxForeign         = 100
	maxForeignPointers = 64 << 10 // bytes
)

// tally counts what was reported of unknown members and free-form values.
type tally struct {
	violations, pointers int
}

// full reports whether the answer lists enough: at least one violation.
func (t tally) full() bool {
	return t.violations >= maxForeign || t.pointers > maxForeignPointers
}

// checkExtras reports the members that the contract does not know and the
// policy does not let through, and judges the others.
func (s *Submission) checkExtras(rules *Rules) {
	for i := range s.extras {
		if s.foreign.full() {
			return
		}
		x := &s.extras[i]
		pointer := jsontext.Pointer(x.in).AppendToken(x.name)
		place := unknownPlace(x.in)
		if x.pass = s.passes(rules, x); x.pass {
			s.checkFreeform(rules, x.raw, pointer, place, x.offset)
			continue
		}
		s.refuseUnknown(rules, pointer, place, x.offset)
	}
}

func (s *Submission) refuseUnknown(rules *Rules, pointer jsontext.Pointer, place string, offset int) {
	s.addForeign(Violation{
		Pointer: pointer, Code: UnknownField, Message: rules.messages[UnknownField],
		place: place, offset: offset,
	})
}

func (s *Submission) addForeign(v Violation) {
	s.foreign.violations++
	s.foreign.pointers += len(v.Pointer)
	s.add(v)
}

// passes reports whether the policy lets an unknown member through. Names that
// differ from a member of the contract by case alone never pass, as readers that
// fold case would take them for it, nor do names with a NUL, where some readers
// end them.
func (s *Submission) passes(rules *Rules, x *extra) bool {
	if x.in == "" && rules.allowed[x.name] {
		return true
	}
	return rules.policy.AllowAllFields && !s.objectAt(x.in).clashes(x.name)
}

// turkishI undoes what Java's equalsIgnoreCase and CASE_INSENSITIVE_ORDER do and
// Unicode's case folding does not: the upper case of one of them and the lower
// case of the other are those of an i.
var turkishI = strings.NewReplacer("\u0131", "i", "\u0130", "i")

// clashes reports whether some reader would take a name for a member of the
// object or for something else that it is not.
func (o object) clashes(name string) bool {
	if isReserved(name) || strings.ContainsRune(name, 0) {
		return true
	}
	name = turkishI.Replace(name)
	for known := range o.members {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

func (s *Submission) objectAt(pointer string) object {
	for i := range s.endpoint.fields {
		if f := &s.endpoint.fields[i]; f.kind == record && string(f.pointer) == pointer {
			return f.object
		}
	}
	return s.endpoint.root
}

// isReserved reports whether JavaScript gives a member of this name a meaning of
// its own, so that readers would not agree on what was sent.
func isReserved(name string) bool { return name == "__proto__" }

// checkFreeform walks a value of the client's own for what JSON readers do not
// agree on: reserved names, and numbers beyond IEEE 754 binary64, which some
// read as infinite and some refuse (RFC 8259, section 6).
func (s *Submission) checkFreeform(rules *Rules, raw jsontext.Value, at jsontext.Pointer, place string, offset int) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw))
	for !s.foreign.full() {
		token, err := dec.ReadToken()
		if err != nil {
			return // the end: Read has seen that the value is well-formed
		}
		switch token.Kind() {
		case '"':
			if parent, i := dec.StackIndex(dec.StackDepth()); parent == '{' && i%2 == 1 && isReserved(token.String()) {
				s.refuseUnknown(rules, at+dec.StackPointer(), unknownPlace(place), offset)
			}
		case '0':
			if _, err := token.Float(); err != nil {
				s.addForeign(Violation{
					Pointer: at + dec.StackPointer(), Code: WrongType,
					Message: "This must be a number within the range of a double.",
					place:   unknownPlace(place), offset: offset,
				})
			}
		}
	}
}
