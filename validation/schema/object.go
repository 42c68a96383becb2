package schema

import (
	"bytes"
	"encoding/json"
)

// Object is a JSON object whose members keep the order in which they were put in, as
// people read them.
type Object []Member

// Member is a name and what it stands for, which encoding/json can write.
type Member struct {
	Name  string
	Value any
}

// Pairs makes an object of names, each with its value behind it.
func Pairs(namesAndValues ...any) Object {
	o := make(Object, 0, len(namesAndValues)/2)
	for i := 0; i < len(namesAndValues); i += 2 {
		o = append(o, Member{namesAndValues[i].(string), namesAndValues[i+1]})
	}
	return o
}

// And is the object with a member more.
func (o Object) And(name string, value any) Object { return append(o, Member{name, value}) }

// put adds a member.
func (o *Object) put(name string, value any) { *o = append(*o, Member{name, value}) }

// MarshalJSON writes the members in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // patterns are for people, too
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(m.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(m.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// get returns the value of a member that is there.
func (o Object) get(name string) any {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// set gives a member that is there another value.
func (o Object) set(name string, value any) {
	for i := range o {
		if o[i].Name == name {
			o[i].Value = value
		}
	}
}
