// Package conformance finds what stands beside the checkout and is never part of
// it: the third-party test suites, and the threats that tests must answer.
package conformance

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Dir returns the folder of one suite, such as "wycheproof".
func Dir(t testing.TB, suite string) string {
	t.Helper()
	return Beside(t, filepath.Join("conformance", suite))
}

// Beside returns the path of something in ../shared, beside the checkout.
// Without it a developer's test is skipped; under CI=true its absence fails the
// test, because a check that silently did not run is worse than a red one.
func Beside(t testing.TB, name string) string {
	t.Helper()
	_, self, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(self), "..", "..", "..", "shared", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing: %v", name, err)
		}
		t.Skipf("%s is not beside this checkout", name)
	}
	return path
}
