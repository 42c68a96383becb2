// Package conformance finds the third-party test suites that stand beside the
// checkout and are never part of it.
package conformance

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Dir returns the folder of one suite, such as "wycheproof". Without the
// suites a developer's test is skipped; under CI=true their absence fails it,
// because a check that silently did not run is worse than a red one.
func Dir(t testing.TB, suite string) string {
	t.Helper()
	_, self, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(self), "..", "..", "..", "shared", "conformance", suite)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the conformance suite %s is missing: %v", suite, err)
		}
		t.Skipf("the conformance suite %s is not beside this checkout", suite)
	}
	return dir
}
