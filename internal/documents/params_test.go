package documents

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// TestParams: docs/errors.md has the params of every code and what they are, as the
// tables of the source say.
func TestParams(t *testing.T) {
	text := Read(t, "docs/errors.md")
	for _, table := range []string{tableOfCodes(), tableOfParams()} {
		if !strings.Contains(text, "\n"+table+"\n") {
			t.Errorf("docs/errors.md has not this table:\n%s", table)
		}
	}
}

// detailCodes are the codes of what is wrong with a value or a header, with all that
// is said under them.
func detailCodes() []validation.CodeInfo {
	codes := slices.Collect(validation.Codes())
	for header := range languages.HeaderCodes() {
		i := slices.IndexFunc(codes, func(c validation.CodeInfo) bool { return c.Code == header.Code })
		if i < 0 {
			codes = append(codes, header)
			continue
		}
		codes[i].Sentences = append(codes[i].Sentences, header.Sentences...)
	}
	return codes
}

func tableOfCodes() string {
	table := "| code | params | `reason` |\n|---|---|---|\n"
	for _, code := range detailCodes() {
		var names []string
		for _, p := range code.Params() {
			if p.Name != "reason" {
				names = append(names, p.Name)
			}
		}
		if len(names)+len(code.Reasons()) > 0 {
			table += fmt.Sprintf("| `%s` | %s | %s |\n", code.Code, inCode(names), inCode(code.Reasons()))
		}
	}
	return table
}

func tableOfParams() string {
	var params []validation.ParamInfo
	for _, code := range detailCodes() {
		for _, p := range code.Params() {
			if p.Name != "reason" && !slices.ContainsFunc(params, func(known validation.ParamInfo) bool { return known.Name == p.Name }) {
				params = append(params, p)
			}
		}
	}
	slices.SortFunc(params, func(a, b validation.ParamInfo) int { return strings.Compare(a.Name, b.Name) })
	table := "| param | what it is |\n|---|---|\n"
	for _, p := range append(params, validation.Within()) {
		table += fmt.Sprintf("| `%s` | %s%s |\n", p.Name, strings.ToLower(p.Description[:1])+strings.TrimSuffix(p.Description[1:], "."), listOf(p.Values))
	}
	return table
}

func listOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return ": " + inCode(values)
}

func inCode(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}
