package validation_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The canonical form of a JSON value is the same text whichever program and
// language read the value:
//
//	null, true, false  n, t, f
//	string             s and the hex digits of its UTF-8
//	number             d and the hex digits of its IEEE 754 binary64, big endian;
//	                   zero has no sign, which some languages' integers drop
//	array              [ its values, with commas between ]
//	object             { name in hex : value, sorted, with commas between }

func canonicalText(text string) string { return "s" + hex.EncodeToString([]byte(text)) }

func canonicalNumber(digits string) string {
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		panic(err)
	}
	if n == 0 {
		n = 0
	}
	return fmt.Sprintf("d%016x", math.Float64bits(n))
}

func canonicalArray(values []string) string { return "[" + strings.Join(values, ",") + "]" }

func canonicalObject(members map[string]string) string {
	list := make([]string, 0, len(members))
	for name, value := range members {
		list = append(list, hex.EncodeToString([]byte(name))+":"+value)
	}
	slices.Sort(list)
	return "{" + strings.Join(list, ",") + "}"
}

// byEncodingJSON is the canonical form of what encoding/json reads.
func byEncodingJSON(body []byte) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return "", err
	}
	return canonicalAny(value), nil
}

func canonicalAny(value any) string {
	switch value := value.(type) {
	case nil:
		return "n"
	case bool:
		return strconv.FormatBool(value)[:1]
	case string:
		return canonicalText(value)
	case json.Number:
		return canonicalNumber(value.String())
	case []any:
		list := make([]string, len(value))
		for i := range value {
			list[i] = canonicalAny(value[i])
		}
		return canonicalArray(list)
	case map[string]any:
		members := make(map[string]string, len(value))
		for name := range value {
			members[name] = canonicalAny(value[name])
		}
		return canonicalObject(members)
	}
	panic(fmt.Sprintf("encoding/json read a %T", value))
}

// byJSONText is the canonical form of what jsontext reads.
func byJSONText(body []byte) (string, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	value, err := canonicalNext(dec)
	if err != nil {
		return "", err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return "", errors.New("something behind the value")
	}
	return value, nil
}

func canonicalNext(dec *jsontext.Decoder) (string, error) {
	token, err := dec.ReadToken()
	if err != nil {
		return "", err
	}
	switch token.Kind() {
	case '"':
		return canonicalText(token.String()), nil
	case '0':
		return canonicalNumber(token.String()), nil
	case '[':
		var list []string
		for dec.PeekKind() != ']' {
			value, err := canonicalNext(dec)
			if err != nil {
				return "", err
			}
			list = append(list, value)
		}
		_, err := dec.ReadToken()
		return canonicalArray(list), err
	case '{':
		members := map[string]string{}
		for dec.PeekKind() != '}' {
			token, err := dec.ReadToken()
			if err != nil {
				return "", err
			}
			name := token.String()
			if members[name], err = canonicalNext(dec); err != nil {
				return "", err
			}
		}
		_, err := dec.ReadToken()
		return canonicalObject(members), err
	}
	return token.String()[:1], nil // null, true, false
}
