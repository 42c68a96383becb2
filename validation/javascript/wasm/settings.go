//go:build js && wasm

package main

import (
	"errors"
	"strconv"
	"syscall/js"

	"github.com/customergate/customergate/validation"
)

// builtIn are the endpoints that need no description.
var builtIn = map[string]*validation.Endpoint{
	"register_customer": validation.RegisterCustomer,
	"edit_profile":      validation.EditProfile,
	"login":             validation.Login,
	"change_password":   validation.ChangePassword,
}

// policyOf reads settings in the form that a gate has in JSON: its endpoint or custom
// one, its rules and its allow_fields.
func policyOf(settings js.Value) (policy validation.Policy, err error) {
	policy = validation.DefaultPolicy()
	if policy.Endpoint, err = endpointOf(settings); err != nil {
		return policy, err
	}
	if names := texts(settings.Get("allow_fields")); len(names) == 1 && names[0] == "*" {
		policy.AllowAllFields = true
	} else {
		policy.AllowFields = names
	}
	if rules := settings.Get("rules"); rules.Truthy() {
		err = tune(&policy, rules)
	}
	return policy, err
}

func endpointOf(settings js.Value) (*validation.Endpoint, error) {
	if custom := settings.Get("custom"); custom.Truthy() {
		return validation.NewEndpoint(text(custom.Get("subject")), fields(custom.Get("fields")))
	}
	name := settings.Get("endpoint")
	if !name.Truthy() {
		return validation.RegisterCustomer, nil
	}
	if endpoint := builtIn[text(name)]; endpoint != nil {
		return endpoint, nil
	}
	return nil, errors.New("endpoint: " + strconv.Quote(text(name)) + " is none: want register_customer, edit_profile, login or change_password, or describe one as custom")
}

// tune lays the operator's rules over the contract's.
func tune(policy *validation.Policy, rules js.Value) error {
	number(&policy.NameMin, rules, "name_length", "min")
	number(&policy.NameMax, rules, "name_length", "max")
	number(&policy.AgeMin, rules, "age", "min")
	number(&policy.AgeMax, rules, "age", "max")
	number(&policy.PasswordMin, rules, "password_length")
	number(&policy.PasswordPoints, rules, "password_points")
	policy.NamePunctuation = texts(rules.Get("name_punctuation"))
	policy.PasswordWords = texts(rules.Get("password_words"))
	switch phone := rules.Get("phone"); {
	case !phone.Truthy(), text(phone) == "strict":
	case text(phone) == "normalize":
		policy.NormalizePhone = true
	default:
		return errors.New("phone: want strict or normalize")
	}
	return relax(policy, rules.Get("codes"))
}

var enforcements = map[string]validation.Enforcement{
	"enforce": validation.Enforced, "monitor": validation.Monitored, "off": validation.Off,
}

func relax(policy *validation.Policy, codes js.Value) error {
	if !codes.Truthy() {
		return nil
	}
	policy.Codes = map[validation.Code]validation.Enforcement{}
	for _, code := range texts(js.Global().Get("Object").Call("keys", codes)) {
		enforcement, known := enforcements[text(codes.Get(code))]
		if !known {
			return errors.New("codes: " + code + ": want enforce, monitor or off")
		}
		policy.Codes[validation.Code(code)] = enforcement
	}
	return nil
}

// number reads a number at the end of a way, and leaves what it finds none for.
func number(to *int, object js.Value, way ...string) {
	for _, name := range way {
		if object = object.Get(name); object.Type() != js.TypeObject && object.Type() != js.TypeNumber {
			return
		}
	}
	if object.Type() == js.TypeNumber {
		*to = object.Int()
	}
}

func text(value js.Value) string {
	if value.Type() != js.TypeString {
		return ""
	}
	return value.String()
}

func texts(list js.Value) []string {
	var found []string
	for element := range elements(list) {
		found = append(found, text(element))
	}
	return found
}

func fields(list js.Value) []validation.Field {
	var table []validation.Field
	for element := range elements(list) {
		table = append(table, field(element))
	}
	return table
}

func field(value js.Value) validation.Field {
	f := validation.Field{
		Name: text(value.Get("name")), Type: validation.Type(text(value.Get("type"))),
		Required: value.Get("required").Truthy(), RequiredWith: text(value.Get("required_with")),
		Sealed: value.Get("sealed").Truthy(), Claimed: value.Get("claimed").Truthy(),
		Account: value.Get("account").Truthy(), Unique: value.Get("unique").Truthy(),
		OneOf: texts(value.Get("one_of")), Members: fields(value.Get("members")),
	}
	if bounds := value.Get("bounds"); bounds.Truthy() {
		f.Bounds = &validation.Bounds{Min: bounds.Get("min").Float(), Max: bounds.Get("max").Float()}
	}
	for rule := range elements(value.Get("rules")) {
		f.Rules = append(f.Rules, validation.Rule{Name: text(rule.Get("rule")), Arguments: texts(rule.Get("arguments"))})
	}
	if item := value.Get("item"); item.Truthy() {
		described := field(item)
		f.Item = &described
	}
	return f
}

// elements walks through an array.
func elements(list js.Value) func(yield func(js.Value) bool) {
	return func(yield func(js.Value) bool) {
		if list.Type() != js.TypeObject {
			return
		}
		for i := range list.Length() {
			if !yield(list.Index(i)) {
				return
			}
		}
	}
}
