package schema

import "github.com/customergate/customergate/validation"

const (
	passwordMaxBytes = 190 // what a ciphertext holds under a key of 2048 bits

	leastCiphertext = 344  // characters of Base64, for the smallest key, of 2048 bits
	mostCiphertext  = 1368 // and for the largest, of 8192
)

// ciphertext is the form of what is encrypted.
func ciphertext() shape {
	return shape{least: leastCiphertext, most: mostCiphertext,
		patterns: []string{"^(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$"}}
}

// raw is the form of a secret that is not encrypted.
func (w *writer) raw(f validation.Field) shape {
	s := shape{least: 1}
	if f.Bounds != nil {
		if w.relaxes(validation.TooShort, validation.TooLong) {
			return s
		}
		s.least = max(s.least, int(f.Bounds.Min))
		s.atMost(int(f.Bounds.Max))
	}
	for _, r := range f.Rules {
		switch {
		case r.Name == "password":
			w.password(&s)
		case !w.relaxes(ruleCodes[r.Name]...):
			s.judged(r)
		}
	}
	return s
}

// password adds what each code of a password's wants, as far as it can be said.
func (w *writer) password(s *shape) {
	if !w.relaxes(validation.PasswordTooShort) {
		s.least = max(s.least, w.source.Policy.PasswordMin)
	}
	if !w.relaxes(validation.PasswordTooLong) {
		s.atMost(passwordMaxBytes) // no text has more characters than bytes
	}
	for _, class := range []struct {
		code    validation.Code
		pattern string
	}{
		{validation.PasswordUppercase, "[A-Z]"},
		{validation.PasswordLowercase, "[a-z]"},
		{validation.PasswordDigit, "[0-9]"},
		{validation.PasswordSpecial, "[!@#$%^&*]"},
	} {
		if !w.relaxes(class.code) {
			s.match(class.pattern)
		}
	}
}

// secret writes a text that may come encrypted. Where a flag says whether it is, the
// form depends on that; see byFlag.
func (w *writer) secret(f validation.Field, nullable bool) Object {
	schema := typed("string", nullable)
	if said := w.describe(f); said != "" {
		schema.put("description", said)
	}
	schema.put("format", "password")
	schema.put("writeOnly", true)
	switch {
	case w.flag != nil:
		schema.put("minLength", 1)
	case w.source.Raw:
		schema = w.either(f, schema)
	default:
		schema = ciphertext().addTo(schema)
	}
	if w.source.Encryption != nil {
		schema.put("x-encrypted", w.source.Encryption)
	}
	return schema
}

// either adds both forms that a secret may have.
func (w *writer) either(f validation.Field, schema Object) Object {
	encrypted := ciphertext().addTo(Object{{"title", "encrypted"}})
	return append(schema, Member{"anyOf", []Object{encrypted, w.raw(f).addTo(Object{{"title", "raw"}})}})
}

// byFlag says of all secrets what follows from the flag.
func (w *writer) byFlag(table []validation.Field) Object {
	encrypted := w.secrets(table, func(validation.Field) Object { return ciphertext().addTo(Object{}) })
	if !w.source.Raw {
		return encrypted
	}
	raw := w.secrets(table, func(f validation.Field) Object { return w.raw(f).addTo(Object{}) })
	condition := Object{{"if", w.flagIs(true)}, {"then", encrypted}}
	if w.stated {
		return append(condition, Member{"else", raw})
	}
	open := w.secrets(table, func(f validation.Field) Object { return w.either(f, Object{}) })
	return append(condition, Member{"else", Object{{"if", w.flagIs(false)}, {"then", raw}, {"else", open}}})
}

func (w *writer) flagIs(value bool) Object {
	return Object{{"required", []string{w.flag.Name}}, {"properties", Object{{w.flag.Name, Object{{"const", value}}}}}}
}

// secrets says something of each secret, wherever it stands.
func (w *writer) secrets(table []validation.Field, form func(validation.Field) Object) Object {
	properties := Object{}
	for _, f := range table {
		switch {
		case f.Sealed:
			properties.put(f.Name, form(f))
		case len(f.Members) > 0:
			if inner := w.secrets(f.Members, form); len(inner) > 0 {
				properties.put(f.Name, inner)
			}
		}
	}
	if len(properties) == 0 {
		return nil
	}
	return Object{{"properties", properties}}
}
