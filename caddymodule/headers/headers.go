// Package headers is the option `header` of a gate: which headers a request must have.
package headers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/customergate/customergate/validation"
)

// Required is a header that a request must have exactly once.
type Required struct {
	// The name of the field, in any case. Names with _ or . are refused,
	// because Caddy drops such fields from requests.
	Name string `json:"name"`

	// The values that it may have. Default: any value of 1 to 128 printable
	// ASCII characters; of 1 to 4096 for `X-Auth-Token`, whose values cannot be
	// named here, as they are secrets.
	Values []string `json:"values,omitempty"`

	// Optional tells that it is judged only where it is sent.
	Optional bool `json:"-"`
}

// MaxValue is how many characters a value has at most.
const MaxValue = 128

const (
	// Token says whose request it is. Its value is a secret.
	Token = "X-Auth-Token" //nolint:gosec // the name of a header, no credential
	// MaxToken has room for a JWT with many claims, and leaves as much for the
	// other headers.
	MaxToken = 4096
)

// Defaults are those of the contract's section 1, which the platform's
// apps send to every endpoint.
func Defaults() []Required {
	return []Required{{Name: "platform", Values: []string{"fincode"}}, {Name: "uuid"}}
}

// Check refuses headers that cannot be required.
func Check(headers []Required) error {
	seen := make(map[string]bool, len(headers))
	for _, h := range headers {
		if err := h.check(); err != nil {
			return err
		}
		name := http.CanonicalHeaderKey(h.Name)
		if seen[name] {
			return fmt.Errorf("header %s is named twice; list its values behind one name", h.Name)
		}
		seen[name] = true
	}
	return nil
}

func (h Required) check() error {
	if !httpguts.ValidHeaderFieldName(h.Name) {
		return fmt.Errorf("header %q is not a field name", h.Name)
	}
	if strings.ContainsAny(h.Name, "_.") {
		return fmt.Errorf("header %s can never arrive: Caddy drops fields with _ or . in their names", h.Name)
	}
	switch http.CanonicalHeaderKey(h.Name) {
	case "Content-Encoding", "Host", "Trailer", "Transfer-Encoding":
		return fmt.Errorf("header %s cannot be required: it says how a request is sent, and a gate never sees it", h.Name)
	}
	for i, v := range h.Values {
		if !IsValue(v) {
			return fmt.Errorf("header %s: a value must have 1 to %d printable ASCII characters", h.Name, MaxValue)
		}
		if slices.Contains(h.Values[:i], v) {
			return fmt.Errorf("header %s: the value %q is listed twice", h.Name, v)
		}
	}
	return nil
}

// Canonical spells the operator's names as net/http does, once, so that
// requests need not, and adds the endpoint's own headers where they are not
// among them.
func Canonical(headers, own []Required) []Required {
	canonical := make([]Required, len(headers))
	for i, h := range headers {
		canonical[i] = Required{Name: http.CanonicalHeaderKey(h.Name), Values: h.Values}
	}
	for _, h := range own {
		if !slices.ContainsFunc(canonical, func(named Required) bool { return named.Name == h.Name }) {
			canonical = append(canonical, h)
		}
	}
	return canonical
}

// Fault tells what is wrong with the values of a header, in the codes of the
// contract's section 3: "" for nothing.
func (h Required) Fault(values []string) (validation.Code, []validation.Param) {
	absent := len(values) == 0 || len(values) == 1 && values[0] == ""
	switch {
	case absent && h.Optional:
		return "", nil
	case absent:
		return validation.Required, reason("header")
	case len(values) > 1:
		return validation.NotListed, reason("repeated")
	case len(values[0]) > h.Limit():
		return validation.TooLong, []validation.Param{{Name: "min", Value: 1}, {Name: "max", Value: h.Limit()}}
	case !isPrintable(values[0]):
		return validation.NotListed, reason("printable")
	case len(h.Values) > 0 && !slices.Contains(h.Values, values[0]):
		return validation.NotListed, h.listed()
	}
	return "", nil
}

// listed lists the values, if the list is not longer than a message.
func (h Required) listed() []validation.Param {
	const longest = 1 << 10
	if len(strings.Join(h.Values, ", ")) > longest {
		return append(reason("many"), validation.Param{Name: "count", Value: len(h.Values)})
	}
	return []validation.Param{{Name: "values", Value: h.Values}}
}

// reason is the param that tells the sentences of one code apart.
func reason(word string) []validation.Param { return []validation.Param{{Name: "reason", Value: word}} }

// Limit is how many characters any value may have.
func (h Required) Limit() int {
	if h.Name == Token {
		return MaxToken
	}
	return MaxValue
}

// IsValue reports whether a text is 1 to 128 characters of printable ASCII,
// U+0020 included.
func IsValue(s string) bool {
	return s != "" && len(s) <= MaxValue && isPrintable(s)
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
