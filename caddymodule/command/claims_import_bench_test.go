package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkClaimsImport measures how long an address takes from a line of a
// file into a claims file.
func BenchmarkClaimsImport(b *testing.B) {
	config, folder := claimsConfig(b)
	var lines strings.Builder
	for i := range b.N {
		fmt.Fprintf(&lines, "customer.%d@example-%d.com\n", i, i%1000)
	}
	input := filepath.Join(folder, "input")
	writeFile(b, input, lines.String(), 0o600)
	flags := importFlags{claimsFlags: claimsFlags{gateFlags: gateFlags{config: config}}}
	b.ResetTimer()
	if err := flags.run(b.Context(), input, os.Stdin, io.Discard, io.Discard); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "addresses/s")
}
