package validation

import (
	"os"
	"regexp"
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
		t.Run(page, func(t *testing.T) { compareFields(t, documentedFields(t, page), endpoint.fields) })
	}
}

func compareFields(t *testing.T, rows []documented, fields []field) {
	t.Helper()
	for i := range max(len(rows), len(fields)) {
		switch {
		case i >= len(rows):
			t.Errorf("%s is not documented", fields[i].pointer)
		case i >= len(fields):
			t.Errorf("%s is documented, but is no field", rows[i].name)
		default:
			rows[i].check(t, &fields[i])
		}
	}
}

// documentedTypes are the words of JSON Schema for the types of fields.
var documentedTypes = map[fieldType]string{text: "string", flag: "boolean", record: "object", freeform: "object", barred: "any"}

var upTo = regexp.MustCompile(`up to ([0-9]+) characters`)

func (row documented) check(t *testing.T, f *field) {
	t.Helper()
	name := strings.ReplaceAll(strings.TrimPrefix(string(f.pointer), "/"), "/", ".")
	required := documentedPresence(f)
	if row.name != name || row.kind != documentedTypes[f.kind] || row.required != required {
		t.Errorf("the table says %s, %s, required: %s; want %s, %s, %s",
			row.name, row.kind, row.required, name, documentedTypes[f.kind], required)
	}
	length := 0
	if found := upTo.FindStringSubmatch(row.values); found != nil {
		length, _ = strconv.Atoi(found[1])
	}
	if length != f.maxLength {
		t.Errorf("%s: the table says up to %d characters, want %d (0 for no limit of its own)", name, length, f.maxLength)
	}
	for _, value := range f.oneOf {
		if !strings.Contains(row.values, "`"+value+"`") {
			t.Errorf("%s: the table does not have the value %s", name, value)
		}
	}
}

func documentedPresence(f *field) string {
	switch {
	case f.kind == barred:
		return "never"
	case f.required:
		return "yes"
	case f.requiredWith != "":
		return "with `" + f.requiredWith + "`"
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
