package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
)

func claimsCountCommand() *cobra.Command {
	var f claimsFlags
	cmd := &cobra.Command{
		Use:   "count --config FILE [--adapter NAME] [--gate N]",
		Short: "Prints how many email addresses are taken",
		Long: `
Prints how many addresses are taken, those of all tenants together: entries do
not tell whose they are. Reservations are not counted.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return interruptible(cmd, func(ctx context.Context) error { return f.count(ctx, os.Stdout) })
		},
	}
	f.addTo(cmd)
	return cmd
}

func (f claimsFlags) count(ctx context.Context, stdout io.Writer) error {
	return f.open(func(c *gateClaims) error {
		// Where there is no pepper yet, addresses are counted without it.
		if err := c.FindPepper(ctx); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		n, err := c.Count(ctx, claims.Email)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(stdout, n)
		return err
	})
}
