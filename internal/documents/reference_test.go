package documents

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const referenceBegins = `# Reference

Every module of Caddy's that is in here, by its ID, with the options that it has in JSON.
It is written from the comments of the code; [Options](options.md) has the same in a
Caddyfile.
`

// TestReference: docs/reference.md is what the comments of the code say.
func TestReference(t *testing.T) {
	const document = "docs/reference.md"
	want := referenceBegins + readModules(t, Checkout(t)).write()
	path := filepath.Join(Checkout(t), filepath.FromSlash(document))
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if Read(t, document) != want {
		t.Errorf("%s is not what the code says: run go test ./internal/documents -run TestReference -update", document)
	}
}

// modules are all types of caddymodule, and which of them are modules of Caddy's.
type modules struct {
	types map[string]*documented // by package and name
	ids   map[string]string      // of modules, to the name of the type
}

type documented struct {
	in      string // the package
	doc     string
	fields  *ast.FieldList
	imports map[string]string // by name
}

func readModules(t *testing.T, root string) *modules {
	t.Helper()
	m := &modules{types: map[string]*documented{}, ids: map[string]string{}}
	err := filepath.WalkDir(filepath.Join(root, "caddymodule"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err == nil {
			folder, _ := filepath.Rel(root, filepath.Dir(path))
			m.read("github.com/customergate/customergate/"+filepath.ToSlash(folder), file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *modules) read(in string, file *ast.File) {
	imports := map[string]string{}
	for _, i := range file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		imports[path[strings.LastIndex(path, "/")+1:]] = path
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if named, ok := spec.(*ast.TypeSpec); ok {
					fields := new(ast.FieldList) // what is no struct has none
					if s, ok := named.Type.(*ast.StructType); ok {
						fields = s.Fields
					}
					m.types[in+"."+named.Name.Name] = &documented{in, d.Doc.Text(), fields, imports}
				}
			}
		case *ast.FuncDecl:
			if d.Name.Name == "CaddyModule" && d.Recv != nil {
				if id := moduleID(d); id != "" {
					m.ids[id] = in + "." + receiver(d)
				}
			}
		}
	}
}

// moduleID is the text in the place of the ID that a CaddyModule method returns.
func moduleID(f *ast.FuncDecl) (id string) {
	ast.Inspect(f, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "ID" {
			if text, ok := pair.Value.(*ast.BasicLit); ok {
				id, _ = strconv.Unquote(text.Value)
			}
		}
		return true
	})
	return id
}

func receiver(f *ast.FuncDecl) string {
	switch of := f.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		return of.X.(*ast.Ident).Name
	case *ast.Ident:
		return of.Name
	}
	return ""
}

func (m *modules) write() string {
	var b strings.Builder
	ids := make([]string, 0, len(m.ids))
	for id := range m.ids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		s := m.types[m.ids[id]]
		if s == nil {
			continue
		}
		fmt.Fprintf(&b, "\n## `%s`\n\n%s", id, linked(s.doc))
		m.writeFields(&b, "", s)
	}
	return b.String()
}

// writeFields writes the options of a struct, each behind those that it stands in.
func (m *modules) writeFields(b *strings.Builder, in string, s *documented) {
	for _, f := range s.fields.List {
		of, list := m.structOf(f.Type, s)
		if len(f.Names) == 0 {
			if of != nil {
				m.writeFields(b, in, of) // its options are this one's
			}
			continue
		}
		name := jsonName(f)
		if name == "" {
			continue
		}
		fmt.Fprintf(b, "\n### `%s%s`\n\n%s", in, name, linked(f.Doc.Text()))
		if of != nil {
			m.writeFields(b, in+name+list+".", of)
		}
	}
}

// structOf is the struct of this project that a field holds, and [] where it is a list.
func (m *modules) structOf(t ast.Expr, in *documented) (s *documented, list string) {
	switch of := t.(type) {
	case *ast.StarExpr:
		return m.structOf(of.X, in)
	case *ast.ArrayType:
		s, _ = m.structOf(of.Elt, in)
		return s, "[]"
	case *ast.Ident:
		return m.types[in.in+"."+of.Name], ""
	case *ast.SelectorExpr:
		if pkg, ok := of.X.(*ast.Ident); ok {
			return m.types[in.imports[pkg.Name]+"."+of.Sel.Name], ""
		}
	}
	return nil, ""
}

func jsonName(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	text, _ := strconv.Unquote(f.Tag.Value)
	name, _, _ := strings.Cut(reflect.StructTag(text).Get("json"), ",")
	return strings.TrimPrefix(name, "-")
}

// linked makes Markdown of a comment: code keeps its indentation, links to names go.
func linked(doc string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(doc) {
		if indented := strings.HasPrefix(line, "\t"); indented != code && strings.TrimSpace(line) != "" {
			b.WriteString(map[bool]string{true: "```text\n", false: "```\n"}[indented])
			code = indented
		}
		b.WriteString(strings.TrimPrefix(line, "\t"))
	}
	if code {
		b.WriteString("```\n")
	}
	return b.String()
}
