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

// TestSamplesHaveAMatcher: whoever pastes a sample has not gated a whole site, nor left
// spellings of a path that go around the gate.
func TestSamplesHaveAMatcher(t *testing.T) {
	samples := 0
	for name, text := range samplesOf(t) {
		samples += strings.Count(text, "customer_gate @")
		for _, sample := range bareGate.FindAllString(text, -1) {
			t.Errorf("%s: give this a matcher: %s", name, strings.TrimSpace(sample))
		}
		for _, sample := range narrowMatcher.FindAllString(text, -1) {
			t.Errorf("%s: make this customer_gate_path: %s", name, strings.TrimSpace(sample))
		}
	}
	if samples < 15 {
		t.Errorf("only %d samples have been found", samples)
	}
}

// TestSamplesTrustProxiesStrictly: without trusted_proxies_strict, a client chooses its
// address.
func TestSamplesTrustProxiesStrictly(t *testing.T) {
	samples := 0
	for name, text := range samplesOf(t) {
		for _, trusting := range trustedProxies.FindAllString(text, -1) {
			samples++
			if !strings.Contains(trusting, "trusted_proxies_strict") {
				t.Errorf("%s: add trusted_proxies_strict", name)
			}
		}
	}
	if samples < 2 {
		t.Errorf("only %d samples have been found", samples)
	}
}

var (
	narrowMatcher  = regexp.MustCompile(`(?m)^[ \t]*@\w+ path \*.*$`)
	trustedProxies = regexp.MustCompile(`(?m)^[ \t]*trusted_proxies .*\n.*$`)
)

// samplesOf are the documents and the configurations that people paste, by their names.
func samplesOf(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(Checkout(t), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules" || entry.Name() == "testdata"):
			return fs.SkipDir
		case filepath.Ext(path) != ".md" && filepath.Ext(path) != ".yaml" && !strings.HasPrefix(entry.Name(), "Caddyfile"):
			return nil
		}
		name, err := filepath.Rel(Checkout(t), path)
		found[name] = Read(t, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
