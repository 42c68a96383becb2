package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Exit statuses of claims check, beside 0 for free and 1 for an error.
const (
	exitTaken   = 2
	exitPending = 3
)

func claimsCheckCommand() *cobra.Command {
	var f claimsFlags
	cmd := &cobra.Command{
		Use:   "check --config FILE [--adapter NAME] [--gate N] [--tenant NAME] ADDRESS|-",
		Short: "Tells whether an email address is taken",
		Long: longAddress + `

It prints, and exits with the status

  free                    0
  taken                   2
  pending, for 1m30s      3, reserved for that long by a registration without a
                          clear outcome
  (what went wrong)       1`,
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return interruptible(cmd, func(ctx context.Context) error {
			status, err := f.check(ctx, args[0], os.Stdin, os.Stdout)
			if err != nil || status == 0 {
				return err
			}
			cmd.SilenceErrors = true // it is in the output already
			return exitWith(status)(cmd, args)
		})
	}
	f.addTo(cmd)
	f.addTenantTo(cmd)
	return cmd
}

func (f claimsFlags) check(ctx context.Context, address string, stdin io.Reader, stdout io.Writer) (status int, err error) {
	var found claims.Found
	err = f.about(ctx, address, stdin, func(c *gateClaims, id claims.ID) (err error) {
		found, err = c.Look(ctx, id)
		return err
	})
	if err != nil {
		return 0, err
	}
	text := "free"
	switch found.State {
	case claims.Committed:
		status, text = exitTaken, "taken"
	case claims.Pending:
		status, text = exitPending, "pending, for "+(found.Wait+time.Second-1).Truncate(time.Second).String()
	}
	_, err = fmt.Fprintln(stdout, text)
	return status, err
}

// exitWith makes the error that ends the process with a status above 1, which
// is Caddy's to make.
func exitWith(status int) func(*cobra.Command, []string) error {
	return caddycmd.WrapCommandFuncForCobra(func(caddycmd.Flags) (int, error) { return status, nil })
}
