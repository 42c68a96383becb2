package endpoints

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/validation"
)

// CustomName is how the configuration calls an endpoint that it describes.
const CustomName = "custom"

// Custom describes an endpoint.
type Custom struct {
	// What a body is called in messages for people, such as `transaction PIN`.
	// Required.
	Subject string `json:"subject"`

	// The method of requests: `POST`, `PUT` or `PATCH`. Default: `POST`.
	Method string `json:"method,omitempty"`

	// Where requests go, such as `/security/pin`: for `customer_gate_contract`, and
	// without any effect on what the gate stands before, which is its matcher's to say.
	// Default: the subject, such as `/transaction-pin`.
	Path string `json:"path,omitempty"`

	// The members of the body, in the order in which they are handed on. Required.
	Fields []validation.Field `json:"fields"`

	// lines are where the fields stand in a Caddyfile.
	lines map[jsontext.Pointer]caddyfile.Token
}

var methods = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// Build makes the endpoint. Its error says of every field what is wrong with it; for
// one of a Caddyfile it has the line of the first.
func (c *Custom) Build() (*Endpoint, error) {
	if c == nil {
		return nil, errors.New("custom: the endpoint needs a description: a subject, and fields")
	}
	if err := errors.Join(c.checkMethod(), c.checkPath()); err != nil {
		return nil, err
	}
	contract, err := validation.NewEndpoint(c.Subject, c.Fields)
	if err != nil {
		return nil, c.placed(err)
	}
	e := &Endpoint{Name: CustomName, Contract: contract, Method: c.Method, Path: c.Path}
	if e.Method == "" {
		e.Method = http.MethodPost
	}
	return e, nil
}

func (c *Custom) checkMethod() error {
	if c.Method != "" && !slices.Contains(methods, c.Method) {
		return fmt.Errorf("method: %q is not a choice: want one of %s", c.Method, strings.Join(methods, ", "))
	}
	return nil
}

// pathForm is a path of segments that need no escaping.
var pathForm = regexp.MustCompile(`^(/[0-9A-Za-z._~!$&'()*+,;=:@-]+)+$`)

func (c *Custom) checkPath() error {
	if c.Path != "" && !pathForm.MatchString(c.Path) {
		return fmt.Errorf("path: %q is no path such as /security/pin", c.Path)
	}
	return nil
}

// placed adds where the first field stands that is wrong, if that is known.
func (c *Custom) placed(err error) error {
	wrong, found := errors.AsType[*validation.FieldError](err)
	if !found {
		return err
	}
	token, known := c.lines[wrong.Pointer]
	if !known {
		return err
	}
	return &placedError{fmt.Errorf("%w, at %s:%d", wrong, token.File, token.Line)}
}

// placedError has its file and line already.
type placedError struct{ error }

// OfGate is the endpoint of a gate that is described in JSON; nil where the gate will
// be refused.
func OfGate(gate map[string]any) *Endpoint {
	name, named := gate["endpoint"].(string)
	switch {
	case !named || name == "":
		return Default
	case name != CustomName:
		return BuiltIn[name]
	}
	var custom Custom
	text, err := json.Marshal(gate["custom"])
	if err != nil || json.Unmarshal(text, &custom) != nil {
		return nil
	}
	e, err := custom.Build()
	if err != nil {
		return nil
	}
	return e
}
