package validation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ruleKind is what a table has to know of a rule.
type ruleKind struct {
	on           Type // the type of the values that it judges
	open, sealed bool // whether it judges what is not sealed, and what is
	// least and most bound the number of its arguments.
	least, most int
	// make readies the rule for a row.
	make func(at place, arguments []string) (rule, error)
}

// place is the row that a rule is made for, among its neighbours.
type place struct {
	endpoint *Endpoint
	row      int
	object   object
	field    Field
}

// ruleKinds are all rules. A rule finds the neighbours that it asks for when the
// table is made, or does without them.
var ruleKinds = map[string]ruleKind{
	"token":           {on: Text, open: true, make: always(tokenRule)},
	"name":            {on: Text, open: true, make: always(nameRule)},
	"email":           {on: Text, open: true, make: always(emailRule)},
	"email_plausible": {on: Text, open: true, make: always(plausibleEmail)},
	"phone":           {on: Text, open: true, make: makePhoneRule},
	"dialing_code":    {on: Text, open: true, make: makeDialingCodeRule},
	"date":            {on: Text, open: true, make: always(dateRule)},
	"birth_date":      {on: Text, open: true, make: always(birthDateRule)},
	"country":         {on: Text, open: true, make: always(countryRule)},
	"digits":          {on: Text, open: true, sealed: true, least: 2, most: 2, make: makeDigitsRule},
	"matches":         {on: Text, open: true, sealed: true, least: 1, most: 1, make: makeMatchesRule},
	"same_as":         {on: Text, open: true, sealed: true, least: 1, most: 1, make: makeSameAsRule},
	"differs_from":    {on: Text, open: true, sealed: true, least: 1, most: 1, make: makeDiffersFromRule},
	"password":        {on: Text, sealed: true, make: always(passwordRule)},
	"encrypted":       {on: Flag, open: true, make: makeEncryptionRule},
	"integer":         {on: Number, open: true, make: always(integerRule)},
	"email_immutable": {on: Barred, open: true, make: always(immutableEmail)},
	"unknown_field":   {on: Barred, open: true, make: always(noPartRule)},
}

// RuleNames lists the names of all rules, sorted.
func RuleNames() []string { return slices.Sorted(maps.Keys(ruleKinds)) }

// RuleArguments is the least and the greatest number of arguments that a rule has.
func RuleArguments(name string) (least, most int) {
	kind := ruleKinds[name]
	return kind.least, kind.most
}

// always makes a rule that asks for nothing.
func always(r rule) func(place, []string) (rule, error) {
	return func(place, []string) (rule, error) { return r, nil }
}

// rulesFault refuses rules that no row of the field's type can have.
func (f Field) rulesFault() error {
	for i, r := range f.Rules {
		kind, known := ruleKinds[r.Name]
		switch {
		case !known:
			return fmt.Errorf("there is no rule %q; the rules are %s", r.Name, strings.Join(RuleNames(), ", "))
		case slices.ContainsFunc(f.Rules[:i], func(other Rule) bool { return other.Name == r.Name }):
			return fmt.Errorf("the rule %s is there twice; keep one", r.Name)
		case kind.on != f.Type:
			return fmt.Errorf("the rule %s judges the type %s, not %s", r.Name, kind.on, f.Type)
		case f.Sealed && !kind.sealed:
			return fmt.Errorf("the rule %s judges nothing that is sealed", r.Name)
		case !f.Sealed && !kind.open:
			return fmt.Errorf("the rule %s judges what is sealed alone", r.Name)
		case len(r.Arguments) < kind.least || len(r.Arguments) > kind.most:
			return fmt.Errorf("the rule %s has %d arguments here: want %d", r.Name, len(r.Arguments), kind.least)
		}
	}
	if f.Type == Barred && len(f.Rules) != 1 {
		return fmt.Errorf("barred: say with which code it is refused, email_immutable or unknown_field")
	}
	return nil
}

// makeRules readies the rules of a row.
func (e *Endpoint) makeRules(f Field, i int, o object) ([]rule, error) {
	var rules []rule
	for _, r := range f.Rules {
		made, err := ruleKinds[r.Name].make(place{e, i, o, f}, r.Arguments)
		if err != nil {
			return nil, fmt.Errorf("the rule %s: %w", r.Name, err)
		}
		rules = append(rules, made)
	}
	return rules, nil
}

// neighbour returns the row of another member of the same object, none if there is
// no such member.
func (p place) neighbour(name string) int {
	if i, known := p.object.members[name]; known && i != p.row {
		return i
	}
	return none
}

// judgedBy reports whether the field of a row has a rule.
func (p place) judgedBy(row int, rule string) bool {
	for f := range p.endpoint.Fields() {
		if f.Pointer == p.endpoint.rows[row].pointer {
			_, found := f.Rule(rule)
			return found
		}
	}
	return false
}

// compared finds the earlier member that a value is compared with.
func (p place) compared(name string) (int, error) {
	other := p.neighbour(name)
	if other == none {
		return none, fmt.Errorf("no other field of the same object is named %s", name)
	}
	this, that := p.endpoint.rows[p.row], p.endpoint.rows[other]
	switch {
	case p.field.Type != Text || this.kind != that.kind || this.sealed != that.sealed:
		return none, fmt.Errorf("%s is not of the same kind: compare texts with texts, and sealed ones with sealed ones", name)
	case other > p.row:
		return none, fmt.Errorf("%s comes later in the table; put it before, so that it is judged first", name)
	}
	return other, nil
}
