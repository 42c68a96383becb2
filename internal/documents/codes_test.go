package documents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCodes: docs/errors.md has a section for every code of a refusal, and a row
// for every code of a violation, and none besides.
func TestCodes(t *testing.T) {
	refusals, violations := declaredCodes(t)
	delete(refusals, "REPLAYED") // no client sees it: the first answer is given again
	delete(refusals, "SKIPPED")  // nor this: the request has gone on
	if len(refusals) < 10 || len(violations) < 30 {
		t.Fatalf("found only %d codes of refusals and %d of violations", len(refusals), len(violations))
	}
	var sections []string
	text := Read(t, "docs/errors.md")
	_, refused, _ := strings.Cut(text, "\n## Refusals\n")
	refused, _, _ = strings.Cut(refused, "\n## ")
	for line := range strings.Lines(refused) {
		if heading, is := strings.CutPrefix(line, "### "); is {
			sections = append(sections, strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(heading), "-", "_")))
		}
	}
	compare(t, "section", sections, refusals)
	var rows []string
	_, table, _ := strings.Cut(text, "| pointer | code | meaning |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		rows = append(rows, strings.Trim(strings.Split(line, "|")[2], " `"))
	}
	compare(t, "row", rows, violations)
}

func compare(t *testing.T, what string, documented []string, declared map[string]bool) {
	t.Helper()
	for _, code := range slices.Sorted(maps.Keys(declared)) {
		if !slices.Contains(documented, code) {
			t.Errorf("docs/errors.md has no %s for %s", what, code)
		}
	}
	for _, code := range documented {
		if !declared[code] {
			t.Errorf("docs/errors.md has a %s for %s, which there is not", what, code)
		}
	}
}

// declaredCodes reads the constants of the source: those of type validation.Code
// and those whose names begin with code.
func declaredCodes(t *testing.T) (refusals, violations map[string]bool) {
	t.Helper()
	refusals, violations = make(map[string]bool), make(map[string]bool)
	for _, folder := range []string{"validation", "caddymodule"} {
		err := filepath.WalkDir(filepath.Join(Checkout(t), folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if spec, is := n.(*ast.ValueSpec); is {
					addCodes(spec, refusals, violations)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return refusals, violations
}

func addCodes(spec *ast.ValueSpec, refusals, violations map[string]bool) {
	for i, name := range spec.Names {
		if i >= len(spec.Values) {
			return
		}
		literal, is := spec.Values[i].(*ast.BasicLit)
		if !is || literal.Kind != token.STRING {
			continue
		}
		code, _ := strconv.Unquote(literal.Value)
		switch {
		case isCode(spec.Type):
			violations[code] = true
		case strings.HasPrefix(name.Name, "code"):
			refusals[code] = true
		}
	}
}

func isCode(expression ast.Expr) bool {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name == "Code"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Code"
	}
	return false
}
