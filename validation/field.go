package validation

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Field is one row of an endpoint's table: a member that its body may have.
type Field struct {
	// Name is the member's. Required.
	Name string `json:"name,omitempty"`

	// Pointer is where the member stands in a body (RFC 6901). It is an answer of
	// [Endpoint.Fields], and not asked for by [NewEndpoint].
	Pointer jsontext.Pointer `json:"-"`

	// Type is what the member's value is. Required.
	Type Type `json:"type"`

	// Required refuses a body without the member: absent, null or, of a text,
	// empty. Within an object it counts where the object is there. Default: false.
	Required bool `json:"required,omitempty"`

	// RequiredWith names a member of the same object beside which this one is
	// required, too. Default: none.
	RequiredWith string `json:"required_with,omitempty"`

	// Sealed marks a text that is a secret: the client may send it encrypted, and
	// it is never trimmed, logged or shown. Default: false.
	Sealed bool `json:"sealed,omitempty"`

	// Claimed marks the email address that a new customer takes, which an operator
	// can have kept unique. One at most, of the rule email. Default: false.
	Claimed bool `json:"claimed,omitempty"`

	// Account marks the email address of the customer whose secret is tried, whose
	// failures an operator can have counted. One at most, of the rule email or
	// email_plausible. Default: false.
	Account bool `json:"account,omitempty"`

	// Bounds are those of a text's characters (code points), of a number's value
	// or of a list's elements. Default: none but those of the rules.
	Bounds *Bounds `json:"bounds,omitempty"`

	// OneOf lists the values that a text may have. Default: any.
	OneOf []string `json:"one_of,omitempty"`

	// Unique refuses a list in which two elements are the same. Default: false.
	Unique bool `json:"unique,omitempty"`

	// Rules judge the value, one after the other. Default: none.
	Rules []Rule `json:"rules,omitempty"`

	// Members are those of an object. Without any, it is of the client's own: any
	// object passes.
	Members []Field `json:"members,omitempty"`

	// Item describes each element of a list, which is a text, a flag or a number.
	// Its name is of no account. Required for a list.
	Item *Field `json:"item,omitempty"`
}

// Bounds are a least and a greatest value, both included.
type Bounds struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Rule is a rule by its name, with what it is told. [RuleNames] lists them.
type Rule struct {
	Name      string   `json:"rule"`
	Arguments []string `json:"arguments,omitempty"`
}

// Type is what a member's value is in JSON.
type Type string

// The types of fields.
const (
	Text   Type = "text"   // a string
	Flag   Type = "flag"   // true or false
	Number Type = "number" // a number, handed on in its original digits
	Object Type = "object" // an object: of known members, or of the client's own
	List   Type = "list"   // an array of texts, flags or numbers
	Barred Type = "barred" // nothing: whatever is sent, null too, is refused
)

var fieldTypes = map[Type]fieldType{Text: text, Flag: flag, Number: number, Object: record, List: list, Barred: barred}

// Rule returns the rule of a name that judges the field.
func (f Field) Rule(name string) (Rule, bool) {
	i := slices.IndexFunc(f.Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return f.Rules[i], true
}

// at returns the field with the pointers that it and what is in it have in an
// object. It shares nothing that can be changed with the field.
func (f Field) at(object jsontext.Pointer) Field {
	f.Pointer = object.AppendToken(f.Name)
	f.OneOf, f.Rules = slices.Clone(f.OneOf), slices.Clone(f.Rules)
	for i := range f.Rules {
		f.Rules[i].Arguments = slices.Clone(f.Rules[i].Arguments)
	}
	if f.Bounds != nil {
		bounds := *f.Bounds
		f.Bounds = &bounds
	}
	f.Members = slices.Clone(f.Members)
	for i := range f.Members {
		f.Members[i] = f.Members[i].at(f.Pointer)
	}
	if f.Item != nil {
		item := f.Item.at(f.Pointer)
		item.Pointer = f.Pointer.AppendToken("*")
		f.Item = &item
	}
	return f
}

// upTo bounds a text to so many characters.
func upTo(characters int) *Bounds { return &Bounds{Max: float64(characters)} }

// by names rules that are told nothing.
func by(names ...string) []Rule {
	rules := make([]Rule, len(names))
	for i, name := range names {
		rules[i].Name = name
	}
	return rules
}

// FieldError is what is wrong with one row of a table.
type FieldError struct {
	// Pointer is that of the row.
	Pointer jsontext.Pointer
	// Reason says what to do.
	Reason error
}

// Error names the field: within an object by the way to it.
func (e *FieldError) Error() string {
	return "field " + cmp.Or(strings.TrimPrefix(string(e.Pointer), "/"), `""`) + ": " + e.Reason.Error()
}

// Unwrap returns the reason.
func (e *FieldError) Unwrap() error { return e.Reason }
