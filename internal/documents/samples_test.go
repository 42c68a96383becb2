package documents

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// bareGate is a gate without a matcher.
var bareGate = regexp.MustCompile(`(?m)^[ \t]*customer_gate([ \t]+(register_customer|edit_profile))?[ \t]*\{?$`)

// TestSamplesHaveAMatcher: whoever pastes a sample has not gated a whole site.
func TestSamplesHaveAMatcher(t *testing.T) {
	samples := 0
	err := filepath.WalkDir(Checkout(t), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules" || entry.Name() == "testdata"):
			return fs.SkipDir
		case filepath.Ext(path) != ".md" && entry.Name() != "Caddyfile.example":
			return nil
		}
		name, err := filepath.Rel(Checkout(t), path)
		if err != nil {
			return err
		}
		text := Read(t, name)
		samples += strings.Count(text, "customer_gate @")
		for _, sample := range bareGate.FindAllString(text, -1) {
			t.Errorf("%s: give this a matcher: %s", name, strings.TrimSpace(sample))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if samples < 15 {
		t.Errorf("found only %d samples", samples)
	}
}
