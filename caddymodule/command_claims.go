package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/keys"
)

func claimsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "claims",
		Short: "Imports, counts, checks and forgets email addresses that are taken",
		Long: `
Works on the store of a gate's option unique_email. Run it as the user that the
gateway runs as, with its environment: it has to find the same store, and the
same key that addresses are hashed with. A store in a file (bolt) can be used
while the gateway is stopped; Redis and PostgreSQL, at any time.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(claimsImportCommand(), claimsCountCommand(), claimsCheckCommand(), claimsForgetCommand())
	return cmd
}

// claimsFlags say whose claims a command is about.
type claimsFlags struct {
	gateFlags
	tenant string
}

func (f *claimsFlags) addTo(cmd *cobra.Command) {
	f.gateFlags.addTo(cmd)
	_ = cmd.MarkFlagRequired("config") // the flag exists
}

func (f *claimsFlags) addTenantTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.tenant, "tenant", "", "tenant whose customers they are, where the gate tells tenants apart")
}

// openClaims is a gate's store at work, without the gate.
type openClaims struct {
	claims.Administrator
	config *offlineConfig
	gate   *Gate
	pepper *pepper
}

// open opens the store of the gate that was chosen. The caller closes it.
func (f claimsFlags) open() (*openClaims, error) {
	config, err := f.gateFlags.open()
	if err != nil {
		return nil, err
	}
	opened, err := f.openIn(config)
	if err != nil {
		config.close()
		return nil, err
	}
	return opened, nil
}

func (f claimsFlags) openIn(config *offlineConfig) (*openClaims, error) {
	options, err := config.chooseUnique(f.gate)
	if err != nil {
		return nil, err
	}
	gate, err := config.provision(options)
	if err != nil {
		return nil, err
	}
	store, ok := gate.registry.bare.(claims.Administrator)
	if !ok {
		return nil, fmt.Errorf("unique_email: module %T cannot be filled and searched", gate.registry.store)
	}
	if s, ok := store.(claims.Starter); ok {
		if err := s.Start(); err != nil {
			return nil, explainStart(err)
		}
	}
	return &openClaims{Administrator: store, config: config, gate: gate, pepper: gate.registry.pepper}, nil
}

func explainStart(err error) error {
	if errors.Is(err, claims.ErrInUse) {
		return fmt.Errorf("%w; if that is the gateway: stop it, run this command again, and start it", err)
	}
	return err
}

func (c *openClaims) close() { c.config.close() } // which cleans up its modules

// chooseUnique returns the JSON of the gate with a number, or for 0 of the one
// that keeps addresses unique; several may, if they do it alike.
func (c *offlineConfig) chooseUnique(number int) (map[string]any, error) {
	if number != 0 {
		gate, err := c.choose(number)
		if err == nil && gate["unique_email"] == nil {
			err = fmt.Errorf("gate %d of %s has no unique_email", number, c.name)
		}
		return gate, err
	}
	var found map[string]any
	for _, gate := range c.gates {
		switch {
		case gate["unique_email"] == nil:
		case found == nil:
			found = gate
		case !sameClaims(found, gate):
			return nil, fmt.Errorf("%s has several gates with unique_email; choose one with --gate, from 1 to %d", c.name, len(c.gates))
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%s has no customer_gate with unique_email", c.name)
	}
	return found, nil
}

// sameClaims tells whether an address has the same claim in two gates.
func sameClaims(a, b map[string]any) bool {
	return reflect.DeepEqual(a["tenant"], b["tenant"]) && reflect.DeepEqual(a["keys"], b["keys"]) &&
		reflect.DeepEqual(a["unique_email"], b["unique_email"])
}

// tenantNamed returns the tenant with a name, which may be left out where there
// is only one. A wrong one would have claims that no request ever meets.
func (c *openClaims) tenantNamed(name string) (string, error) {
	source := c.gate.source
	if source.template == "" {
		if name != "" && name != keys.DefaultTenant {
			return "", errors.New("--tenant: the gate does not tell tenants apart, it has no option `tenant`")
		}
		return keys.DefaultTenant, nil
	}
	if name == "" {
		return "", errors.New("the gate tells tenants apart; name one with --tenant")
	}
	tenant := lowerASCII(name)
	if _, err := source.ringOf(tenant); errors.Is(err, keys.ErrUnknownTenant) {
		return "", errors.New("--tenant: there is no such tenant; `caddy customer-gate keys` lists those that have keys")
	}
	return tenant, nil
}

// interruptible runs something that the user can stop: at the first signal its
// context ends, the second one ends the process.
func interruptible(cmd *cobra.Command, run func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx)
}
