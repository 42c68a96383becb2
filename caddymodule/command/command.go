// Package command is `caddy customer-gate …`: a file for each of its commands,
// with flags, texts and what is printed. What a gate would say and do is asked of
// caddymodule.
package command

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "customer-gate",
		Short: "Checks registrations offline, handles keys and claims on email addresses",
		Long: `
Tools for operators of the customer_gate handler and for those who write its
clients. None of them talks to a running server.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Args = cobra.NoArgs // so that a misspelt command is an error
			cmd.RunE = help
			cmd.AddCommand(checkCommand(), claimsCommand(), encryptCommand(), keygenCommand(), keysCommand(), publicKeyCommand())
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

// gateFlags say which gates of which configuration a command is about.
type gateFlags struct {
	config  string
	adapter string
	gate    int
}

func (f *gateFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "", "Caddy configuration whose gate to use")
	cmd.Flags().StringVar(&f.adapter, "adapter", "", "name of the configuration's adapter; Caddyfiles need none")
	cmd.Flags().IntVar(&f.gate, "gate", 0, "which gate of a configuration that has several, counted from 1")
}

// open loads the configuration; without one it is a gate that has no options.
// The caller closes it.
func (f gateFlags) open() (*caddymodule.Offline, error) {
	return caddymodule.OpenOffline(f.config, func() ([]byte, error) {
		if f.config == "" {
			return nil, nil
		}
		text, _, _, err := caddycmd.LoadConfig(f.config, f.adapter)
		return text, err
	})
}
