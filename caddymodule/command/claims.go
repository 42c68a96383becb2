package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/command/addresses"
	"github.com/customergate/customergate/validation"
)

func claimsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "claims",
		Short: "Imports, counts, checks and forgets email addresses that are taken",
		Long: `
Works on the store of a gate's option unique_email. Run it as the user that the
gateway runs as, with its environment: it has to find the same store, and the
same key that addresses are hashed with. A store in a file (bolt) that a running
gateway has open is worked on by the gateway, through its admin endpoint; only
import needs it stopped. Redis and PostgreSQL can be used at any time.`,
		Args: cobra.NoArgs,
		RunE: help,
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

// longAddress is what the commands say of their argument.
const longAddress = `
The address is that of the argument, or for - the one line of standard input:
what is an argument can be seen by other users of this machine, and stays in the
history of the shell.`

// open opens the claims of the gate that was chosen, for as long as something is
// done with them.
func (f claimsFlags) open(do func(*gateClaims) error) error {
	config, err := f.gateFlags.open()
	if err != nil {
		return err
	}
	defer config.close()
	c, err := config.openClaims(f.gate)
	if err != nil {
		return err
	}
	return do(c)
}

// about does something with the claim on one address.
func (f claimsFlags) about(ctx context.Context, argument string, stdin io.Reader, do func(*gateClaims, claims.ID) error) error {
	address, err := oneAddress(argument, stdin)
	if err != nil {
		return err
	}
	return f.open(func(c *gateClaims) error {
		tenant, err := c.tenantOf(f.tenant)
		if err != nil {
			return err
		}
		if err := c.FindPepper(ctx); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: nothing was claimed with it so far; or else this is not the storage of the gateway, "+
				"which depends on the user and on the environment", err)
		} else if err != nil {
			return err
		}
		return do(c, c.ID(tenant, address))
	})
}

// oneAddress reads an address from the command line, or a line of standard input.
func oneAddress(argument string, stdin io.Reader) (string, error) {
	if argument == "-" {
		line, err := bufio.NewReader(io.LimitReader(stdin, addresses.MaxLine)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		argument = line
	}
	address, valid := validation.NormalizeEmail(strings.TrimSpace(argument))
	if !valid {
		return "", errors.New("this is not an email address that a customer could register with")
	}
	return address, nil
}

// interruptible runs something that the user can stop: at the first signal its
// context ends, the second one ends the process.
func interruptible(cmd *cobra.Command, run func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx)
}
