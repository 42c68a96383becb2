package command

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/caddymodule/internal/ascii"
	"github.com/customergate/customergate/caddymodule/keys"
	_ "github.com/customergate/customergate/caddymodule/keys/filekeys" // the provider of --key
	"github.com/customergate/customergate/validation"
)

type checkFlags struct {
	gateFlags
	key, client string
	request     caddymodule.OfflineRequest
}

func checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [--key FILE | --tenant NAME] [--config FILE [--adapter NAME] [--gate N]] [--client IP] [--reveal] FILE|-",
		Short: "Tells what the gate would say of a request body, and what it would forward",
		Long: `
Runs a request body through the gate offline. If it is accepted, the normalised
body for the upstream is printed and the exit status is 0; if not, each
violation is printed on a line of its own and the exit status is 1. Why a
password could not be decrypted, which the gate tells no client, is printed too.

The passwords in the normalised body are masked, unless --reveal is given.

Without --config, the gate has its default options, which are a registration's.
Without --key, encrypted passwords are decrypted with the keys that the
configuration has for the tenant; those of "keys auto" are used when they exist,
and never made. A password that was encrypted with another key than the one in
use is told on standard error.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := f.run(args[0], os.Stdin, os.Stdout, cmd.ErrOrStderr())
			cmd.SilenceErrors = errors.Is(err, errRefused) // it is in the output already
			return err
		},
	}
	cmd.Flags().StringVar(&f.key, "key", "", "file with the private key, in place of the configuration's")
	f.addTo(cmd)
	cmd.Flags().StringVar(&f.request.Tenant, "tenant", keys.DefaultTenant, "tenant that the request is for, where the gate tells tenants apart")
	cmd.Flags().StringVar(&f.client, "client", "127.0.0.1", "IP address that the request comes from, for plaintext")
	cmd.Flags().BoolVar(&f.request.Reveal, "reveal", false, "print the passwords of the normalised body")
	cmd.MarkFlagsMutuallyExclusive("key", "tenant") // a key that is named is nobody else's
	return cmd
}

// errRefused has the command exit with status 1.
var errRefused = errors.New("the gate refuses this body")

func (f checkFlags) run(file string, stdin io.Reader, stdout, stderr io.Writer) error {
	var err error
	if f.request.Client, err = netip.ParseAddr(f.client); err != nil {
		return fmt.Errorf("--client: %w", err)
	}
	if f.request.Body, err = readBody(file, stdin); err != nil {
		return err
	}
	defer clear(f.request.Body)
	config, err := f.open()
	if err != nil {
		return err
	}
	defer config.close()
	gate, err := f.gateOf(config)
	if err != nil {
		return err
	}
	f.request.Tenant = ascii.Lower(f.request.Tenant)
	judgement, err := gate.Judge(f.request)
	if err != nil {
		return fmt.Errorf("%w; name one that works with --key FILE", err)
	}
	defer judgement.Clear()
	ring, _ := gate.Ring(f.request.Tenant) // none if there is no such tenant
	explainer := explainer{gate, ring}
	printEach(stderr, "note", explainer.notes(judgement))
	if judgement.Status == 0 {
		return printForwarded(stdout, judgement.Forwarded)
	}
	printRefusal(stdout, judgement)
	printEach(stdout, "why", explainer.reasons(judgement))
	return errRefused
}

// gateOf readies the gate that was chosen.
func (f checkFlags) gateOf(config *configuration) (*caddymodule.Offline, error) {
	options, err := config.choose(f.gate)
	if err != nil {
		return nil, err
	}
	if e := endpoints.OfGate(options); f.key != "" && e != nil && !e.Contract.HasSealed() {
		return nil, fmt.Errorf("--key: the gate is one of %s, which has nothing to decrypt", e.Name)
	}
	if f.key != "" {
		options = withKeyFile(options, f.key)
	}
	gate, err := config.ready(options)
	if err == nil && !gate.TellsTenants() && f.request.Tenant != keys.DefaultTenant {
		err = errOneTenant
	}
	return gate, err
}

var errOneTenant = errors.New("--tenant: the gate does not tell tenants apart, it has no option `tenant`")

// withKeyFile returns a gate's options with a key file in place of its keys,
// which is then that of all its tenants.
func withKeyFile(gate options, path string) options {
	changed := maps.Clone(gate)
	delete(changed, "tenant")
	changed["keys"] = map[string]string{"provider": "file", "path": path}
	return changed
}

func readBody(file string, stdin io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(file)
}

// printRefusal writes a line for each thing that is wrong.
func printRefusal(w io.Writer, j *caddymodule.Judgement) {
	fmt.Fprintf(w, "%d %s: %s\n", j.Status, j.Code, j.Message)
	for _, v := range j.Violations {
		// A client may have put control codes of a terminal into a name.
		pointer := strings.Trim(strconv.QuoteToGraphic(string(v.Pointer)), `"`)
		if pointer == "" {
			pointer = "(the body)"
		}
		fmt.Fprintf(w, "%s %s: %s%s\n", pointer, v.Code, v.Message, paramsInLine(v.Params))
	}
}

// paramsInLine shows params behind a message, as an answer has them.
func paramsInLine(params validation.Params) string {
	if len(params) == 0 {
		return ""
	}
	text, _ := params.MarshalJSON() // which has no error
	return " " + string(text)
}

func printEach(w io.Writer, label string, texts []string) {
	for _, text := range texts {
		fmt.Fprintf(w, "%s: %s\n", label, text)
	}
}

// printForwarded writes the normalised body, indented.
func printForwarded(w io.Writer, forwarded jsontext.Value) error {
	defer func() { clear(forwarded) }()
	if err := forwarded.Indent(jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s\n", forwarded)
	return err
}
