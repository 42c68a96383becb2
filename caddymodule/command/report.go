package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/internal/agreement"
)

func reportCommand() *cobra.Command {
	var address string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report [--address HOST:PORT] [--json]",
		Short: "Tells what the upstream said of requests that the gate would have refused",
		Long: `
Reads the metrics of a running gateway from its admin endpoint, and prints for each
code that a gate has found, or would have refused a request with (mode monitor, and
codes that are monitored), how many requests that was, what the upstream made of
them, and whether the code can be enforced. It counts since the gateway has started.`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&address, "address", "", "the gateway's admin endpoint; default: localhost:2019")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = runs(func() error {
		rows, err := readAgreement(address)
		if err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(rows)
		}
		return printAgreement(cmd.OutOrStdout(), rows)
	})
	return cmd
}

// readAgreement asks a running gateway for its figures.
func readAgreement(address string) ([]agreement.Row, error) {
	answer, err := ask(address, "/metrics")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return parseAgreement(answer.Body)
}

func parseAgreement(metrics io.Reader) ([]agreement.Row, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(metrics)
	if err != nil {
		return nil, fmt.Errorf("reading the gateway's metrics: %w", err)
	}
	return agreement.Rows(families[agreement.Name]), nil
}

func printAgreement(w io.Writer, rows []agreement.Row) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "No request has come to a gate yet.")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	printLine(table, "ENDPOINT", "MODE", "VERDICT", "SEEN", "ACCEPTED", "REFUSED", "NEITHER", "IN WORDS")
	for _, r := range rows {
		printLine(table, r.Endpoint, r.Mode, r.Verdict, strconv.Itoa(r.Seen()), strconv.Itoa(r.Accepted), strconv.Itoa(r.Refused), strconv.Itoa(r.Neither), r.Words())
	}
	return table.Flush()
}
