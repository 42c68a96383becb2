package validation

import "github.com/go-json-experiment/json/jsontext"

// checkExtras reports the members that the contract does not know and the
// policy does not let through, and judges the others.
func (s *Submission) checkExtras(rules *Rules) {
	passed := nameSet{}
	for i := range s.extras {
		if s.foreign.full() {
			return
		}
		s.checkExtra(rules, &s.extras[i], passed)
	}
}

func (s *Submission) checkExtra(rules *Rules, x *extra, passed nameSet) {
	at := s.spotOf(x)
	if fault, found := nameFault(x.name); found {
		s.refuse(at, fault)
	}
	switch x.pass = s.passes(rules, x); {
	case !x.pass:
		s.refuse(at, rules.usual[UnknownField])
	case len(s.extras) > 1 && !passed.add(x):
		s.refuse(at, saySimilarName)
	default:
		s.checkFreeform(rules, x.raw, at)
	}
}

func (s *Submission) spotOf(x *extra) spot {
	name := x.name[:min(len(x.name), maxPointer+1)] // of a longer one no answer says more
	return spot{pointer: jsontext.Pointer(x.in).AppendToken(name), place: unknownPlace(x.in), offset: x.offset}
}

// nameSet holds the names of unknown members that were let through, as foldName
// leaves them, each behind the pointer of its object.
type nameSet map[[2]string]struct{}

// add reports whether the object has no such member yet that some reader would
// take for this one. What has neither letters nor digits is like nothing.
func (set nameSet) add(x *extra) bool {
	folded := foldName(x.name)
	if folded == "" {
		return true
	}
	key := [2]string{x.in, folded}
	_, found := set[key]
	set[key] = struct{}{}
	return !found
}

// passes reports whether the policy lets an unknown member through. One that some
// reader would take for a member of the contract never passes.
func (s *Submission) passes(rules *Rules, x *extra) bool {
	if x.in == "" && rules.allowed[x.name] {
		return true
	}
	return rules.policy.AllowAllFields && !s.objectAt(x.in).clashes(x.name)
}

func (s *Submission) objectAt(pointer string) object {
	for i := range s.endpoint.rows {
		if f := &s.endpoint.rows[i]; f.kind == record && string(f.pointer) == pointer {
			return f.object
		}
	}
	return s.endpoint.root
}
