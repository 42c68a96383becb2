package validation

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Params are what a program needs to say in its own words what is wrong: bounds,
// listed values, the kinds of a weak password. They come from the contract and the
// operator, never from what a person typed. In JSON they are an object.
type Params []Param

// Param is one of them. [Codes] tells what each code has.
type Param struct {
	Name string
	// Value is an int, a float64, a bool, a string or a []string.
	Value any
}

// paramReason names the param that tells the sentences of one code apart.
const paramReason = "reason"

// paramWithin names the param of a violation that is inside of what it points at.
const paramWithin = "within"

// Get returns the value of a param, nil if there is none.
func (p Params) Get(name string) any {
	for _, param := range p {
		if param.Name == name {
			return param.Value
		}
	}
	return nil
}

// Key is the name of the sentence that a code and its params stand for, as message
// catalogues have it: the code, and behind a dot the reason where there is one.
func (p Params) Key(code string) string {
	if reason, told := p.Get(paramReason).(string); told {
		return code + "." + reason
	}
	return code
}

// MarshalJSON writes an object with the params in their order.
func (p Params) MarshalJSON() ([]byte, error) {
	dst := []byte{'{'}
	for i, param := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(quote(dst, param.Name), ':')
		dst = appendParam(dst, param.Value)
	}
	return append(dst, '}'), nil
}

func appendParam(dst []byte, value any) []byte {
	switch v := value.(type) {
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float64: // of a table, whose bounds are finite
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return quote(dst, v)
	case []string:
		dst = append(dst, '[')
		for i, text := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = quote(dst, text)
		}
		return append(dst, ']')
	}
	return append(dst, "null"...)
}

// UnmarshalJSON reads what MarshalJSON writes, for Go programs that are clients. A
// number that is whole is an int.
func (p *Params) UnmarshalJSON(text []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	*p = nil
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		param := Param{Name: name.String()}
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if param.Value, err = readParam(raw); err != nil {
			return err
		}
		*p = append(*p, param)
	}
	_, err := dec.ReadToken()
	return err
}

func readParam(raw jsontext.Value) (any, error) {
	switch raw.Kind() {
	case '0':
		if n, err := strconv.Atoi(string(raw)); err == nil {
			return n, nil
		}
	case '[':
		var list []string
		err := json.Unmarshal(raw, &list)
		return list, err
	}
	var value any
	err := json.Unmarshal(raw, &value)
	return value, err
}
