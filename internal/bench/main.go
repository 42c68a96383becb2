// Command bench measures what the gate costs: in CPU time of the gateway
// process for a request, beside a bare reverse_proxy in the same process and
// in front of the same upstream, and beside bare RSA private operations.
//
// The machines that this runs on are shared, so every round measures every
// scenario, and what counts is the median of the rounds' ratios.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 7, "how often each scenario is measured")
	duration := flag.Duration("duration", 2*time.Second, "how long each measurement lasts")
	concurrency := flag.Int("concurrency", 16, "requests under way at once")
	out := flag.String("write", "", "Markdown file whose figures are replaced")
	flag.Parse()
	report, err := run(*rounds, *duration, *concurrency)
	if err == nil {
		fmt.Print(report)
	}
	if err == nil && *out != "" {
		err = replaceFigures(*out, report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(rounds int, duration time.Duration, concurrency int) (string, error) {
	dir, err := os.MkdirTemp("", "customergate-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	key, err := newKey(dir)
	if err != nil {
		return "", err
	}
	upstream := startUpstream()
	defer upstream.Close()
	gateway, err := startGateway(dir, upstream.Listener.Addr().String())
	if err != nil {
		return "", err
	}
	defer gateway.stop()

	scenarios, err := scenarios(gateway.address, &key.PublicKey)
	if err != nil {
		return "", err
	}
	figures := newFigures()
	for round := range rounds + 1 {
		for _, s := range scenarios {
			m, err := measure(gateway, s, concurrency, duration)
			if err != nil {
				return "", fmt.Errorf("%s: %w", s.name, err)
			}
			if round > 0 { // the first one warms up
				figures.add(s.name, m)
			}
		}
		if round > 0 {
			figures.addPrivateOperation(privateOperation(key, duration/2))
			figures.addOpenSSL(openSSLOperation())
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round, rounds)
	}
	loads, err := measureOverload(gateway, scenarios, duration)
	if err != nil {
		return "", err
	}
	return figures.report(rounds, duration, concurrency) + overloadReport(loads), nil
}
