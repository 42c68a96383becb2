package documents

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/validation"
)

var update = flag.Bool("update", false, "write the tables of docs/endpoints.md anew")

// ruleMeanings say what each rule wants, for the tables of endpoints.
var ruleMeanings = map[string]struct{ arguments, judges, meaning, codes string }{
	"birth_date":      {"", "text", "a day of the calendar as `YYYY-MM-DD`, on which a customer of the ages of `age` was born", "`dob_format`, `dob_future`, `dob_underage`, `dob_too_old`"},
	"country":         {"", "text", "three letters A-Z, such as `GBR`; or nothing", "`enum`"},
	"date":            {"", "text", "a day of the calendar as `YYYY-MM-DD`", "`date_format`"},
	"dialing_code":    {"", "text", "`+` and a country code that is assigned, that of the field `phone` behind it; its field is named `dialingCode`", "`phone_country`"},
	"differs_from":    {"<field>", "text", "another value than that of an earlier field of the same object", "`unchanged`; `password_unchanged` beside `password`"},
	"digits":          {"<min> <max>", "text", "so many digits 0-9", "`format`"},
	"email":           {"", "text", "a deliverable ASCII address, whose domain goes on in lower case", "`email_format`, `email_too_long`"},
	"email_immutable": {"", "barred", "nothing: an email address is never changed", "`email_immutable`"},
	"email_plausible": {"", "text", "up to 255 characters with an `@` in it, and no blank around them", "`email_format`, `email_too_long`"},
	"encrypted":       {"", "flag", "says whether what is sealed is encrypted; goes on as false", "`plaintext_not_allowed`"},
	"integer":         {"", "number", "a whole number, however it is written", "`type`"},
	"matches":         {"<expression>", "text", "what an [RE2 expression](https://github.com/google/re2/wiki/Syntax) matches from its beginning to its end", "`format`"},
	"name":            {"", "text", "the name of a person, by `name_length` and `name_punctuation`; goes on in NFC", "`name_length`, `name_characters`"},
	"password":        {"", "sealed text", "a strong password, which is not common, patterned or personal; personal is what the fields `firstName`, `lastName`, `email`, `phone` and `dob` hold, as far as there are any", "`password_…`"},
	"phone":           {"", "text", "a valid phone number with `+`, or behind a field `dialingCode`; goes on in E.164", "`phone_format`, `phone_trunk_zero`, `phone_invalid`"},
	"same_as":         {"<field>", "text", "the value of an earlier field of the same object", "`mismatch`; `password_mismatch` of a `password`"},
	"token":           {"", "text", "letters, digits and ``!#$%&'*+-.^_`\\|~``; or nothing", "`enum`"},
	"unknown_field":   {"", "barred", "nothing: no option lets the member through", "`unknown_field`"},
}

// TestEndpoints: docs/endpoints.md has the tables of all built-in endpoints, and of
// all rules, as they are in the code.
func TestEndpoints(t *testing.T) {
	const document = "docs/endpoints.md"
	text := Read(t, document)
	want := replaceTable(t, text, "rules", ruleTable(t))
	for name, e := range endpoints.BuiltIn {
		want = replaceTable(t, want, name, fieldTable(e.Contract))
	}
	if want == text {
		return
	}
	if !*update {
		t.Errorf("the tables of %s are not those of the code: run go test ./internal/documents -run TestEndpoints -update", document)
		return
	}
	if err := os.WriteFile(filepath.Join(Checkout(t), filepath.FromSlash(document)), []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replaceTable puts a table in the place of the one with a name.
func replaceTable(t *testing.T, text, name, table string) string {
	t.Helper()
	begin := "<!-- table: " + name + " -->\n"
	before, rest, found := strings.Cut(text, begin)
	_, after, ends := strings.Cut(rest, "\n\n")
	if !found || !ends {
		t.Errorf("there is no %s", begin)
		return text
	}
	return before + begin + table + "\n" + after
}

func ruleTable(t *testing.T) string {
	t.Helper()
	table := "| rule | judges | what it wants | codes |\n|---|---|---|---|\n"
	for _, name := range validation.RuleNames() {
		rule, found := ruleMeanings[name]
		if _, most := validation.RuleArguments(name); !found || len(strings.Fields(rule.arguments)) != most {
			t.Errorf("the rule %s is not explained, or with other arguments", name)
		}
		table += fmt.Sprintf("| `%s` | %s | %s | %s |\n", strings.TrimSpace(name+" "+rule.arguments), rule.judges, rule.meaning, rule.codes)
	}
	return table
}

func fieldTable(e *validation.Endpoint) string {
	table := "| name | type | required | values |\n|---|---|---|---|\n"
	for f := range e.Fields() {
		name := strings.ReplaceAll(strings.TrimPrefix(string(f.Pointer), "/"), "/", ".")
		table += fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, f.Type, presence(f), strings.Join(values(f), "; "))
	}
	return table
}

func presence(f validation.Field) string {
	switch {
	case f.Type == validation.Barred:
		return "never"
	case f.Required:
		return "yes"
	case f.RequiredWith != "":
		return "with `" + f.RequiredWith + "`"
	}
	return "no"
}

// values say what a value has to be.
func values(f validation.Field) []string {
	var said []string
	if f.Sealed {
		said = append(said, "[sealed](#encrypted-or-not)")
	}
	if f.Claimed {
		said = append(said, "claimed")
	}
	if f.Account {
		said = append(said, "the account")
	}
	if f.Bounds != nil {
		said = append(said, strconv.FormatFloat(f.Bounds.Min, 'g', -1, 64)+" to "+strconv.FormatFloat(f.Bounds.Max, 'g', -1, 64)+" characters")
	}
	if len(f.OneOf) > 0 {
		said = append(said, "one of `"+strings.Join(f.OneOf, "`, `")+"`")
	}
	for _, r := range f.Rules {
		said = append(said, "`"+strings.Join(slices.Concat([]string{r.Name}, r.Arguments), " ")+"`")
	}
	if f.Type == validation.Object && len(f.Members) == 0 {
		said = append(said, "of the client's own")
	}
	return said
}
