package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
)

func keysCommand() *cobra.Command {
	var f gateFlags
	cmd := &cobra.Command{
		Use:   "keys [--config FILE [--adapter NAME] [--gate N]]",
		Short: "Lists the keys that a configuration would use",
		Long: `
Prints the keys of each tenant in the order in which they are tried: what clients
know each by (the kid of its JWK), its size, since when and until when it is used
as far as that is known, and whether it is

  in use       the one that clients are to encrypt with
  retiring     it still decrypts
  next         it decrypts, and clients are not given it yet
  not tried    there are too many before it
  not made     there is none before the configuration starts, as with "keys auto"
  unusable     see the error; the exit status is 1

Without --gate, the keys of all gates of the configuration are listed, those that
gates share only once. Nothing is made or written, and no running server asked.
Where a key provider cannot name its tenants, only the default one is listed.`,
		Args: cobra.NoArgs,
		RunE: runs(func() error { return listKeys(f, os.Stdout) }),
	}
	f.addTo(cmd)
	return cmd
}

func listKeys(f gateFlags, stdout io.Writer) error {
	config, err := f.open()
	if err != nil {
		return err
	}
	defer config.close()
	lists, err := config.keys(f.gate)
	if err != nil {
		return err
	}
	var failed []error
	for i, list := range lists {
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		if len(lists) > 1 {
			fmt.Fprintln(stdout, titleOf(list.gates))
		}
		failed = append(failed, printKeys(stdout, list.tenants, time.Now()))
	}
	return errors.Join(failed...)
}

// titleOf is as in "gate 1:" or "gates 2, 3:".
func titleOf(gates []int) string {
	numbers := strings.Trim(strings.ReplaceAll(fmt.Sprint(gates), " ", ", "), "[]")
	if len(gates) == 1 {
		return "gate " + numbers + ":"
	}
	return "gates " + numbers + ":"
}

// printKeys writes a table with a line for each key of each tenant. The error is
// why there are none of some.
func printKeys(w io.Writer, tenants []tenantKeys, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TENANT\tKID\tBITS\tNOT BEFORE\tSTATE\tUNTIL")
	var failed []error
	for _, tenant := range tenants {
		switch {
		case tenant.toMake:
			printLine(table, tenant.name, noCell, noCell, noCell, "not made", noCell)
		case tenant.err != nil:
			printLine(table, tenant.name, noCell, noCell, noCell, "unusable", noCell)
			failed = append(failed, fmt.Errorf("tenant %s: %w", tenant.name, tenant.err))
		}
		for i, key := range tenant.keys {
			bits := fmt.Sprint(key.PublicKey().N.BitLen())
			printLine(table, tenant.name, key.ID, bits, timeCell(key.NotBefore), stateCell(tenant.keys, i, now), timeCell(key.NotAfter))
		}
	}
	return errors.Join(append(failed, table.Flush())...)
}

func printLine(table io.Writer, cells ...string) {
	fmt.Fprintln(table, strings.Join(cells, "\t"))
}

// noCell stands for what is not known, so that columns stay columns.
const noCell = "-"

func timeCell(t time.Time) string {
	if t.IsZero() {
		return noCell
	}
	return t.UTC().Format(time.RFC3339)
}

func stateCell(ring []keys.Key, i int, now time.Time) string {
	if i >= keys.MaxKeys {
		return "not tried"
	}
	return keys.StateOf(ring, i, now).String()
}
