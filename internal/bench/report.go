package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/customergate/customergate/internal/figures"
)

func (t *table) report(set settings, s *servers) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s: %d rounds of %s for each row, %d requests under way, client and upstream on the same machine. Medians, with the least and the greatest in brackets.\n\n",
		figures.Machine(), set.rounds, set.duration, set.clients)
	t.reportRows(&b, s)
	t.reportOperations(&b)
	t.reportComparisons(&b, s)
	t.reportLatencies(&b, s)
	return b.String()
}

func (t *table) reportRows(b *strings.Builder, s *servers) {
	b.WriteString("| row | CPU µs per request | requests/s | answered 503 |\n|---|---|---|---|\n")
	for _, r := range rows(s, &requests{}) {
		busy := ""
		if slices.Max(t.busy[r.name]) > 0 {
			busy = fmt.Sprintf("%.0f %%", 100*median(t.busy[r.name]))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.name, spread(t.cpu[r.name], "%.0f"), spread(t.rate[r.name], "%.0f"), busy)
	}
}

func (t *table) reportOperations(b *strings.Builder) {
	fmt.Fprintf(b, "\n| one RSA-2048 private operation | CPU µs |\n|---|---|\n| crypto/rsa | %s |\n| OpenSSL | %s |\n",
		spread(t.private, "%.0f"), spread(t.openSSL, "%.0f"))
}

func (t *table) reportComparisons(b *strings.Builder, s *servers) {
	b.WriteString("\n| CPU time of | beside | ratio | to reach |\n|---|---|---|---|\n")
	for _, c := range t.comparisons(s) {
		limit := ""
		if c.limit > 0 {
			limit = fmt.Sprintf("%.2f", c.limit)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.what, c.beside, spread(c.ratio, "%.2f"), limit)
	}
}

// maxAlone is what one encrypted registration may take on an idle gate.
var maxAlone = map[string]string{goEngine: "1.7ms", "openssl": "0.9ms", "cryptomb": "0.9ms"}

func (t *table) reportLatencies(b *strings.Builder, s *servers) {
	fmt.Fprint(b, "\n| latency with the engine | one encrypted registration on an idle gate: median | to reach | another route, 99th percentile: idle | while the gate decrypts all it can | to reach |\n|---|---|---|---|---|---|\n")
	for _, e := range s.engines {
		l := t.latencies[e.name]
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | 5ms |\n", e.name, l.alone.Percentile(50), maxAlone[e.name], l.idle.Percentile(99), l.busy.Percentile(99))
	}
}

func spread(values []float64, format string) string {
	if len(values) == 0 {
		return ""
	}
	if slices.ContainsFunc(values, math.IsNaN) {
		return "not to be had"
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", median(values), slices.Min(values), slices.Max(values))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
