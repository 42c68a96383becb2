package validation

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// documented is a row of a document's table of fields.
type documented struct{ name, kind, required, values string }

// TestDocumentedFields holds the tables of the documents against the contract's:
// every field in order, with its type, whether it is required, its greatest
// length and the values that it may have.
func TestDocumentedFields(t *testing.T) {
	for page, endpoint := range map[string]*Endpoint{
		"../docs/registration.md": RegisterCustomer,
		"../docs/profile.md":      EditProfile,
	} {
		t.Run(page, func(t *testing.T) { compareFields(t, documentedFields(t, page), slices.Collect(endpoint.Fields())) })
	}
}

func compareFields(t *testing.T, rows []documented, fields []Field) {
	t.Helper()
	for i := range max(len(rows), len(fields)) {
		switch {
		case i >= len(rows):
			t.Errorf("%s is not documented", fields[i].Pointer)
		case i >= len(fields):
			t.Errorf("%s is documented, but is no field", rows[i].name)
		default:
			rows[i].check(t, &fields[i])
		}
	}
}

// documentedTypes are the words of JSON Schema for the types of fields.
var documentedTypes = map[Type]string{Text: "string", Flag: "boolean", Object: "object", Barred: "any"}

var lengthInWords = regexp.MustCompile(`up to ([0-9]+) characters`)

func (row documented) check(t *testing.T, f *Field) {
	t.Helper()
	name := strings.ReplaceAll(strings.TrimPrefix(string(f.Pointer), "/"), "/", ".")
	required := documentedPresence(f)
	if row.name != name || row.kind != documentedTypes[f.Type] || row.required != required {
		t.Errorf("the table says %s, %s, required: %s; want %s, %s, %s",
			row.name, row.kind, row.required, name, documentedTypes[f.Type], required)
	}
	length := 0
	if found := lengthInWords.FindStringSubmatch(row.values); found != nil {
		length, _ = strconv.Atoi(found[1])
	}
	want := 0
	if f.Bounds != nil {
		want = int(f.Bounds.Max)
	}
	if length != want {
		t.Errorf("%s: the table says up to %d characters, want %d (0 for no limit of its own)", name, length, want)
	}
	for _, value := range f.OneOf {
		if !strings.Contains(row.values, "`"+value+"`") {
			t.Errorf("%s: the table does not have the value %s", name, value)
		}
	}
}

func documentedPresence(f *Field) string {
	switch {
	case f.Type == Barred:
		return "never"
	case f.Required:
		return "yes"
	case f.RequiredWith != "":
		return "with `" + f.RequiredWith + "`"
	}
	return "no"
}

// documentedFields returns the rows of the table under the heading Body.
func documentedFields(t *testing.T, page string) []documented {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "\n## Body\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []documented
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.SplitN(strings.Trim(strings.TrimSpace(line), "|"), "|", 4)
		if len(cells) != 4 {
			t.Fatalf("a row has %d cells, want 4: %s", len(cells), line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, documented{strings.Trim(cells[0], "`"), cells[1], cells[2], cells[3]})
	}
	return rows
}

// TestDocumentedPunctuation holds the list of the characters that an operator can
// add to names against the one that the rules know.
func TestDocumentedPunctuation(t *testing.T) {
	text, err := os.ReadFile("../docs/registration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "`name_punctuation`, as many as wanted of")
	list, _, _ = strings.Cut(list, "None is")
	var got string
	for _, found := range regexp.MustCompile("`(.)`").FindAllStringSubmatch(list, -1) {
		got += found[1]
	}
	if got != NamePunctuationChoices {
		t.Errorf("the document lists %+q, want %+q", got, NamePunctuationChoices)
	}
}
