package caddymodule

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
)

func keysCommand() *cobra.Command {
	var o gateFlags
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
		RunE: runs(func() error { return runKeys(o, os.Stdout) }),
	}
	o.addTo(cmd)
	return cmd
}

func runKeys(o gateFlags, stdout io.Writer) error {
	config, err := o.open()
	if err != nil {
		return err
	}
	defer config.close()
	sources, err := config.sources(o.gate)
	if err != nil {
		return err
	}
	var failed []error
	for i, source := range sources {
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		if len(sources) > 1 {
			fmt.Fprintf(stdout, "%s:\n", source.title())
		}
		failed = append(failed, source.print(stdout, time.Now()))
	}
	return errors.Join(failed...)
}

// A listedSource is what gates have their keys from.
type listedSource struct {
	*keySource
	gates []string // their numbers
}

// sources are those of the gate with a number, or of all for 0.
func (c *offlineConfig) sources(number int) ([]*listedSource, error) {
	chosen := c.gates
	if number != 0 {
		gate, err := c.choose(number)
		if err != nil {
			return nil, err
		}
		chosen = []map[string]any{gate}
	}
	var sources []*listedSource
	for i, options := range chosen {
		gate, err := c.provision(options)
		if err != nil {
			return nil, err
		}
		if !gate.served().credentials {
			continue
		}
		sources = addSource(sources, gate.source, fmt.Sprint(i+1))
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("%s has no gate with keys: edit_profile needs none", c.name)
	}
	return sources, nil
}

// addSource adds what a gate has its keys from, unless another one lists the same.
func addSource(sources []*listedSource, source *keySource, gate string) []*listedSource {
	for _, other := range sources {
		if other.keys == source.keys && (other.template == "") == (source.template == "") {
			other.gates = append(other.gates, gate)
			return sources
		}
	}
	return append(sources, &listedSource{source, []string{gate}})
}

func (s *listedSource) title() string {
	if len(s.gates) == 1 {
		return "gate " + s.gates[0]
	}
	return "gates " + strings.Join(s.gates, ", ")
}

// print writes a table with a line for each key of each tenant. The error is
// why there are none of some.
func (s *listedSource) print(w io.Writer, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TENANT\tKID\tBITS\tNOT BEFORE\tSTATE\tUNTIL")
	var failed []error
	for _, tenant := range s.tenants() {
		ring, err := s.usable(tenant)
		_, makes := s.provider.(keys.Maker)
		switch {
		case makes && errors.Is(err, fs.ErrNotExist):
			printLine(table, tenant, noCell, noCell, noCell, "not made", noCell)
		case err != nil:
			printLine(table, tenant, noCell, noCell, noCell, "unusable", noCell)
			failed = append(failed, fmt.Errorf("tenant %s: %w", tenant, err))
		}
		for i, key := range ring {
			printLine(table, tenant, key.ID, fmt.Sprint(key.PublicKey().N.BitLen()), timeCell(key.NotBefore), stateCell(ring, i, now), timeCell(key.NotAfter))
		}
	}
	return errors.Join(append(failed, table.Flush())...)
}

// tenants are those that requests can be for, as far as they are known.
func (s *listedSource) tenants() []string {
	if lister, ok := s.provider.(keys.Lister); ok && s.template != "" {
		return lister.Tenants()
	}
	return []string{keys.DefaultTenant}
}

// usable returns all keys of a tenant, or why the gate could not use them.
func (s *listedSource) usable(tenant string) ([]keys.Key, error) {
	ring, err := s.provider.Keys(tenant)
	if err != nil {
		return nil, err
	}
	if len(ring) == 0 {
		return nil, errors.New("the provider has no key")
	}
	for _, key := range ring {
		if key.PublicKey() == nil {
			return nil, fmt.Errorf("the key with the kid %q was not made with keys.NewKey", key.ID)
		}
	}
	return ring, nil
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
