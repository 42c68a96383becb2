package validation_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/conformance"
	"github.com/customergate/customergate/validation"
)

// suite reads the files of JSONTestSuite whose names begin with a prefix: y_
// must be parsed, n_ must not, i_ is for each parser to decide.
func suite(t *testing.T, prefix string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(conformance.Dir(t, "jsontestsuite"), "test_parsing", prefix+"*.json"))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte, len(paths))
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = body
	}
	return files
}

func TestJSONTestSuiteRefuses(t *testing.T) {
	files := suite(t, "n_")
	if len(files) != 188 {
		t.Errorf("%d files, want 188", len(files))
	}
	for name, body := range files {
		if _, err := validation.RegisterCustomer.Read(body); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestJSONTestSuiteAccepts(t *testing.T) {
	// The contract's section 4 is stricter than RFC 8259: a name stands once.
	stricter := []string{"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
	files := suite(t, "y_")
	if len(files) != 95 {
		t.Errorf("%d files, want 95", len(files))
	}
	for name, body := range files {
		s, err := validation.RegisterCustomer.Read(body)
		if want := !slices.Contains(stricter, name); (err == nil) != want {
			t.Errorf("%s: accepted %t, want %t: %v", name, err == nil, want, err)
		}
		if err != nil {
			continue
		}
		gate{}.check(s)
		notObject := slices.Equal(findings(s.Violations()), []string{" type"})
		if want := !strings.HasPrefix(strings.TrimSpace(string(body)), "{"); notObject != want {
			t.Errorf("%s: %q", name, findings(s.Violations()))
		}
	}
}

func TestJSONTestSuiteLeavesToTheParser(t *testing.T) {
	// Numbers stay digits until a rule looks at them, so their size is no
	// matter of syntax. Everything else of the suite is not UTF-8, begins with
	// a byte order mark, has lone surrogates or nests 500 levels.
	accepted := []string{
		"i_number_double_huge_neg_exp.json",
		"i_number_huge_exp.json",
		"i_number_neg_int_huge_exp.json",
		"i_number_pos_double_huge_exp.json",
		"i_number_real_neg_overflow.json",
		"i_number_real_pos_overflow.json",
		"i_number_real_underflow.json",
		"i_number_too_big_neg_int.json",
		"i_number_too_big_pos_int.json",
		"i_number_very_big_negative_int.json",
	}
	var got []string
	files := suite(t, "i_")
	if len(files) != 35 {
		t.Errorf("%d files, want 35", len(files))
	}
	for name, body := range files {
		if _, err := validation.RegisterCustomer.Read(body); err == nil {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, accepted) {
		t.Errorf("accepted:\n got %q\nwant %q", got, accepted)
	}
}

// Numbers that parsers take for infinite or for zero, or refuse, are not
// forwarded.
func TestJSONTestSuiteNumbersInDynamicFields(t *testing.T) {
	beyond := []string{
		"i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json",
		"i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
		"i_number_real_underflow.json",
	}
	for name, number := range suite(t, "i_number") {
		s := gate{}.judge(t, valid.with("dynamicFields", `{"n":`+string(number)+`}`).body())
		var want []string
		if slices.Contains(beyond, name) {
			want = []string{"/dynamicFields/n/0 type"}
		}
		if got := findings(s.Violations()); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
