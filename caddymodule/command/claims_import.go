package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/command/addresses"
)

// importFlags say what to import.
type importFlags struct {
	claimsFlags
	column    string
	delimiter string
	strict    bool
}

func claimsImportCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import --config FILE [--adapter NAME] [--gate N] [--tenant NAME] [--column NAME|N [--delimiter C]] [--strict] FILE|-",
		Short: "Marks the email addresses of existing customers as taken",
		Long: `
Reads addresses from a file or, for -, from standard input: one in each line, or
in a column of CSV. Only a keyed hash of each is stored; the key is made if there
is none yet. To import an address again changes nothing, so an import that was
interrupted, or failed, is repeated from its start.

A column is named as in the first row, in upper or lower case, or counted from
1. A first row that has no @ in a column that is counted is taken for names.
Blank lines and cells are passed over. A line that holds no address that could
be registered is reported by its number; the import goes on, and the exit status
is 1 in the end.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := interruptible(cmd, func(ctx context.Context) error { return f.run(ctx, args[0], os.Stdin, os.Stdout, cmd.ErrOrStderr()) })
			cmd.SilenceErrors = errors.Is(err, errLinesRefused) // it is in the output already
			return err
		},
	}
	f.addTo(cmd)
	f.addTenantTo(cmd)
	cmd.Flags().StringVar(&f.column, "column", "", "the input is CSV: name or number of the column with the addresses")
	cmd.Flags().StringVar(&f.delimiter, "delimiter", ",", "character between the columns; \\t is a tab")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "stop at the first line that holds no address")
	return cmd
}

// errLinesRefused has the command exit with status 1.
var errLinesRefused = errors.New("lines of the input hold no address")

func (f importFlags) run(ctx context.Context, file string, stdin *os.File, stdout, stderr io.Writer) error {
	format, err := f.format()
	if err != nil {
		return err
	}
	input := stdin
	if file != "-" {
		if input, err = os.Open(file); err != nil {
			return err
		}
		defer input.Close() //nolint:errcheck // it is only read
	}
	return f.open(func(c *gateClaims) error {
		tenant, err := c.tenantOf(f.tenant)
		if err != nil {
			return err
		}
		if err := findOrMakePepper(ctx, c, stderr); err != nil {
			return err
		}
		progress := newProgress(stderr, sizeOf(input))
		importer := &addresses.Importer{
			Store:    c,
			ID:       func(address string) claims.ID { return c.ID(tenant, address) },
			Strict:   f.strict,
			Progress: progress.tell,
		}
		report, err := importer.Import(ctx, format, input)
		progress.end()
		return finish(stdout, report, err)
	})
}

func (f importFlags) format() (addresses.Format, error) {
	if f.column == "" {
		return addresses.Format{}, nil
	}
	return addresses.CSV(f.column, f.delimiter)
}

// findOrMakePepper tells where a new pepper is: if the gateway uses another
// storage, all that follows is in vain.
func findOrMakePepper(ctx context.Context, c *gateClaims, stderr io.Writer) error {
	made, err := c.FindOrMakePepper(ctx)
	if made {
		fmt.Fprintf(stderr, "note: made the key that addresses are hashed with, in %s; the gateway has to use the same storage\n", c.place())
	}
	return err
}

// sizeOf is 0 for what can be read only once, whose size nobody knows.
func sizeOf(input *os.File) int64 {
	info, err := input.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// finish reports what was imported, and returns why not all was.
func finish(stdout io.Writer, r addresses.Report, failed error) error {
	if failed == nil || r.Addresses > 0 {
		if err := printReport(stdout, r); err != nil {
			return err
		}
	}
	if failed == nil && r.Refused.Count > 0 {
		return errLinesRefused
	}
	if errors.Is(failed, context.Canceled) {
		failed = errors.New("interrupted")
	}
	if failed == nil || r.Addresses == 0 {
		return failed
	}
	return fmt.Errorf("%w; importing the list again is safe: what is there already stays", failed)
}

func printReport(w io.Writer, r addresses.Report) error {
	var b strings.Builder
	for _, line := range []struct {
		label  string
		number int
	}{{"addresses", r.Addresses}, {"added", r.Added}, {"there already", r.Addresses - r.Added}, {"refused lines", r.Refused.Count}} {
		fmt.Fprintf(&b, "%-13s %13s\n", line.label, humanize.Comma(int64(line.number)))
	}
	if r.Refused.Count > 0 {
		fmt.Fprintf(&b, "no address in line %s\n", &r.Refused)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
