package command

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/admin"
)

func statusCommand() *cobra.Command {
	var address string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status [--address HOST:PORT] [--json]",
		Short: "Tells how a running gateway does: its keys and who uses them, queue, stores, self checks",
		Long: `
Asks a running gateway at its admin endpoint how its gates do, and prints it. The last
uses of keys are those since the gateway has started.`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&address, "address", "", "the gateway's admin endpoint; default: localhost:2019")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = runs(func() error {
		status, err := readStatus(address)
		if err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(status)
		}
		return printStatus(cmd.OutOrStdout(), status, time.Now())
	})
	return cmd
}

func readStatus(address string) (status admin.Status, err error) {
	answer, err := ask(address, admin.StatusPath)
	if err != nil {
		return status, err
	}
	defer answer.Body.Close()
	return status, json.NewDecoder(answer.Body).Decode(&status)
}

func printStatus(w io.Writer, s admin.Status, now time.Time) error {
	overload := map[bool]string{true: ", and the queue does not get shorter", false: ""}[s.Overloaded]
	printLine(w, fmt.Sprintf("customergate %s, Caddy %s, %s; %d ciphertexts wait%s", s.Versions.Module, s.Versions.Caddy, s.Versions.Go, s.Waiting, overload))
	gates := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	printLine(gates, "\nGATE", "MODE", "ENGINE")
	for _, g := range s.Gates {
		printLine(gates, g.Endpoint, g.Mode, orDash(g.Engine))
	}
	for _, store := range s.Stores {
		printLine(gates, "store "+store.Store, map[bool]string{true: "up", false: "DOWN"}[store.Up], "-")
	}
	if err := gates.Flush(); err != nil {
		return err
	}
	if err := printKeyStatus(w, s.Keys, now); err != nil {
		return err
	}
	return printChecks(w, s, now)
}

func printKeyStatus(w io.Writer, keys []admin.KeyStatus, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	printLine(table, "\nTENANT", "KID", "STATE", "LAST USED", "OPENED", "ADVICE")
	for _, k := range keys {
		printLine(table, k.Tenant, k.KeyID, k.State, ago(k.LastUsed, now), platforms(k.Opened), orDash(k.Advice))
	}
	return table.Flush()
}

func printChecks(w io.Writer, s admin.Status, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	printLine(table, "\nSELF CHECK", "WHEN", "RESULT")
	for _, check := range s.Checks {
		of, result := "key of "+check.Tenant, "ok"
		if check.Tenant == "" {
			of = "store"
		}
		if check.Why != "" {
			result = "FAILED: " + check.Why
		}
		printLine(table, of, ago(check.At, now), result)
	}
	return table.Flush()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// ago is how long ago something was, for people.
func ago(at, now time.Time) string {
	if at.IsZero() {
		return "-"
	}
	switch since := now.Sub(at); {
	case since < time.Minute:
		return "just now"
	case since < time.Hour:
		return fmt.Sprintf("%d min ago", since/time.Minute)
	case since < 48*time.Hour:
		return fmt.Sprintf("%d h ago", since/time.Hour)
	default:
		return fmt.Sprintf("%d days ago", since/(24*time.Hour))
	}
}

func platforms(opened map[string]int) string {
	var counts []string
	for _, name := range slices.Sorted(maps.Keys(opened)) {
		counts = append(counts, fmt.Sprintf("%s %d", name, opened[name]))
	}
	return orDash(strings.Join(counts, ", "))
}
