package caddymodule

import (
	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "customer-gate",
		Short: "Checks registrations offline and handles their keys",
		Long: `
Tools for operators of the customer_gate handler and for those who write its
clients. None of them talks to a running server.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Args = cobra.NoArgs // so that a misspelt command is an error
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			cmd.AddCommand(checkCommand(), encryptCommand(), keygenCommand(), keysCommand(), publicKeyCommand())
		},
	})
}

// runs makes a cobra function of one that fails with an error alone.
func runs(run func() error) func(*cobra.Command, []string) error {
	return caddycmd.WrapCommandFuncForCobra(func(caddycmd.Flags) (int, error) {
		if err := run(); err != nil {
			return caddy.ExitCodeFailedStartup, err
		}
		return caddy.ExitCodeSuccess, nil
	})
}
