package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/caddyserver/certmagic"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
)

// importFlags say what to import.
type importFlags struct {
	claimsFlags
	column    string
	delimiter string
	strict    bool
	resume    bool
	state     string
}

func claimsImportCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import --config FILE [--adapter NAME] [--gate N] [--tenant NAME] [--column NAME|N] [--strict] [--resume] [--state FILE] FILE|-",
		Short: "Marks the email addresses of existing customers as taken",
		Long: `
Reads addresses from a file or, for -, from standard input: one in each line, or
in a column of CSV. Only a keyed hash of each is stored; the key is made if there
is none yet. To import an address again changes nothing.

A column is named as in the first row, in upper or lower case, or counted from
1. A first row that has no @ in a column that is counted is taken for names.
Blank lines and cells are passed over. A line that holds no address that could
be registered is reported by its number; the import goes on, and the exit status
is 1 in the end.

An import from a file that was interrupted, or failed, goes on with --resume. It
keeps its place in a small file beside the input, which has no address in it and
is removed in the end.`,
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
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on where an interrupted import of the file has stopped")
	cmd.Flags().StringVar(&f.state, "state", "", "file that keeps the place; default: FILE"+stateSuffix)
	return cmd
}

// errLinesRefused has the command exit with status 1.
var errLinesRefused = errors.New("lines of the input hold no address")

func (f importFlags) run(ctx context.Context, file string, stdin *os.File, stdout, stderr io.Writer) error {
	format, err := f.format()
	if err != nil {
		return err
	}
	input, err := openInput(file, stdin)
	if err != nil {
		return err
	}
	defer input.Close() //nolint:errcheck // it is only read
	if !input.seekable && (f.resume || f.state != "") {
		return errors.New("--resume, --state: only the import of a regular file can be resumed, not that of standard input or a pipe")
	}
	c, err := f.open()
	if err != nil {
		return err
	}
	defer c.close()
	tenant, err := c.tenantNamed(f.tenant)
	if err != nil {
		return err
	}
	if err := c.findOrMakePepper(stderr); err != nil {
		return err
	}
	if err := c.leaveMark(ctx); err != nil {
		return err
	}
	place, err := f.place(input, c, tenant)
	if err != nil {
		return err
	}
	job := &importJob{
		store:  c,
		id:     func(address string) claims.ID { return c.pepper.emailID(tenant, address) },
		open:   func() (addressSource, error) { return format.open(input, place.Offset) },
		strict: f.strict,
		place:  place,
	}
	return job.finish(job.run(ctx, newProgress(stderr, input.size, place)), stdout)
}

// findOrMakePepper tells where a new pepper is: if the gateway uses another
// storage, all that follows is in vain.
func (c *openClaims) findOrMakePepper(stderr io.Writer) error {
	err := c.pepper.find()
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := c.pepper.Start(); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "note: made the key that addresses are hashed with, in %s; the gateway has to use the same storage\n", storageName(c.pepper.storage))
	return nil
}

// leaveMark does not stop halfway: it is quick, or has an end.
func (c *openClaims) leaveMark(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reserveLimit)
	defer cancel()
	return c.pepper.leaveMark(ctx, c)
}

// storageName tells where a storage is, if it can say so: its fields may be
// secret.
func storageName(storage certmagic.Storage) string {
	name := "Caddy's storage"
	if place, ok := storage.(fmt.Stringer); ok {
		name += " (" + place.String() + ")"
	}
	return name
}

// place returns where to begin, from the state of an earlier import if it is to
// be resumed, and keeps it from then on where the input can be read again.
func (f importFlags) place(input *importInput, c *openClaims, tenant string) (*importPlace, error) {
	if !input.seekable {
		return new(importPlace), nil
	}
	about, err := input.about(c.pepper, c.gate.registry.config, tenant, f.column, f.delimiter)
	if err != nil {
		return nil, err
	}
	path := f.state
	if path == "" {
		path = input.Name() + stateSuffix
	}
	return openPlace(path, about, f.resume)
}
