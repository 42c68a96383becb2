// Package schema writes the contract of an endpoint as JSON Schema (2020-12), by
// walking its table.
//
// A schema is never stricter than the gate: what a gate accepts is valid, so that a
// client may judge with it before sending. It is laxer where no schema can say what a
// rule wants, such as an age, a number that somebody has, or a password that nobody
// guesses. What the gate can answer to each member is in `x-violations`, and the
// figures of the policy behind that in `x-params`.
package schema

import "github.com/customergate/customergate/validation"

// Source is what a schema is made of: a policy, and what a gate adds to it.
type Source struct {
	// Policy says which endpoint, and how it is tuned.
	Policy validation.Policy

	// Raw tells that some clients may send secrets unencrypted.
	Raw bool

	// Unique tells that email addresses are kept unique.
	Unique bool

	// Encryption is what `x-encrypted` says of a secret. Default: nothing.
	Encryption Object
}

// writer writes one schema.
type writer struct {
	source Source
	// flag is the member that says whether secrets are encrypted, if there is one.
	flag *validation.Field
	// stated tells that it is always there.
	stated bool
}

// Of is the schema of the bodies that a source accepts.
func Of(source Source) Object {
	w := &writer{source: source}
	table := source.Policy.Endpoint.Table()
	for i := range table {
		if _, found := table[i].Rule("encrypted"); found {
			w.flag, w.stated = &table[i], table[i].Required
		}
	}
	schema := w.object(table)
	properties := schema.get("properties").(Object)
	for _, name := range source.Policy.AllowFields {
		properties.put(name, letThrough())
	}
	schema.set("properties", properties)
	conditions := w.conditions(table)
	if w.flag != nil && source.Policy.Endpoint.HasSealed() {
		conditions = append(conditions, w.byFlag(table))
	}
	return under(schema, conditions)
}

// under adds conditions to a schema; one alone as its own, which generators of types
// read more easily.
func under(schema Object, conditions []Object) Object {
	switch {
	case len(conditions) == 0:
		return schema
	case len(conditions) == 1 && conditions[0][0].Name == "if":
		return append(schema, conditions[0]...)
	}
	return append(schema, Member{"allOf", conditions})
}

// object writes an object of known members, without what ties them together.
func (w *writer) object(table []validation.Field) Object {
	required, properties := []string{}, Object{}
	for _, f := range table {
		if f.Required {
			required = append(required, f.Name)
		}
		properties.put(f.Name, w.member(f, table))
	}
	schema := Object{{"type", "object"}}
	if len(required) > 0 {
		schema.put("required", required)
	}
	schema.put("properties", properties)
	if w.source.Policy.AllowAllFields {
		schema.put("additionalProperties", letThrough())
	} else {
		schema.put("additionalProperties", false)
	}
	return schema
}

// letThrough is a member of the client's own.
func letThrough() Object {
	return Object{{"description", "Of the client's own; handed on as it is."}, {"x-violations", freeformCodes}}
}

// conditions tie members to neighbours beside which they are required. Null counts
// as absent.
func (w *writer) conditions(table []validation.Field) []Object {
	var conditions []Object
	for _, f := range table {
		if f.RequiredWith != "" {
			conditions = append(conditions, Object{{"if", isThere(f.RequiredWith)}, {"then", isThere(f.Name)}})
		}
	}
	return conditions
}

func isThere(name string) Object {
	return Object{{"required", []string{name}}, {"properties", Object{{name, Object{{"not", Object{{"type", "null"}}}}}}}}
}
