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
// and nothing that is relaxed is announced.
func checkViolations(t testing.TB, g gate, s *validation.Submission) {
	t.Helper()
	for _, v := range s.Violations() {
		place := v.Place()
		if announced, known := g.schema(t).announced(place); known && !slices.Contains(announced, string(v.Code)) {
			t.Errorf("%s %s is none of %q in %s", place, v.Code, announced, g.schema(t).text)
		}
	}
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

// announced are the codes that the schema names at a place, which is known unless it
// is the whole body or a member that is not let through.
func (m madeSchema) announced(place string) (codes []string, known bool) {
	at := m.document.(map[string]any)
	for _, name := range strings.Split(place, "/")[1:] {
		inner, object := at["properties"].(map[string]any)
		next, is := inner[name].(map[string]any)
		switch items, list := at["items"].(map[string]any); {
		case list && name == "*":
			next, is = items, true
		case object && name == "*":
			if next, is = at["additionalProperties"].(map[string]any); !is {
				return nil, false
			}
		}
		if !is {
			break // what is in it is of the client's own
		}
		at = next
	}
	list, known := at["x-violations"].([]any)
	for _, code := range list {
		codes = append(codes, code.(string))
	}
	return codes, known
}
