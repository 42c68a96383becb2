package command

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
)

func claimsForgetCommand() *cobra.Command {
	var f claimsFlags
	cmd := &cobra.Command{
		Use:   "forget --config FILE [--adapter NAME] [--gate N] [--tenant NAME] ADDRESS|-",
		Short: "Forgets an email address, as a request for erasure demands",
		Long: longAddress + `

It prints "forgotten", or "was not there", and exits with the status 0 either
way. A reservation of the address is forgotten too. The address can be registered
then, as far as the gateway is concerned.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return interruptible(cmd, func(ctx context.Context) error { return f.forget(ctx, args[0], os.Stdin, os.Stdout) })
		},
	}
	f.addTo(cmd)
	f.addTenantTo(cmd)
	return cmd
}

func (f claimsFlags) forget(ctx context.Context, address string, stdin io.Reader, stdout io.Writer) error {
	var there bool
	err := f.about(ctx, address, stdin, func(c *gateClaims, id claims.ID) (err error) {
		there, err = c.Forget(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	text := "was not there"
	if there {
		text = "forgotten"
	}
	_, err = fmt.Fprintln(stdout, text)
	return err
}
