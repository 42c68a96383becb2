package schema

import (
	"slices"

	"github.com/customergate/customergate/validation"
)

// member writes what a member of an object may be, among its neighbours.
func (w *writer) member(f validation.Field, neighbours []validation.Field) Object {
	return w.explained(w.value(f, !f.Required), f, w.violations(f, neighbours))
}

// explained adds what a value can be refused with.
func (w *writer) explained(schema Object, f validation.Field, codes []validation.Code) Object {
	schema.put("x-violations", codes)
	if params := w.params(f, codes); params != nil {
		schema.put("x-params", params)
	}
	return schema
}

// value writes what a value may be.
func (w *writer) value(f validation.Field, nullable bool) Object {
	switch f.Type {
	case validation.Barred:
		return Object{{"description", "Never sent here."}, {"not", Object{}}}
	case validation.Flag:
		return w.flagValue(f, nullable)
	case validation.Number:
		return w.number(f, nullable)
	case validation.List:
		return w.list(f, nullable)
	case validation.Object:
		return w.objectValue(f, nullable)
	case validation.Text:
		if f.Sealed {
			return w.secret(f, nullable)
		}
		return w.text(f, nullable)
	}
	return nil // there is no other type
}

// typed begins a schema. Null counts as absent, so it passes where that does.
func typed(name string, nullable bool) Object {
	if nullable {
		return Object{{"type", []string{name, "null"}}}
	}
	return Object{{"type", name}}
}

func (w *writer) flagValue(f validation.Field, nullable bool) Object {
	schema := typed("boolean", nullable)
	if _, found := f.Rule("encrypted"); !found {
		return schema
	}
	if w.source.Raw {
		schema.put("description", "Whether secrets are encrypted. Raw ones are taken from some addresses alone.")
		return schema
	}
	schema.put("description", "Secrets are encrypted.")
	if nullable {
		schema.put("enum", []any{true, nil})
	} else {
		schema.put("const", true)
	}
	return schema
}

func (w *writer) number(f validation.Field, nullable bool) Object {
	name := "number"
	if _, found := f.Rule("integer"); found {
		name = "integer"
	}
	if f.Bounds == nil {
		return typed(name, nullable)
	}
	if w.relaxes(validation.OutOfRange) {
		return typed("number", nullable) // what is out of range is judged no further
	}
	return append(typed(name, nullable), Member{"minimum", f.Bounds.Min}, Member{"maximum", f.Bounds.Max})
}

// list writes what a list may be. One that is too long for a bound which is relaxed
// has elements that nobody looks at.
func (w *writer) list(f validation.Field, nullable bool) Object {
	schema := typed("array", nullable)
	if f.Bounds != nil && !w.relaxes(validation.TooShort) {
		schema.put("minItems", f.Bounds.Min)
	}
	item := w.value(*f.Item, false)
	switch {
	case f.Bounds == nil:
	case w.relaxes(validation.TooLong):
		item = Object{}
	default:
		schema.put("maxItems", f.Bounds.Max)
	}
	codes := w.violations(*f.Item, nil)
	if f.Unique && !w.relaxes(validation.Duplicate) {
		codes = append(codes, validation.Duplicate)
		if !w.relaxesAny(*f.Item) && len(item) > 0 { // what is relaxed is compared with nothing
			schema.put("uniqueItems", true)
		}
	}
	schema.put("items", w.explained(item, *f.Item, codes))
	return schema
}

// relaxesAny reports whether an element may pass although it breaks a rule.
func (w *writer) relaxesAny(f validation.Field) bool {
	if f.Bounds != nil && w.relaxes(validation.TooShort, validation.TooLong, validation.OutOfRange) || len(f.OneOf) > 0 && w.relaxes(validation.NotListed) {
		return true
	}
	return slices.ContainsFunc(f.Rules, func(r validation.Rule) bool { return w.relaxes(w.codesOf(f, r, nil)...) })
}

func (w *writer) objectValue(f validation.Field, nullable bool) Object {
	if len(f.Members) == 0 {
		return append(typed("object", nullable), Member{"description", "Of the client's own; handed on as it is."}, Member{"additionalProperties", true})
	}
	schema := typed("object", nullable)
	schema = append(schema, w.object(f.Members)[1:]...)
	return under(schema, w.conditions(f.Members))
}

// text writes what a text may be that is no secret. Steps behind one whose codes are
// relaxed may never be reached, and rules behind one that normalises judge what nobody
// has sent.
func (w *writer) text(f validation.Field, nullable bool) Object {
	schema := typed("string", nullable)
	if said := w.describe(f); said != "" {
		schema.put("description", said)
	}
	least := 0
	if f.Required {
		least = 1
	}
	if f.Bounds != nil && !w.relaxes(validation.TooShort) {
		least = max(least, int(f.Bounds.Min))
	}
	bounded := f.Bounds != nil && w.relaxes(validation.TooShort, validation.TooLong)
	if !bounded && len(f.OneOf) > 0 && !w.relaxes(validation.NotListed) {
		return append(schema, Member{"enum", listed(f, nullable)})
	}
	var ruled shape
	if !bounded && len(f.OneOf) == 0 {
		ruled = w.rules(f)
	}
	if f.Bounds != nil && !w.relaxes(validation.TooLong) {
		ruled.atMost(int(f.Bounds.Max))
	}
	ruled.least = max(ruled.least, least)
	return ruled.addTo(schema)
}

// listed are the values of a text, nothing among them where it need not be there.
func listed(f validation.Field, nullable bool) []any {
	var values []any
	for _, value := range f.OneOf {
		values = append(values, value)
	}
	if !f.Required {
		values = append(values, "")
	}
	if nullable {
		values = append(values, nil)
	}
	return values
}
