package caddymodule

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/internal/routes"
	"github.com/customergate/customergate/validation"
)

func TestConfigRefused(t *testing.T) {
	words := filepath.Join(t.TempDir(), "words.txt")
	writeFile(t, words, strings.Repeat("a line of words\n", 70_000), 0o644)
	tests := map[string]struct{ config, says string }{
		"unknown option":                   {`{"max_size":1}`, "max_size"},
		"option in another case":           {`{"Max_body":65536,"MGF1":"both","mgf":1}`, "mgf"},
		"unknown option of a header":       {`{"headers":[{"name":"x","value":"y"}]}`, "value"},
		"unknown rule":                     {`{"rules":{"ages":1}}`, "ages"},
		"unknown bound":                    {`{"rules":{"age":{"min":18,"maximum":99}}}`, "maximum"},
		"wrong type":                       {`{"max_body":"64KiB"}`, "max_body"},
		"header without a name":            {`{"headers":[{}]}`, "not a field name"},
		"header that cannot arrive":        {`{"headers":[{"name":"x_tenant"}]}`, "can never arrive"},
		"header named twice":               {`{"headers":[{"name":"uuid"},{"name":"UUID"}]}`, "named twice"},
		"header value with a line break":   {`{"headers":[{"name":"uuid","values":["a\nb"]}]}`, "printable ASCII"},
		"max_body negative":                {`{"max_body":-1}`, "max_body"},
		"max_body under the least":         {`{"max_body":1023}`, "max_body"},
		"max_body over the greatest":       {`{"max_body":16777217}`, "max_body"},
		"unknown provider":                 {`{"keys":{"provider":"vault"}}`, "keys.vault"},
		"no provider":                      {`{"keys":{}}`, "provider"},
		"unknown option of a provider":     {`{"keys":{"provider":"auto","path":"/key.pem"}}`, "path"},
		"key file that is not there":       {`{"keys":{"provider":"file","path":"/nowhere/key.pem"}}`, "/nowhere/key.pem"},
		"mgf1":                             {`{"mgf1":"md5"}`, "mgf1"},
		"engine that is not there":         {`{"engine":"fips"}`, "engine: \"fips\" is not in this binary: want one of auto, go"},
		"queue without a slot":             {`{"queue":{"slots":0}}`, "queue: 0 slots are out of range"},
		"queue with too many slots":        {`{"queue":{"slots":1025}}`, "queue: 1025 slots"},
		"queue with a negative wait":       {`{"queue":{"wait":-1}}`, "queue: a wait of"},
		"queue with too long a wait":       {`{"queue":{"wait":"61s"}}`, "queue: a wait of"},
		"queue with too short a target":    {`{"queue":{"target":"1us"}}`, "queue: a target of"},
		"queue with too few places":        {`{"queue":{"places":15}}`, "queue: 15 places"},
		"queue with too many places":       {`{"queue":{"places":65537}}`, "queue: 65537 places"},
		"plaintext unknown":                {`{"plaintext":["maybe"]}`, "maybe"},
		"plaintext empty word":             {`{"plaintext":[""]}`, "plaintext"},
		"plaintext deny with a range":      {`{"plaintext":["10.0.0.0/8","deny"]}`, "stand alone"},
		"allow_fields of the contract":     {`{"allow_fields":["Email"]}`, "Email"},
		"allow_fields star with a name":    {`{"allow_fields":["x","*"]}`, "no other member"},
		"allow_fields twice":               {`{"allow_fields":["x","x"]}`, "named twice"},
		"errors":                           {`{"errors":"html"}`, "errors"},
		"name_length without max":          {`{"rules":{"name_length":{"min":2}}}`, "name_length"},
		"age reversed":                     {`{"rules":{"age":{"min":99,"max":18}}}`, "age"},
		"timezone":                         {`{"rules":{"timezone":"Local"}}`, "timezone"},
		"phone":                            {`{"rules":{"phone":"lenient"}}`, "phone"},
		"password_length zero":             {`{"rules":{"password_length":0}}`, "password_length"},
		"password_points zero":             {`{"rules":{"password_points":0}}`, "password_points"},
		"password_words that is not there": {`{"rules":{"password_words":"/nowhere/words.txt"}}`, "password_words"},
		"password_words too large":         {`{"rules":{"password_words":"` + words + `"}}`, "over 1 MiB"},
		"password_words a folder":          {`{"rules":{"password_words":"` + t.TempDir() + `"}}`, "password_words"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := provision(t, test.config)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, it should say %q", err, test.says)
			}
		})
	}
}

// TestConfigDefaults: the shortest configuration is the documented one.
func TestConfigDefaults(t *testing.T) {
	g, err := provision(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	want := Gate{
		Headers:   []headers.Required{{Name: "platform", Values: []string{"fincode"}}, {Name: "uuid"}},
		MaxBody:   65536,
		MGF1:      "both",
		Engine:    "auto",
		Plaintext: []string{"private_ranges"},
	}
	got := Gate{
		Headers: g.Headers, MaxBody: g.MaxBody, MGF1: g.MGF1, Engine: g.Engine, Queue: g.Queue,
		ReuseLimit: g.ReuseLimit, Plaintext: g.Plaintext, AllowFields: g.AllowFields, Errors: g.Errors, Rules: g.Rules,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the defaults are %+v, want %+v", got, want)
	}
	if wait := g.Queue.Options().Wait.String(); wait != "1s" {
		t.Errorf("the wait is %s", wait)
	}
	if policy := g.policy(); !reflect.DeepEqual(policy, validation.DefaultPolicy()) {
		t.Errorf("the policy is %+v", policy)
	}
	if id := g.source.Provider.(caddy.Module).CaddyModule().ID; id != "http.handlers.customer_gate.keys.auto" {
		t.Errorf("the keys are %s", id)
	}
}

// TestConfigDefaultsInCaddyfile: a Caddyfile that spells the documented
// defaults out makes the gate that an empty one makes.
func TestConfigDefaultsInCaddyfile(t *testing.T) {
	config, err := adapt(goldenNamed(t, "directive", "documented_defaults").source)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(config, &tree); err != nil {
		t.Fatal(err)
	}
	spelt := routes.Gates(tree)[0]
	delete(spelt, "handler")
	delete(spelt["queue"].(map[string]any), "slots") // the number of CPUs differs from machine to machine
	delete(spelt, "errors")                          // "errors envelope" is fixed, where the default negotiates
	text, err := json.Marshal(spelt)
	if err != nil {
		t.Fatal(err)
	}
	a, err := provision(t, string(text))
	if err != nil {
		t.Fatal(err)
	}
	b, err := provision(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a.headers, b.headers) || a.MaxBody != b.MaxBody || a.MGF1 != b.MGF1 || a.Engine != b.Engine || a.Queue.Options() != b.Queue.Options() ||
		!reflect.DeepEqual(a.plaintext, b.plaintext) || a.form != b.form || !reflect.DeepEqual(a.policy(), b.policy()) {
		t.Errorf("spelt out it is %+v, left out %+v", a, b)
	}
}

func TestConfigPasswordWordsPlaceholder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "words.txt")
	writeFile(t, path, "zorblatt\n", 0o644)
	t.Setenv("CUSTOMER_GATE_WORDS", path)
	if _, err := provision(t, `{"rules":{"password_words":"{env.CUSTOMER_GATE_WORDS}"}}`); err != nil {
		t.Error(err)
	}
}

// TestConfigForeignCollectors: metrics that cannot be registered keep the
// configuration from loading.
func TestConfigForeignCollectors(t *testing.T) {
	ctx, _ := newContext(t, nil)
	ctx.GetMetricsRegistry().MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "caddy_customer_gate_requests_total", Help: "another"}))
	if _, err := ctx.LoadModuleByID("http.handlers.customer_gate", json.RawMessage(`{}`)); err == nil || !strings.Contains(err.Error(), "registering metrics") {
		t.Errorf("the error is %v", err)
	}
}

// TestOptionsAreDocumented: Caddy's site makes its pages of these comments.
func TestOptionsAreDocumented(t *testing.T) {
	gate, _ := filepath.Glob("*.go")
	unique, _ := filepath.Glob("uniqueness/*.go")
	options := 0
	for _, name := range slices.Concat(gate, unique) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.TYPE {
				continue
			}
			for _, spec := range general.Specs {
				options += checkDocumented(t, general, spec.(*ast.TypeSpec))
			}
		}
	}
	if options < 18 {
		t.Errorf("only %d options were found", options)
	}
}

// checkDocumented looks at the fields of an exported struct and returns how
// many of them are options.
func checkDocumented(t *testing.T, declaration *ast.GenDecl, spec *ast.TypeSpec) int {
	t.Helper()
	structure, ok := spec.Type.(*ast.StructType)
	if !ok || !spec.Name.IsExported() {
		return 0
	}
	options := 0
	for _, field := range structure.Fields.List {
		if field.Tag == nil || !strings.Contains(field.Tag.Value, `json:"`) {
			continue
		}
		options++
		doc := field.Doc.Text()
		switch {
		case doc == "":
			t.Errorf("%s.%s has no doc comment", spec.Name, field.Names[0])
		case strings.Contains(field.Tag.Value, "omitempty") && !strings.Contains(doc, "Default:"):
			t.Errorf("the comment of %s.%s states no default", spec.Name, field.Names[0])
		}
	}
	if options > 0 && !strings.HasPrefix(declaration.Doc.Text(), spec.Name.Name+" ") {
		t.Errorf("%s has no doc comment that begins with its name", spec.Name)
	}
	return options
}
