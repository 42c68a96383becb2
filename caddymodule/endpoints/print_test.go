package endpoints_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/validation"
)

// parse reads what is printed as a gate does.
func parse(text string) (*endpoints.Custom, *endpoints.Endpoint, error) {
	d := caddyfile.NewTestDispenser(text)
	d.Next()
	d.RemainingArgs()
	return endpoints.ParseBlock(d)
}

// TestPrintedForm: what is printed describes the same endpoint.
func TestPrintedForm(t *testing.T) {
	all := slices.Collect(maps.Values(endpoints.BuiltIn))
	strange, err := validation.NewEndpoint("a `strange`  \"thing\"", []validation.Field{
		{Name: "a-b c", Type: validation.Text, Bounds: &validation.Bounds{Min: 1, Max: 1e6}, OneOf: []string{"{", "}", "#x", "a\"b", "é", `c\d`}},
		{Name: "n", Type: validation.Number, Bounds: &validation.Bounds{Min: -1.5e-7, Max: 1e20}, Rules: []validation.Rule{{Name: "integer"}}},
		{Name: "l", Type: validation.List, Unique: true, Bounds: &validation.Bounds{Max: 3}, Item: &validation.Field{Type: validation.Text,
			Rules: []validation.Rule{{Name: "matches", Arguments: []string{`[a-z "]{2}\d`}}}}},
		{Name: "o", Type: validation.Object, Required: true, Members: []validation.Field{
			{Name: "p", Type: validation.Object, Members: []validation.Field{{Name: "q", Type: validation.Flag}}},
			{Name: "r", Type: validation.Text, RequiredWith: "p"}}},
		{Name: "s", Type: validation.Text, Sealed: true, Rules: []validation.Rule{{Name: "digits", Arguments: []string{"4", "6"}}}},
		{Name: "t", Type: validation.Text, Sealed: true, Rules: []validation.Rule{{Name: "same_as", Arguments: []string{"s"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, &endpoints.Endpoint{Name: "strange", Contract: strange, Method: "PATCH"})
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			printed := e.Caddyfile()
			_, built, err := parse(printed)
			if err != nil {
				t.Fatalf("%v in\n%s", err, printed)
			}
			if built.Contract.Subject() != e.Contract.Subject() || built.Method != e.Method || built.Path != e.Path || !reflect.DeepEqual(built.Contract.Table(), e.Contract.Table()) {
				t.Errorf("got\n%+v\nwant\n%+v\nfrom\n%s", built.Contract.Table(), e.Contract.Table(), printed)
			}
			if again := built.Caddyfile(); !e.Token && again != printed {
				t.Errorf("printed again\n%s", again)
			}
			if e.Token != strings.Contains(printed, "\theader X-Auth-Token\n") {
				t.Errorf("the token is not in\n%s", printed)
			}
		})
	}
}
