// Command bench measures what the gate costs: in CPU time of the gateway
// process for a request, beside a bare reverse_proxy in the same process and
// in front of the same upstream, beside bare RSA private operations, and beside
// a gateway that was written by hand for Node.
//
// The machines that this runs on are shared, so every round measures every
// row, and what counts is the median of the rounds' ratios.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/customergate/customergate/internal/figures"
)

// settings are what the command line says.
type settings struct {
	rounds   int
	duration time.Duration
	clients  int
	engines  []string
	base     string
}

func main() {
	var s settings
	flag.IntVar(&s.rounds, "rounds", 7, "how often each row is measured")
	flag.DurationVar(&s.duration, "duration", time.Second, "how long each measurement lasts")
	flag.IntVar(&s.clients, "clients", 16, "requests under way at once")
	engines := flag.String("engines", "go,openssl,cryptomb", "the engines that are measured, where they can be had")
	flag.StringVar(&s.base, "base", "", "commit whose gateway is measured beside this one")
	out := flag.String("write", "", "Markdown file whose figures are replaced")
	flag.Parse()
	s.engines = strings.Split(*engines, ",")
	report, err := run(s)
	if err == nil {
		fmt.Print(report)
	}
	if err == nil && *out != "" {
		err = figures.Write(*out, "bench", report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) (string, error) {
	dir, err := os.MkdirTemp("", "customergate-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	key, err := newKey(dir)
	if err != nil {
		return "", err
	}
	servers, err := startServers(dir, s)
	defer servers.stop()
	if err != nil {
		return "", err
	}
	requests, err := newRequests(&key.PublicKey)
	if err != nil {
		return "", err
	}
	table := newTable()
	for round := range s.rounds + 1 {
		if round == 1 {
			table = newTable() // the first round has warmed up
		}
		if err := measureRound(s, table, servers, requests); err != nil {
			return "", err
		}
		table.addPrivateOperation(privateOperation(key, s.duration/2))
		table.addOpenSSL(openSSLOperation())
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round, s.rounds)
	}
	loads, err := measureOverload(servers.gate, requests, s.duration)
	if err != nil {
		return "", err
	}
	return table.report(s, servers) + overloadReport(loads), nil
}

// measureRound measures every row once.
func measureRound(s settings, table *table, servers *servers, requests *requests) error {
	for _, r := range rows(servers, requests) {
		m, err := r.measure(s.clients, s.duration)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		table.add(r.name, m)
	}
	for _, e := range servers.engines {
		l, err := measureLatency(e, requests, s.clients, s.duration)
		if err != nil {
			return fmt.Errorf("latencies of %s: %w", e.name, err)
		}
		table.addLatency(e.name, l)
	}
	return nil
}
