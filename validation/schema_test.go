package validation_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/customergate/customergate/validation"
	"github.com/customergate/customergate/validation/schema"
)

// checkSchema fails unless a body that was accepted is valid by the schema of the
// gate: a schema is never stricter.
func checkSchema(t testing.TB, g gate, body []byte) {
	t.Helper()
	sent, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.schema(t).compiled.Validate(sent); err != nil {
		t.Errorf("accepted %s\nby %s\nbut %v", body, g.schema(t).text, err)
	}
}

// checkViolations fails unless each violation is one that the schema announces there,
// with the params that it announces.
func checkViolations(t testing.TB, g gate, s *validation.Submission) {
	t.Helper()
	for _, v := range s.Violations() {
		at := g.schema(t).at(v.Place())
		if at == nil {
			continue
		}
		codes, _ := at["x-violations"].([]any)
		if codes != nil && !slices.Contains(codes, any(string(v.Code))) {
			t.Errorf("%s %s is none of %q in %s", v.Place(), v.Code, codes, g.schema(t).text)
		}
		params, _ := at["x-params"].(map[string]any)
		announced, _ := params[string(v.Code)].(map[string]any)
		for name, value := range announced {
			if got := v.Params.Get(name); v.Params.Get("within") == nil && v.Params.Get("reason") != "name" && inJSON(t, got) != inJSON(t, value) {
				t.Errorf("%s %s has %s %s, not %s", v.Place(), v.Code, name, inJSON(t, got), inJSON(t, value))
			}
		}
		if figure := v.Params.Get("max"); figure != nil && announced == nil && v.Code != validation.WrongType && v.Params.Get("reason") != "name" {
			t.Errorf("%s %s has the bound %v, which is not announced in %s", v.Place(), v.Code, figure, g.schema(t).text)
		}
	}
}

func inJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// madeSchema is a schema, and what it says.
type madeSchema struct {
	text     []byte
	document any
	compiled *jsonschema.Schema
}

var madeSchemas sync.Map // by *validation.Rules

func (g gate) schema(t testing.TB) madeSchema {
	t.Helper()
	rules := g.judgingRules()
	if made, found := madeSchemas.Load(rules); found {
		return made.(madeSchema)
	}
	made := compileSchema(t, schema.Of(schema.Source{Policy: rules.Policy(), Raw: true}))
	madeSchemas.Store(rules, made)
	t.Cleanup(func() { madeSchemas.Delete(rules) })
	return made
}

func compileSchema(t testing.TB, written schema.Object) madeSchema {
	t.Helper()
	text, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("table.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("table.json")
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return madeSchema{text, document, compiled}
}

// at is what the schema says of a place, nil for the whole body or a member that is not
// let through.
func (m madeSchema) at(place string) map[string]any {
	if place == "" {
		return nil
	}
	at := m.document.(map[string]any)
	for _, name := range strings.Split(place, "/")[1:] {
		inner, object := at["properties"].(map[string]any)
		next, is := inner[name].(map[string]any)
		switch items, list := at["items"].(map[string]any); {
		case list && name == "*":
			next, is = items, true
		case object && name == "*":
			if next, is = at["additionalProperties"].(map[string]any); !is {
				return nil
			}
		}
		if !is {
			break // what is in it is of the client's own
		}
		at = next
	}
	return at
}

// TestNamesThatGrow: a name may be shorter as it is sent than as it is counted.
func TestNamesThatGrow(t *testing.T) {
	expect(t, gate{}.judge(t, valid.withText("firstName", "\u0958").body())) // NFC makes two of it
}
