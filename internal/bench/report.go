package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// figures are the measurements of all rounds, by scenario.
type figures struct {
	cpu, rate map[string][]float64
	private   []float64
	openSSL   []float64
}

func newFigures() *figures {
	return &figures{cpu: make(map[string][]float64), rate: make(map[string][]float64)}
}

func (f *figures) add(name string, m measurement) {
	f.cpu[name] = append(f.cpu[name], m.cpu)
	f.rate[name] = append(f.rate[name], m.rate)
}

func (f *figures) addPrivateOperation(us float64) { f.private = append(f.private, us) }
func (f *figures) addOpenSSL(us float64)          { f.openSSL = append(f.openSSL, us) }

// ratios divides round by round, since the machine's speed drifts from one to
// the next.
func ratios(a, b []float64) []float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	return r
}

// expected is what n private operations on top of the plaintext case cost.
func (f *figures) expected(n float64) []float64 {
	sum := make([]float64, len(f.private))
	for i := range sum {
		sum[i] = f.cpu[plaintext][i] + n*f.private[i]
	}
	return sum
}

func (f *figures) report(rounds int, duration time.Duration, concurrency int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, %s: %d rounds of %s for each row, %d requests under way, client and upstream on the same machine. Medians, with the least and the greatest in brackets.\n\n",
		machine(), runtime.Version(), rounds, duration, concurrency)
	b.WriteString("| through the gateway | CPU µs per request | requests/s | beside | ratio | to reach |\n|---|---|---|---|---|---|\n")
	f.row(&b, bare, "", nil, "")
	f.row(&b, plaintext, "bare", ratios(f.cpu[plaintext], f.cpu[bare]), "1.45")
	f.row(&b, oneSealed, "plaintext + 1 private operation", ratios(f.cpu[oneSealed], f.expected(1)), "1.10")
	f.row(&b, twoSealed, "plaintext + 2 private operations", ratios(f.cpu[twoSealed], f.expected(2)), "1.10")
	for _, without := range []string{unclaimedPaced, unclaimedCrowd, unclaimedSeal} {
		with := withClaims(without)
		f.row(&b, without, "", nil, "")
		f.row(&b, with, "without", ratios(f.cpu[with], f.cpu[without]), "1.25")
	}
	fmt.Fprintf(&b, "\n| one RSA-2048 private operation | CPU µs |\n|---|---|\n| crypto/rsa | %s |\n| OpenSSL | %s |\n",
		spread(f.private, "%.0f"), spread(f.openSSL, "%.0f"))
	return b.String()
}

func (f *figures) row(b *strings.Builder, name, beside string, ratio []float64, target string) {
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", name,
		spread(f.cpu[name], "%.0f"), spread(f.rate[name], "%.0f"), beside, spread(ratio, "%.2f"), target)
}

func spread(values []float64, format string) string {
	if len(values) == 0 {
		return ""
	}
	if slices.ContainsFunc(values, math.IsNaN) {
		return "not to be had"
	}
	sorted := slices.Sorted(slices.Values(values))
	return fmt.Sprintf(format+" ("+format+" to "+format+")", median(sorted), sorted[0], sorted[len(sorted)-1])
}

func median(sorted []float64) float64 {
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// machine names the processor, as proc(5) does.
func machine() string {
	model := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, %d CPUs, %s", model, runtime.NumCPU(), runtime.GOOS)
}

const (
	figuresBegin = "<!-- figures: written by go run ./internal/bench -write -->\n"
	figuresEnd   = "<!-- end of figures -->\n"
)

// replaceFigures puts the report between the marks of a Markdown file.
func replaceFigures(path, report string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, begun := strings.Cut(string(text), figuresBegin)
	_, tail, ended := strings.Cut(rest, figuresEnd)
	if !begun || !ended {
		return errors.New(path + " has no marks for the figures")
	}
	return os.WriteFile(path, []byte(head+figuresBegin+"\n"+report+"\n"+figuresEnd+tail), 0o644)
}
