// Command soak floods the gateway with junk, encrypted registrations that nobody
// can decrypt, from 1, 20 and 1,000 addresses, and reports what becomes of
// everybody else: of registrations that can be decrypted, each client with an
// address of its own, of raw ones, and of another route of the same server.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/customergate/customergate/internal/figures"
)

func main() {
	duration := flag.Duration("duration", 5*time.Second, "how long each flood lasts")
	engine := flag.String("engine", "", "the gate's engine; default: its own choice")
	out := flag.String("write", "", "Markdown file whose figures are replaced")
	strict := flag.Bool("strict", false, "fail where what is to be reached is not")
	flag.Parse()
	report, missed, err := soak(*engine, *duration)
	if err == nil && *out != "" {
		err = figures.Write(*out, "soak", report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(missed) > 0 {
		fmt.Fprintf(os.Stderr, "\nNot reached:\n- %s\n", strings.Join(missed, "\n- "))
	}
	if *strict && len(missed) > 0 {
		os.Exit(1)
	}
}

// soak prints its report as it grows, and returns it with what was not reached.
func soak(engine string, duration time.Duration) (report string, missed []string, err error) {
	dir, err := os.MkdirTemp("", "customergate-soak-")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(dir)
	g, err := startGateway(".", dir, engine)
	if err != nil {
		return "", nil, err
	}
	defer g.stop()
	tell := func(part string) {
		fmt.Print(part)
		report += part
	}

	calm, err := g.calm(duration)
	if err != nil {
		return "", nil, err
	}
	tell(calm.report(engine, duration))
	for _, share := range []float64{0.4, 0.8} {
		for _, senders := range []int{0, 1, 20, 1000} {
			f, err := g.flood(calm, share, senders, duration)
			if err != nil {
				return "", nil, err
			}
			tell(f.row())
			missed = append(missed, f.missed(calm)...)
		}
	}
	return report, missed, nil
}
