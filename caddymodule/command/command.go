// Package command is `caddy customer-gate …`: a file for each of its commands,
// with flags, texts and what is printed. What a gate would say is asked of
// caddymodule.Offline.
package command

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "customer-gate",
		Short: "Checks requests offline, prints endpoints and contracts, handles keys and claims on email addresses",
		Long: `
Tools for operators of the customer_gate handler and for those who write its
clients. All but report and status work without a running gateway.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Args = cobra.NoArgs // so that a misspelt command is an error
			cmd.RunE = help
			cmd.AddCommand(checkCommand(), claimsCommand(), encryptCommand(), endpointsCommand(), keygenCommand(), keysCommand(), openAPICommand(), publicKeyCommand(), reportCommand(), statusCommand())
		},
	})
}

func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// runs makes a cobra function of one that needs none of its arguments. Errors are
// for cobra to print: Caddy's logger, which Caddy's own commands use, is off while
// a configuration is looked at offline.
func runs(run func() error) func(*cobra.Command, []string) error {
	return func(*cobra.Command, []string) error { return run() }
}
